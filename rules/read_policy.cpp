#include <limits>

#include "rules/document_reader.h"
#include "rules/fixed_decimal.h"
#include "rules/validate.h"

namespace xsell::rules {
namespace {

constexpr std::int32_t kMaxPromptsPerAnswer = 3;
constexpr std::int32_t kMany = 1'000'000;
constexpr std::int32_t kMaxWeight = 100 * 65536;  // keeps every sum of a ranker within 64 bits

void read_lane_load(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                    LaneLoadPolicy& out) {
  ObjectReader reader(context, value, path);
  reader.read("suppress_above_lines_per_minute", out.suppress_above_lines_per_minute, 0, kMany);
  reader.read("suppress_above_queue_length", out.suppress_above_queue_length, 0, kMany);
  reader.finish();
}

void read_cool_down(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                    CoolDownPolicy& out) {
  ObjectReader reader(context, value, path);
  if (const JsonValue* after = reader.take("after_decline")) {
    ObjectReader decline(context, *after, reader.path_of("after_decline"));
    decline.read("same_rule_transactions", out.same_rule_transactions, 0, kMany);
    decline.read("same_customer_days", out.same_customer_days, 0, kMany);
    decline.finish();
  }
  reader.finish();
}

void read_auto_mute(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                    AutoMutePolicy& out) {
  ObjectReader reader(context, value, path);
  reader.read_fixed("acceptance_below", out.acceptance_below_millionths, 6, 0, kMillionthsPerOne);
  reader.read_fixed("confidence", out.confidence_millionths, 6, 0, kMillionthsPerOne);
  reader.read("days", out.days, 1, kMany);
  reader.finish();
}

void read_staleness(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                    StalenessPolicy& out) {
  ObjectReader reader(context, value, path);
  reader.read("stop_after_days", out.stop_after_days, 0, kMany);
  reader.read_name("keep", out.keep);
  reader.finish();
}

void read_experiment(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                     ExperimentPolicy& out) {
  ObjectReader reader(context, value, path);
  reader.require("id");
  reader.read_text("id", out.id, kMaxCodeBytes);
  reader.read_name("unit", out.unit);
  reader.read("hold_out_percent", out.hold_out_percent, 0, 100);
  reader.read_text("salt", out.salt, kMaxCodeBytes);
  reader.finish();
}

void read_surest_scores(DocumentContext& context, const JsonValue& value, ObjectReader& reader,
                        std::vector<std::int64_t>& out) {
  reader.require("surest_scores");
  reader.for_each("surest_scores", [&](const JsonValue& score, const FieldPath& at) {
    if (score.is_integer()) {
      out.push_back(score.integer);
    } else {
      context.error(score, at, "a whole number is expected", "Mine again.");
    }
  });
  if (out.size() != kSurestScores) {
    context.error(value, reader.path_of("surest_scores"), "a ranker has 100 of them, one a percent",
                  "Mine again.");
  }
}

void read_ranker(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                 Ranker& out) {
  ObjectReader reader(context, value, path);
  if (const JsonValue* weights = reader.require("weights")) {
    ObjectReader terms(context, *weights, reader.path_of("weights"));
    for (std::size_t term = 0; term < kRankerTerms; ++term) {
      terms.read(name_of(static_cast<RankerTerm>(term)), out.weights[term], -kMaxWeight,
                 kMaxWeight);
    }
    terms.finish();
  }
  reader.read("fitted_baskets", out.fitted_baskets);
  reader.read_fixed("fitted_recent_baskets", out.fitted_recent_milli, 3);
  read_surest_scores(context, value, reader, out.surest_scores);
  reader.finish();
}

void read_replenishment(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                        ReplenishmentPolicy& out) {
  ObjectReader reader(context, value, path);
  reader.read("enabled", out.is_enabled);
  if (const JsonValue* weights = reader.take("weights")) {
    ObjectReader terms(context, *weights, reader.path_of("weights"));
    for (std::size_t term = 0; term < kReplenishmentTerms; ++term) {
      terms.read(name_of(static_cast<ReplenishmentTerm>(term)), out.fit.weights[term], -kMaxWeight,
                 kMaxWeight);
    }
    terms.finish();
    read_surest_scores(context, value, reader, out.fit.surest_scores);
  }
  reader.read_localised("operator_text", out.operator_text);
  reader.read_localised("customer_text", out.customer_text);
  reader.read_localised("line_display", out.line_display);
  reader.read_localised("reason", out.reason);
  reader.finish();
}

void read_mined(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                MinedPolicy& out) {
  ObjectReader reader(context, value, path);
  reader.read("enabled", out.is_enabled);
  reader.read("min_score", out.min_score, std::numeric_limits<std::int32_t>::min());
  reader.read("surest_percent", out.surest_percent, 1, 100);
  reader.read_fixed("surprise", out.surprise_millionths, 6, 0, 2 * kMillionthsPerOne);
  if (const JsonValue* ranker = reader.take("ranker")) {
    read_ranker(context, *ranker, reader.path_of("ranker"), out.ranker);
  }
  if (const JsonValue* replenishment = reader.take("replenishment")) {
    read_replenishment(context, *replenishment, reader.path_of("replenishment"), out.replenishment);
  }
  reader.read("max_prompts_per_answer", out.max_prompts_per_answer, 0, kMaxPromptsPerAnswer);
  reader.read("max_prompts_per_transaction", out.max_prompts_per_transaction, 0, kMany);
  reader.read("priority", out.priority, 0, 100);
  reader.read_localised("operator_text", out.operator_text);
  reader.read_localised("customer_text", out.customer_text);
  reader.read_localised("line_display", out.line_display);
  reader.read_localised("reason", out.reason);
  reader.finish();
}

}  // namespace

void read_policy(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                 Policy& out) {
  ObjectReader reader(context, value, path);
  out.place = context.place_of(value);
  reader.read("max_prompts_per_answer", out.max_prompts_per_answer, 1, kMaxPromptsPerAnswer);
  reader.read("max_prompts_per_transaction", out.max_prompts_per_transaction, 0, kMany);
  reader.read("max_prompts_per_operator_hour", out.max_prompts_per_operator_hour, 0, kMany);
  reader.read("min_seconds_between_prompts", out.min_seconds_between_prompts, 0, kMany);
  reader.read("snooze_minutes", out.snooze_minutes, 1, kMany);
  const auto read_part = [&](std::string_view name, auto read, auto& part) {
    if (const JsonValue* found = reader.take(name))
      read(context, *found, reader.path_of(name), part);
  };
  read_part("lane_load", read_lane_load, out.lane_load);
  read_part("cool_down", read_cool_down, out.cool_down);
  read_part("auto_mute", read_auto_mute, out.auto_mute);
  read_part("staleness", read_staleness, out.staleness);
  read_part("experiment", read_experiment, out.experiment);
  read_part("mined", read_mined, out.mined);
  reader.read_texts("never_suggest_categories", out.never_suggest_categories, kMaxCodeBytes);
  reader.read_keys("never_suggest_items", out.never_suggest_items);
  reader.read_texts("context", out.context_flags, kMaxCodeBytes);
  reader.read_text("fallback_language", out.fallback_language, kMaxCodeBytes);
  reader.read_currency("currency", out.currency);
  reader.finish();
}

}  // namespace xsell::rules
