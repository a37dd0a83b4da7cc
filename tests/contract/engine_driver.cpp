// The engine alone.
#include <stdexcept>

#include "hq/explain/event_words.h"
#include "rules/compiled_rules.h"
#include "rules/finding.h"
#include "rules/lane_engine.h"
#include "rules/model_names.h"
#include "rules/parse.h"
#include "tests/contract/lane_driver.h"

namespace xsell::contract {

namespace {

using rules::OutcomeKind;

std::string text_of(OutcomeKind kind) {
  switch (kind) {
    case OutcomeKind::kNone:
      return "none";
    case OutcomeKind::kShown:
      return "shown";
    case OutcomeKind::kAcceptedTouch:
      return "accepted_touch";
    case OutcomeKind::kAcceptedScan:
      return "accepted_scan";
    case OutcomeKind::kDeclined:
      return "declined";
    case OutcomeKind::kExpired:
      return "expired";
    case OutcomeKind::kWithdrawn:
      return "withdrawn";
    case OutcomeKind::kHeldOut:
      return "held_out";
    case OutcomeKind::kBasket:
      return "basket";
    case OutcomeKind::kReturned:
      return "returned";
    case OutcomeKind::kPostVoided:
      return "post_voided";
  }
  return "?";
}

std::string text_of(rules::DeclineReason reason) {
  static const char* const kNames[] = {"", "not_relevant", "has_it", "too_dear", "other"};
  return kNames[static_cast<std::size_t>(reason)];
}

std::string text_of(rules::TransactionEnd end) {
  static const char* const kNames[] = {"open", "finalised", "voided", "abandoned"};
  return kNames[static_cast<std::size_t>(end)];
}

std::string text_of(bool value) { return value ? "true" : "false"; }

SeenPrompt seen(const rules::Prompt& prompt) {
  SeenPrompt out;
  out.prompt_id = prompt.prompt_id;
  std::string lines;
  for (const std::uint64_t line : prompt.trigger_lines) {
    lines += (lines.empty() ? "" : ",") + std::to_string(line);
  }
  out.fields = {
      {"rule", std::string(prompt.rule_id)},
      {"item", std::string(prompt.item)},
      {"description", std::string(prompt.description)},
      {"relation", std::string(rules::name_of(prompt.relation))},
      {"kind", std::string(rules::name_of(prompt.kind))},
      {"mode", std::string(rules::name_of(prompt.mode))},
      {"quantity", std::to_string(prompt.quantity_milli)},
      {"price", prompt.has_price ? std::to_string(prompt.price_minor) : ""},
      {"currency", std::string(prompt.currency)},
      {"operator_text", std::string(prompt.operator_text)},
      {"customer_text", std::string(prompt.customer_text)},
      {"line_display", std::string(prompt.line_display)},
      {"reason", std::string(prompt.reason)},
      {"location", std::string(prompt.location)},
      {"promotion", std::string(prompt.promotion)},
      {"saving", std::to_string(prompt.saving_minor)},
      {"stock", std::to_string(prompt.on_hand_milli)},
      {"required", text_of(prompt.is_required)},
      {"timeout_seconds", std::to_string(prompt.timeout_seconds)},
      {"trigger_lines", lines},
      {"experiment", std::string(prompt.experiment)},
  };
  return out;
}

SeenOutcome seen(const rules::Outcome& outcome) {
  return {{
      {"kind", text_of(outcome.kind)},
      {"rule", std::string(outcome.rule_id.view())},
      {"item", std::string(outcome.offered_item.view())},
      {"trigger", std::string(outcome.trigger_item.view())},
      {"trigger_line", std::to_string(outcome.trigger_line)},
      {"line", std::to_string(outcome.resulting_line)},
      {"quantity", std::to_string(outcome.quantity_milli)},
      {"amount", std::to_string(outcome.amount_minor)},
      {"lines", std::to_string(outcome.line_count)},
      {"prompt_count", std::to_string(outcome.prompt_count)},
      {"voided", text_of(outcome.is_voided)},
      {"returned", text_of(outcome.is_returned)},
      {"reason", text_of(outcome.reason)},
      {"end", text_of(outcome.transaction_end)},
      {"transaction", std::to_string(outcome.transaction)},
      {"number", std::to_string(outcome.transaction_number)},
      {"original_number", std::to_string(outcome.original_number)},
      {"business_unit", std::string(outcome.business_unit.view())},
      {"workstation", std::string(outcome.workstation.view())},
      {"business_day", std::string(outcome.business_day.view())},
      {"operator", std::string(outcome.operator_id.view())},
      {"experiment", std::string(outcome.experiment.view())},
      {"shown_ms", std::to_string(outcome.shown_ms)},
      {"response_ms", std::to_string(outcome.response_ms)},
      {"version", std::to_string(outcome.rule_set_version)},
  }};
}

void refuse_errors(const std::vector<rules::Finding>& findings) {
  for (const rules::Finding& finding : findings) {
    if (finding.severity != rules::Severity::error) continue;
    throw std::runtime_error(finding.file + ":" + std::to_string(finding.line) + ": " +
                             finding.field + ": " + finding.message);
  }
}

class EngineDriver : public LaneDriver, public rules::OutcomeSink {
 public:
  void start(const rules::LaneScope& scope, const std::string& rules_text,
             const std::string& items_text) override {
    scope_ = scope;
    engine_ = std::make_unique<rules::LaneEngine>(scope_, this);
    adopt(rules_text, items_text);
  }

