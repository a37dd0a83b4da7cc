#include "hq/explain/explainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "rules/local_time.h"
#include "rules/prompt_text.h"

namespace xsell::hq {
namespace {

using rules::DropReason;
using rules::kNoId;

std::string_view name_of(rules::Decision decision) {
  switch (decision) {
    case rules::Decision::silent:
      return "silent";
    case rules::Decision::prompted:
      return "prompted";
    case rules::Decision::held_out:
      return "held_out";
    case rules::Decision::stays:
      return "stays";
  }
  return {};
}

std::string describe_decision(const rules::Verdict& verdict) {
  switch (verdict.decision) {
    case rules::Decision::prompted:
      return "nothing stands against it";
    case rules::Decision::held_out:
      return "nothing stands against it, but this transaction is held out of the experiment: "
             "recorded, not shown";
    case rules::Decision::stays:
      return "on offer already, and still right";
    case rules::Decision::silent:
      break;
  }
  return {};
}

}  // namespace

Explainer::Explainer(rules::RuleSet rule_set, rules::Catalogue catalogue,
                     const rules::LaneScope& scope, std::uint64_t version, std::int64_t begins_at_s)
    : rules_(std::move(rule_set)),
      scope_(scope),
      compiled_(
          rules::compile(rules::RuleSet(rules_), std::move(catalogue), scope, version, &drops_)),
      engine_(scope, nullptr),
      reader_(begins_at_s, 0) {
  engine_.adopt(compiled_.get());
  engine_.set_trace(this);
}

std::vector<LeftOut> Explainer::left_out() const {
  std::vector<LeftOut> all;
  for (const rules::CompileDrop& drop : drops_) {
    if (drop.rule == rules::kMinedRule) continue;
    const rules::Rule& rule = rules_.rules[drop.rule];
    all.push_back({rule.rule_id, static_cast<int>(drop.ordinal) + 1,
                   std::string(rules::name_of(drop.reason)), describe_drop(drop.reason)});
  }
  return all;
}

bool Explainer::has_rule(const std::string& rule_id) const {
  return rules_.find_rule(rule_id) != nullptr;
}

ExplainedStep Explainer::play(const Json& step) {
  step_ = ExplainedStep();
  Json event_only = step;
  for (const char* field : {"prompts", "result"}) event_only.erase(field);
  step_.event = event_only.dump();
  reader_.keep_time(step);
  step_.local_time_s = reader_.local_time_s();
  if (step.contains("kill") || step.contains("kill_rule")) {
    if (step.contains("kill")) {
      engine_.set_disabled(step["kill"].get<bool>());
    } else if (!engine_.set_rule_disabled(step["kill_rule"].at(0).get<std::string>(),
                                          step["kill_rule"].at(1).get<bool>())) {
      throw std::runtime_error("kill_rule: the lane has no such rule");
    }
    step_.result = "ok";
    return step_;
  }
  const EventWords words = reader_.read(step);
  const rules::Answer& answer = engine_.on_event(words.event);
  step_.result = name_of(answer.result);
  for (const rules::Prompt& prompt : answer.view()) {
    const std::string rule(prompt.rule_id);
    const std::string item(prompt.item);
    reader_.note_prompt(prompt_title(rule, item), prompt.prompt_id);
    step_.prompts.push_back(
        {rule, item, std::string(prompt.operator_text), std::string(prompt.reason)});
  }
  return step_;
}

void Explainer::on_silent_lane(rules::LaneSilence silence) {
  step_.silence = describe_silence(silence);
}

std::string Explainer::name_of_item(std::uint32_t item) const {
  const std::string_view name = rules::item_name(compiled_->index(), item, scope_.language);
  const std::string_view key = compiled_->index().items.keys.text(item);
  return name == key ? std::string() : std::string(name);
}

ExplainedCandidate Explainer::explain(const rules::TraceScene& scene,
                                      const rules::Verdict& verdict) const {
  const rules::RuleIndex& index = scene.now.index;
  const bool is_mined = verdict.rule == rules::kMinedRule;
  const rules::Rule* rule = is_mined ? nullptr : &rules_.rules[verdict.rule];
  const ReasonContext context{scene, rule, scope_.language};
  ExplainedCandidate candidate;
  candidate.rule = is_mined ? std::string(rules::kMinedRuleId) : rule->rule_id;
  const bool is_offer = !is_mined && !index.entries[verdict.entry].is_information();
  if (is_offer)
    candidate.offer =
        static_cast<int>(rules::offer_of_ordinal(index.form_of(verdict.entry).ordinal)) + 1;
  if (verdict.item != kNoId) {
    candidate.item = index.items.keys.text(verdict.item);
    candidate.name = name_of_item(verdict.item);
  } else if (is_offer) {
    candidate.item = describe(rule->offers[static_cast<std::size_t>(candidate.offer) - 1].target);
  }
  candidate.decision = name_of(verdict.decision);
  const std::string reminder =
      verdict.is_reminder ? "; a reminder: this customer bought it before" : "";
  if (!is_mined) {
    candidate.condition = describe_condition(rule->condition, scene.now, verdict.rule);
  }
  if (verdict.decision != rules::Decision::silent) {
    candidate.why = describe_decision(verdict) + reminder;
    return candidate;
  }
  candidate.reason = rules::name_of(verdict.reason);
  if (verdict.item == kNoId && is_offer) candidate.why = describe_list(context, verdict);
  if (candidate.why.empty()) candidate.why = describe_reason(context, verdict);
  candidate.why += reminder;
  return candidate;
}

// Item by item why nothing of a selection may be offered, the first few.
std::string Explainer::describe_list(const ReasonContext& context,
                                     const rules::Verdict& verdict) const {
  constexpr std::size_t kMaxTold = 3;
  const rules::Situation& now = context.scene.now;
  const rules::Entry& entry = now.index.entries[verdict.entry];
  if (!entry.is_list()) return {};
  std::string text;
  std::size_t told = 0;
  const auto list = now.index.target_lists.of(entry.list());
  for (const std::uint32_t item : list) {
    const DropReason reason = rules::refusal_of_item(now, verdict.rule, verdict.gate, item);
    if (reason == DropReason::kNone) return {};  // something else stands against it
    if (++told > kMaxTold) continue;
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ",
                        label_of_item(now.index, item, scope_.language),
                        describe_item_reason(context, verdict, item, reason));
  }
  if (told > kMaxTold) text += fmt::format("; and {} more", told - kMaxTold);
  return text;
}

