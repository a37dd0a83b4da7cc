#include "rules/document_writer.h"
#include "rules/object_writer.h"

namespace xsell::rules {
namespace {

JsonValue write_lane_load(const LaneLoadPolicy& load) {
  const LaneLoadPolicy usual;
  ObjectWriter out;
  out.put("suppress_above_lines_per_minute", load.suppress_above_lines_per_minute,
          usual.suppress_above_lines_per_minute);
  out.put("suppress_above_queue_length", load.suppress_above_queue_length,
          usual.suppress_above_queue_length);
  return out.take();
}

JsonValue write_cool_down(const CoolDownPolicy& cool_down) {
  const CoolDownPolicy usual;
  ObjectWriter decline;
  decline.put("same_rule_transactions", cool_down.same_rule_transactions,
              usual.same_rule_transactions);
  decline.put("same_customer_days", cool_down.same_customer_days, usual.same_customer_days);
  ObjectWriter out;
  out.put_object("after_decline", decline.take());
  return out.take();
}

JsonValue write_auto_mute(const AutoMutePolicy& mute) {
  const AutoMutePolicy usual;
  ObjectWriter out;
  out.put_fixed("acceptance_below", mute.acceptance_below_millionths, 6,
                usual.acceptance_below_millionths);
  out.put_fixed("confidence", mute.confidence_millionths, 6, usual.confidence_millionths);
  out.put("days", mute.days, usual.days);
  return out.take();
}

JsonValue write_staleness(const StalenessPolicy& staleness) {
  const StalenessPolicy usual;
  ObjectWriter out;
  out.put("stop_after_days", staleness.stop_after_days, usual.stop_after_days);
  out.put_name("keep", staleness.keep, usual.keep);
  return out.take();
}

JsonValue write_experiment(const ExperimentPolicy& experiment) {
  const ExperimentPolicy usual;
  ObjectWriter out;
  out.put("id", experiment.id);
  out.put_name("unit", experiment.unit, usual.unit);
  out.put("hold_out_percent", experiment.hold_out_percent, usual.hold_out_percent);
  out.put("salt", experiment.salt);
  return out.take();
}

JsonValue write_ranker(const Ranker& ranker) {
  ObjectWriter weights;
  for (std::size_t term = 0; term < kRankerTerms; ++term) {
    weights.put(name_of(static_cast<RankerTerm>(term)), ranker.weights[term], 0);
  }
  ObjectWriter out;
  out.put_object("weights", weights.take());
  out.put("fitted_baskets", ranker.fitted_baskets, 0);
  out.put_fixed("fitted_recent_baskets", ranker.fitted_recent_milli, 3, 0);
  out.put_each("surest_scores", ranker.surest_scores,
               [](std::int64_t score) { return JsonValue::of(score); });
  return out.take();
}

JsonValue write_replenishment(const ReplenishmentPolicy& replenishment) {
  ObjectWriter out;
  out.put("enabled", replenishment.is_enabled, false);
  if (replenishment.fit.is_fitted()) {
    ObjectWriter weights;
    for (std::size_t term = 0; term < kReplenishmentTerms; ++term) {
      weights.put(name_of(static_cast<ReplenishmentTerm>(term)), replenishment.fit.weights[term],
                  0);
    }
    out.put_always("weights", weights.take());
    out.put_each("surest_scores", replenishment.fit.surest_scores,
                 [](std::int64_t score) { return JsonValue::of(score); });
  }
  out.put("operator_text", replenishment.operator_text);
  out.put("customer_text", replenishment.customer_text);
  out.put("line_display", replenishment.line_display);
  out.put("reason", replenishment.reason);
  return out.take();
}

JsonValue write_mined(const MinedPolicy& mined) {
  const MinedPolicy usual;
  ObjectWriter out;
  out.put("enabled", mined.is_enabled, usual.is_enabled);
  out.put("min_score", mined.min_score, usual.min_score);
  out.put("surest_percent", mined.surest_percent, usual.surest_percent);
  out.put_fixed("surprise", mined.surprise_millionths, 6, usual.surprise_millionths);
  out.put_object("ranker", write_ranker(mined.ranker));
  out.put_object("replenishment", write_replenishment(mined.replenishment));
  out.put("max_prompts_per_answer", mined.max_prompts_per_answer, usual.max_prompts_per_answer);
  out.put("max_prompts_per_transaction", mined.max_prompts_per_transaction,
          usual.max_prompts_per_transaction);
  out.put("priority", mined.priority, usual.priority);
  out.put("operator_text", mined.operator_text);
  out.put("customer_text", mined.customer_text);
  out.put("line_display", mined.line_display);
  out.put("reason", mined.reason);
  return out.take();
}

}  // namespace

JsonValue write_policy(const Policy& policy) {
  const Policy usual;
  ObjectWriter out;
  out.put("max_prompts_per_answer", policy.max_prompts_per_answer, usual.max_prompts_per_answer);
  out.put("max_prompts_per_transaction", policy.max_prompts_per_transaction,
          usual.max_prompts_per_transaction);
  out.put("max_prompts_per_operator_hour", policy.max_prompts_per_operator_hour,
          usual.max_prompts_per_operator_hour);
  out.put("min_seconds_between_prompts", policy.min_seconds_between_prompts,
          usual.min_seconds_between_prompts);
  out.put("snooze_minutes", policy.snooze_minutes, usual.snooze_minutes);
  out.put_object("lane_load", write_lane_load(policy.lane_load));
  out.put_object("cool_down", write_cool_down(policy.cool_down));
  out.put_object("auto_mute", write_auto_mute(policy.auto_mute));
  out.put_object("staleness", write_staleness(policy.staleness));
  out.put_object("experiment", write_experiment(policy.experiment));
  out.put_object("mined", write_mined(policy.mined));
  out.put("never_suggest_categories", policy.never_suggest_categories);
  out.put("never_suggest_items", policy.never_suggest_items);
  out.put("context", policy.context_flags);
  out.put("fallback_language", policy.fallback_language, usual.fallback_language);
  out.put("currency", policy.currency.view());
  return out.take();
}

}  // namespace xsell::rules