  bool takes_any_rules() const override { return true; }

  SeenAnswer on_event(const rules::Event& event) override {
    const rules::Answer& answer = engine_->on_event(event);
    SeenAnswer out;
    out.result = hq::name_of(answer.result);
    for (const rules::Prompt& prompt : answer.view()) out.prompts.push_back(seen(prompt));
    return out;
  }

  bool adopt(const std::string& rules_text, const std::string& items_text) override {
    rules::ParsedRules parsed = rules::parse_rules(rules_text, "rules");
    refuse_errors(parsed.findings);
    rules::ParsedItems items = rules::parse_items(items_text, "items");
    refuse_errors(items.findings);
    parsed.rule_set.put_in_order();
    auto compiled =
        rules::compile(std::move(parsed.rule_set), std::move(items.catalogue), scope_, ++version_);
    engine_->adopt(compiled.get());
    rules_ = std::move(compiled);
    return true;
  }

  bool restart() override {
    const rules::PacingSnapshot snapshot = engine_->pacing();
    engine_ = std::make_unique<rules::LaneEngine>(scope_, this);
    engine_->restore_pacing(snapshot);
    engine_->adopt(rules_.get());
    return true;
  }

  bool kill(bool is_disabled) override {
    engine_->set_disabled(is_disabled);
    return true;
  }
  bool kill_rule(const std::string& rule, bool is_disabled) override {
    return engine_->set_rule_disabled(rule, is_disabled);
  }

  std::optional<std::vector<SeenOutcome>> outcomes() override { return outcomes_; }

  std::optional<std::uint64_t> count(const std::string& rule, const std::string& reason) override {
    std::uint64_t sum = 0;
    for (const auto& row : rules_->silence().rows()) {
      if (rules_->rule_id(row.rule) == rule && rules::name_of(row.reason) == reason)
        sum += row.count;
    }
    return sum;
  }

 private:
  void put(const rules::Outcome& outcome) noexcept override { outcomes_.push_back(seen(outcome)); }

  rules::LaneScope scope_;
  std::unique_ptr<rules::CompiledRuleSet> rules_;
  std::unique_ptr<rules::LaneEngine> engine_;
  std::vector<SeenOutcome> outcomes_;
  std::uint64_t version_ = 0;
};

}  // namespace

std::unique_ptr<LaneDriver> make_engine_driver() { return std::make_unique<EngineDriver>(); }

}  // namespace xsell::contract