void Explainer::on_search(const rules::TraceScene& scene,
                          std::span<const rules::Verdict> verdicts) {
  step_.has_looked = true;
  for (const rules::Verdict& verdict : verdicts) {
    step_.candidates.push_back(explain(scene, verdict));
  }
  explain_asked(scene, verdicts);
}

// Rules that were asked for by name and are no candidates here.
void Explainer::explain_asked(const rules::TraceScene& scene,
                              std::span<const rules::Verdict> verdicts) {
  for (const std::string& id : asked_) {
    const rules::Rule* rule = rules_.find_rule(id);
    if (rule == nullptr) continue;
    const auto number = static_cast<std::uint32_t>(rule - rules_.rules.data());
    const bool is_told = std::any_of(verdicts.begin(), verdicts.end(),
                                     [&](const auto& verdict) { return verdict.rule == number; });
    if (is_told) continue;
    ExplainedCandidate candidate;
    candidate.rule = id;
    candidate.decision = name_of(rules::Decision::silent);
    const auto drop = std::find_if(drops_.begin(), drops_.end(),
                                   [&](const auto& one) { return one.rule == number; });
    if (drop != drops_.end()) {
      candidate.reason = rules::name_of(drop->reason);
      candidate.why = describe_drop(drop->reason);
    } else if ((rule->moments & scene.moment) == 0) {
      candidate.reason = "moment";
      candidate.why = "it does not speak at this moment (see its \"moments\")";
    } else {
      candidate.reason = "no_trigger";
      candidate.why = "nothing in the basket triggers it";
      candidate.condition = describe_condition(rule->condition, scene.now, number);
      const std::string failure = describe_failure(candidate.condition);
      if (!failure.empty()) candidate.why += ": " + failure;
    }
    step_.candidates.push_back(std::move(candidate));
  }
}

void Explainer::on_ended(const rules::PromptRecord& prompt, rules::PromptState state,
                         DropReason reason) {
  ExplainedEnd end;
  end.rule = compiled_->rule_id(prompt.rule);
  if (prompt.item != kNoId) end.item = compiled_->index().items.keys.text(prompt.item);
  end.state = hq::name_of(state);
  if (reason != DropReason::kNone) end.reason = rules::name_of(reason);
  end.why = describe_end(state, reason);
  step_.ended.push_back(std::move(end));
}

}  // namespace xsell::hq
