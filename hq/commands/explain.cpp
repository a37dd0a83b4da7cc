#include "hq/commands/explain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

#include "hq/catalogue_store.h"
#include "hq/explain/explainer.h"
#include "hq/findings_report.h"
#include "hq/publisher.h"
#include "hq/rule_files.h"
#include "rules/local_time.h"
#include "rules/parse.h"

namespace xsell::hq {
namespace {

struct ExplainOptions {
  std::vector<std::string> rules;
  std::uint64_t release = 0;  // 0: the newest
  std::string items;
  std::string basket;
  std::vector<std::string> asked;
  std::size_t limit = 20;
};

struct ExplainedRules {
  rules::RuleSet rule_set;
  rules::Catalogue catalogue;
  std::string origin;
  std::uint64_t version = 0;
};

void refuse_errors(CommandSession& session, const std::vector<rules::Finding>& findings) {
  std::vector<rules::Finding> errors;
  for (const rules::Finding& finding : findings) {
    if (finding.severity == rules::Severity::error) errors.push_back(finding);
  }
  if (errors.empty()) return;
  for (const rules::Finding& error : errors) session.output().warning(rules::to_text(error));
  throw Refused(fmt::format("{} errors; mend them first", errors.size()));
}

rules::Catalogue read_items(CommandSession& session, const std::string& path) {
  rules::ParsedItems parsed = rules::parse_items(read_whole_file(path), path);
  refuse_errors(session, parsed.findings);
  return std::move(parsed.catalogue);
}

ExplainedRules from_files(CommandSession& session, const ExplainOptions& options) {
  rules::Catalogue catalogue;
  if (options.items.empty()) {
    session.require(Role::kViewer);
    catalogue = load_catalogue(session.store());
  } else {
    catalogue = read_items(session, options.items);
  }
  RuleFiles files = read_rule_files(options.rules, std::move(catalogue));
  refuse_errors(session, files.findings);
  return {std::move(files.rule_set), std::move(files.catalogue),
          fmt::format("{}", fmt::join(options.rules, ", ")), 0};
}

ExplainedRules from_release(CommandSession& session, const ExplainOptions& options) {
  session.require(Role::kViewer);
  ReleaseLog log(session.store());
  const std::uint64_t version = options.release == 0 ? log.highest_version() : options.release;
  const auto entry = log.find(version);
  if (!entry) {
    throw Refused(
        version == 0 ? std::string("nothing is published yet; give --rules FILE")
                     : fmt::format("there is no release {}; see 'xsell-hq release list'", version));
  }
  rules::RuleSetBuilder builder;
  for (const rules::ReleaseLine& line :
       Publisher(session.store(), session.folder()).lines_of(*entry)) {
    if (builder.add(line.bytes) == rules::LineResult::refused) {
      throw Refused(fmt::format("release {}: {}", version, builder.message()));
    }
  }
  ExplainedRules explained;
  explained.rule_set = builder.take_rule_set();
  explained.catalogue = builder.take_catalogue();
  explained.origin = fmt::format("release {}", version);
  explained.version = version;
  return explained;
}

bool is_prompt(const ExplainedCandidate& candidate) { return candidate.decision != "silent"; }

std::string offer_of(const ExplainedCandidate& candidate) {
  return candidate.name.empty() ? candidate.item
                                : fmt::format("{} ({})", candidate.item, candidate.name);
}

// Keeps those that were asked for, all prompts, and the first silent ones.
std::size_t cut(std::vector<ExplainedCandidate>& candidates, const ExplainOptions& options) {
  if (!options.asked.empty()) {
    std::erase_if(candidates, [&](const ExplainedCandidate& candidate) {
      return std::find(options.asked.begin(), options.asked.end(), candidate.rule) ==
             options.asked.end();
    });
  }
  std::size_t silent = 0;
  const std::size_t before = candidates.size();
  std::erase_if(candidates, [&](const ExplainedCandidate& candidate) {
    return !is_prompt(candidate) && ++silent > options.limit;
  });
  return before - candidates.size();
}

void show_step(Output& output, std::size_t number, const ExplainedStep& step,
               std::size_t left_away) {
  output.text(fmt::format("\nStep {}, {}: {}", number, rules::format_local_time(step.local_time_s),
                          step.event));
  if (step.result != "ok") output.text("  refused by the lane: " + step.result);
  if (!step.silence.empty()) output.text("  the lane is silent: " + step.silence);
  for (const ExplainedEnd& end : step.ended) {
    output.text(fmt::format("  ended: {}{}{}, {}{}{}", end.rule, end.item.empty() ? "" : " > ",
                            end.item, end.state, end.why.empty() ? "" : ": ", end.why));
  }
  for (const ExplainedPrompt& prompt : step.prompts) {
    output.text(fmt::format("  shown: {}{}{}: {}{}{}", prompt.rule,
                            prompt.item.empty() ? "" : " > ", prompt.item, prompt.operator_text,
                            prompt.reason.empty() ? "" : " / ", prompt.reason));
  }
  if (step.candidates.empty()) {
    if (step.has_looked) output.text("  no rule has a trigger in this basket for this moment");
    return;
  }
  Table table({{"  RULE"}, {"OFFER", Table::Align::kLeft, 40}, {"DECISION"}, {"REASON"}, {"WHY"}});
  for (const ExplainedCandidate& candidate : step.candidates) {
    table.add_row({"  " + candidate.rule, offer_of(candidate), candidate.decision, candidate.reason,
                   candidate.why});
  }
  output.table(table);
  if (left_away > 0) output.text(fmt::format("  and {} more that were silent", left_away));
}

Json to_json(const ExplainedCandidate& candidate) {
  Json condition = Json::array();
  for (const ConditionPart& part : candidate.condition) {
    Json one = {{"depth", part.depth}, {"text", part.text}, {"holds", part.holds}};
    if (!part.found.empty()) one["found"] = part.found;
    condition.push_back(std::move(one));
  }
  return {{"rule", candidate.rule}, {"offer", candidate.offer},       {"item", candidate.item},
          {"name", candidate.name}, {"decision", candidate.decision}, {"reason", candidate.reason},
          {"why", candidate.why},   {"condition", condition}};
}

Json to_json(std::size_t number, const ExplainedStep& step, std::size_t left_away) {
  Json prompts = Json::array();
  for (const ExplainedPrompt& prompt : step.prompts) {
    prompts.push_back({{"rule", prompt.rule},
                       {"item", prompt.item},
                       {"operator_text", prompt.operator_text},
                       {"reason", prompt.reason}});
  }
  Json ended = Json::array();
  for (const ExplainedEnd& end : step.ended) {
    ended.push_back({{"rule", end.rule},
                     {"item", end.item},
                     {"state", end.state},
                     {"reason", end.reason},
                     {"why", end.why}});
  }
  Json candidates = Json::array();
  for (const ExplainedCandidate& candidate : step.candidates) {
    candidates.push_back(to_json(candidate));
  }
  return {{"step", number},
          {"time", rules::format_local_time(step.local_time_s)},
          {"event", Json::parse(step.event)},
          {"result", step.result},
          {"lane_silent", step.silence},
          {"looked", step.has_looked},
          {"prompts", prompts},
          {"ended", ended},
          {"candidates", candidates},
          {"more_silent", left_away}};
}

void run_explain(CommandSession& session, const ExplainOptions& options) {
  if (!options.rules.empty() && options.release != 0) {
    throw UsageError("give --rules or --release, not both");
  }
  if (options.rules.empty() && !options.items.empty()) {
    throw UsageError("--items goes with --rules; a release has its own items");
  }
  const BasketScript basket =
      read_basket_script(read_whole_file(options.basket), options.basket, session.now_s());
  ExplainedRules explained =
      options.rules.empty() ? from_release(session, options) : from_files(session, options);
  Explainer explainer(std::move(explained.rule_set), std::move(explained.catalogue), basket.scope,
                      explained.version, basket.begins_at_s);
  for (const std::string& rule : options.asked) {
    if (!explainer.has_rule(rule)) {
      throw Refused(fmt::format("{} has no rule \"{}\"", explained.origin, rule));
    }
    explainer.ask_for(rule);
  }

  Output& output = session.output();
  output.text(fmt::format("Rules: {}. Basket: {}.", explained.origin, options.basket));
  Json left_out = Json::array();
  for (const LeftOut& one : explainer.left_out()) {
    const bool is_asked =
        options.asked.empty() ||
        std::find(options.asked.begin(), options.asked.end(), one.rule) != options.asked.end();
    if (!is_asked) continue;
    output.text(fmt::format("Left out at this lane: {}, offer {}: {}: {}", one.rule, one.offer,
                            one.reason, one.why));
    left_out.push_back(
        {{"rule", one.rule}, {"offer", one.offer}, {"reason", one.reason}, {"why", one.why}});
  }
  Json steps = Json::array();
  for (std::size_t i = 0; i < basket.steps.size(); ++i) {
    ExplainedStep step;
    try {
      step = explainer.play(basket.steps[i]);
    } catch (const Json::exception&) {
      throw Refused(fmt::format("{}: step {}: a value of the wrong type: {}", options.basket, i + 1,
                                basket.steps[i].dump()));
    } catch (const std::runtime_error& error) {
      throw Refused(fmt::format("{}: step {}: {}", options.basket, i + 1, error.what()));
    }
    const std::size_t left_away = cut(step.candidates, options);
    show_step(output, i + 1, step, left_away);
    steps.push_back(to_json(i + 1, step, left_away));
  }
  output.json({{"rules", explained.origin},
               {"version", explained.version},
               {"basket", options.basket},
               {"left_out", left_out},
               {"steps", steps}});
}

}  // namespace

void register_explain(CLI::App& program, CommandSession& session) {
  CLI::App* command = program.add_subcommand(
      "explain",
      "Play a basket at a lane and tell, event by event, why each candidate was or was not\n"
      "prompted. With --rules and --items neither a store nor a user is needed.");
  auto options = std::make_shared<ExplainOptions>();
  command->add_option("--rules", options->rules,
                      "Rules files, read together (else a release of this HQ)");
  command->add_option("--release", options->release, "Which release (else the newest)")
      ->check(CLI::PositiveNumber);
  command->add_option("--items", options->items,
                      "Items file to go with --rules (else this HQ's items)");
  command
      ->add_option("--basket", options->basket,
                   "The basket: its items, or the events at the lane; - for standard input")
      ->required();
  command->add_option("--rule", options->asked,
                      "Tell of these rules alone, also when nothing triggers them");
  command->add_option("--limit", options->limit, "Silent candidates to tell of at each step")
      ->capture_default_str();
  command->callback([&session, options] { run_explain(session, *options); });
}

}  // namespace xsell::hq
