// What holds for all rules of a rule set: caps, cool-down, lane load, muting, staleness, the
// experiment, mined prompts.
#ifndef XSELL_RULES_POLICY_H_
#define XSELL_RULES_POLICY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "rules/item_key.h"
#include "rules/localised_text.h"
#include "rules/money.h"
#include "rules/place.h"
#include "rules/ranker.h"
#include "rules/replenishment.h"

namespace xsell::rules {

struct LaneLoadPolicy {
  std::int32_t suppress_above_lines_per_minute = 0;  // 0: no limit
  std::int32_t suppress_above_queue_length = 0;      // 0: no limit
  bool operator==(const LaneLoadPolicy&) const = default;
};

struct CoolDownPolicy {
  std::int32_t same_rule_transactions = 20;
  std::int32_t same_customer_days = 30;
  bool operator==(const CoolDownPolicy&) const = default;
};

struct AutoMutePolicy {
  std::int64_t acceptance_below_millionths = 0;  // 0: never mute
  std::int64_t confidence_millionths = 950'000;
  std::int32_t days = 14;
  bool operator==(const AutoMutePolicy&) const = default;
};

enum class StalenessKeep : std::uint8_t { none, pinned, all };

struct StalenessPolicy {
  std::int32_t stop_after_days = 0;  // 0: never stale
  StalenessKeep keep = StalenessKeep::pinned;
  bool operator==(const StalenessPolicy&) const = default;
};

enum class ExperimentUnit : std::uint8_t { transaction, customer };

struct ExperimentPolicy {
  std::string id;  // empty: no experiment
  ExperimentUnit unit = ExperimentUnit::transaction;
  std::int32_t hold_out_percent = 0;
  std::string salt;
  bool operator==(const ExperimentPolicy&) const = default;
};

// Offers of what a known customer bought before. Texts may hold {offer} and {price}.
struct ReplenishmentPolicy {
  bool is_enabled = false;
  Replenishment fit;
  LocalisedText operator_text;
  LocalisedText customer_text;
  LocalisedText line_display;
  LocalisedText reason;
  bool operator==(const ReplenishmentPolicy&) const = default;
};

// How mined pairs speak. Texts may hold {offer}, {trigger} and {percent}.
struct MinedPolicy {
  bool is_enabled = true;
  // Below which a mined offer stays silent: log odds with a ranker, else the sum of the weights;
  // 65536 = 1.
  std::int64_t min_score = 0;
  std::int32_t surest_percent = 0;  // of scans, in place of min_score; 0: min_score. Asks a ranker
  std::int64_t surprise_millionths = 0;  // power of an offer's surprise in its rank
  Ranker ranker;
  ReplenishmentPolicy replenishment;
  std::int32_t max_prompts_per_answer = 1;
  std::int32_t max_prompts_per_transaction = 2;
  std::int32_t priority = 0;  // against the priority of authored rules
  LocalisedText operator_text;
  LocalisedText customer_text;
  LocalisedText line_display;
  LocalisedText reason;
  bool operator==(const MinedPolicy&) const = default;
};

struct Policy {
  std::int32_t max_prompts_per_answer = 1;  // 1 to 3
  std::int32_t max_prompts_per_transaction = 2;
  std::int32_t max_prompts_per_operator_hour = 30;
  std::int32_t min_seconds_between_prompts = 0;
  std::int32_t snooze_minutes = 15;
  LaneLoadPolicy lane_load;
  CoolDownPolicy cool_down;
  AutoMutePolicy auto_mute;
  StalenessPolicy staleness;
  std::vector<std::string> never_suggest_categories;
  std::vector<ItemKey> never_suggest_items;
  std::vector<std::string> context_flags;  // that headquarters has set; sorted
  ExperimentPolicy experiment;
  MinedPolicy mined;
  std::string fallback_language = "en";
  Currency currency;  // of prices and floor prices written without one
  Place place;

  bool operator==(const Policy&) const = default;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_POLICY_H_
