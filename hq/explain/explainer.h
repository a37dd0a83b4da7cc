// Plays a basket at a lane of its own and tells, event by event, why each candidate was or was not
// prompted. The lane is the one that tills run; it tells its decisions itself.
// Threads: one. Units: as in rules.
#ifndef XSELL_HQ_EXPLAIN_EXPLAINER_H_
#define XSELL_HQ_EXPLAIN_EXPLAINER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hq/explain/basket_script.h"
#include "hq/explain/condition_words.h"
#include "hq/explain/reason_words.h"
#include "hq/explain/step_reader.h"
#include "rules/compiled_rules.h"
#include "rules/lane_engine.h"
#include "rules/lane_trace.h"

namespace xsell::hq {

struct ExplainedCandidate {
  std::string rule;
  int offer = 0;  // which of the rule's, from 1; 0: mined, or information
  std::string item;
  std::string name;      // of the item
  std::string decision;  // silent, prompted, held_out, stays
  std::string reason;    // the engine's word; empty unless silent
  std::string why;       // in a sentence
  std::vector<ConditionPart> condition;
};

struct ExplainedPrompt {
  std::string rule;
  std::string item;
  std::string operator_text;
  std::string reason;
};

struct ExplainedEnd {
  std::string rule;
  std::string item;
  std::string state;  // accepted_touch, accepted_scan, declined, expired, withdrawn
  std::string reason;
  std::string why;
};

struct ExplainedStep {
  std::string event;  // as it was written: {"scan":"4001"}
  std::int64_t local_time_s = 0;
  std::string result;                    // ok, or how the engine refused the event
  std::string silence;                   // why the lane as a whole is silent; empty: it is not
  bool has_looked = false;               // for prompts; some events lead to none
  std::vector<ExplainedPrompt> prompts;  // the answer
  std::vector<ExplainedCandidate> candidates;
  std::vector<ExplainedEnd> ended;
};

struct LeftOut {
  std::string rule;
  int offer = 0;
  std::string reason;
  std::string why;
};

class Explainer : private rules::LaneTrace {
 public:
  // Requires: rule_set and catalogue in order.
  Explainer(rules::RuleSet rule_set, rules::Catalogue catalogue, const rules::LaneScope& scope,
            std::uint64_t version, std::int64_t begins_at_s);

  // What no event at this lane can bring up.
  std::vector<LeftOut> left_out() const;
  // A rule for which each step says why even if it has no trigger in the basket.
  void ask_for(const std::string& rule_id) { asked_.push_back(rule_id); }
  bool has_rule(const std::string& rule_id) const;

  // Fails: std::runtime_error when the step cannot be read.
  ExplainedStep play(const Json& step);

 private:
  void on_silent_lane(rules::LaneSilence silence) override;
  void on_search(const rules::TraceScene& scene, std::span<const rules::Verdict> verdicts) override;
  void on_ended(const rules::PromptRecord& prompt, rules::PromptState state,
                rules::DropReason reason) override;

  ExplainedCandidate explain(const rules::TraceScene& scene, const rules::Verdict& verdict) const;
  void explain_asked(const rules::TraceScene& scene, std::span<const rules::Verdict> verdicts);
  std::string describe_list(const ReasonContext& context, const rules::Verdict& verdict) const;
  std::string name_of_item(std::uint32_t item) const;

  const rules::RuleSet rules_;
  const rules::LaneScope scope_;
  std::vector<rules::CompileDrop> drops_;
  std::unique_ptr<rules::CompiledRuleSet> compiled_;
  rules::LaneEngine engine_;
  std::vector<std::string> asked_;
  ExplainedStep step_;  // that is being played
  StepReader reader_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_EXPLAIN_EXPLAINER_H_
