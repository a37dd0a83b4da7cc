// A rule set as plain values: the whole document, whether or not this version's engine evaluates
// every part of it. Threads: plain values. Units: money in minor units, quantities in thousandths,
// shares in millionths, times store-local.
#ifndef XSELL_RULES_MODEL_H_
#define XSELL_RULES_MODEL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/condition.h"
#include "rules/item_key.h"
#include "rules/localised_text.h"
#include "rules/money.h"
#include "rules/place.h"
#include "rules/policy.h"

namespace xsell::rules {

enum class RuleSource : std::uint8_t { authored, mined, supplier, regulatory };

enum class Relation : std::uint8_t {
  complement,
  accessory,
  consumable,
  prerequisite,
  care,
  warranty,
  service,
  bundle_completion,
  replenishment,
  upsell,
  substitute,  // these replace a line and are never counted as cross-sell
};

enum class PromptKind : std::uint8_t { offer, information };
enum class PromptMode : std::uint8_t { panel, badge, dialog, summary, customer_display };
enum class SelectBy : std::uint8_t { score, price_low, price_high, listed };
enum class WorkstationType : std::uint8_t { staffed, self_checkout, mobile, kiosk };
enum class AfterSaleKind : std::uint8_t {
  receipt_text,
  receipt_coupon,
  operator_message,
  follow_up
};
enum class AfterSaleWhen : std::uint8_t { shown, accepted, declined };

// Bits of Rule::moments.
inline constexpr std::uint8_t kMomentLineAdded = 1;
inline constexpr std::uint8_t kMomentSubtotal = 2;
inline constexpr std::uint8_t kMomentInquiry = 4;
inline constexpr std::uint8_t kMomentAfterSale = 8;

inline constexpr std::uint8_t kAllDays = 0x7f;

struct Evidence {
  std::int64_t support_millionths = 0;
  std::int64_t confidence_millionths = 0;
  std::int64_t lift_millionths = 0;
  std::int64_t joint_count = 0;
  std::optional<std::int32_t> from_day;  // days since 1970-01-01
  std::optional<std::int32_t> until_day;
  bool operator==(const Evidence&) const = default;
};

// end_minute <= start_minute: the window crosses midnight and belongs to the day it starts.
struct TimeWindow {
  std::uint8_t days = kAllDays;    // bit 0 is Monday
  std::int32_t start_minute = 0;   // since midnight, included
  std::int32_t end_minute = 1440;  // excluded
  bool operator==(const TimeWindow&) const = default;

  template <class Archive, class Self>
  static void visit(Archive& archive, Self& self) {
    archive(self.days, self.start_minute, self.end_minute);
  }
};

// An empty list admits everyone.
struct Audience {
  std::vector<std::string> business_units;
  std::vector<std::string> exclude_business_units;
  std::vector<std::string> business_unit_groups;
  std::vector<std::string> exclude_business_unit_groups;
  std::vector<WorkstationType> workstation_types;
  std::vector<std::string> operator_roles;
  SegmentTest segments;
  bool is_for_anonymous = true;
  bool operator==(const Audience&) const = default;
};

struct Benefit {
  std::string promotion;  // id of a promotion that the host prices; the benefit is shown only if
                          // the host confirmed it
  std::optional<Money> saving;
  bool operator==(const Benefit&) const = default;
};

struct Requirement {
  bool in_assortment = true;
  std::int64_t on_hand_min_milli = 0;           // 0: stock is not asked for
  std::int64_t max_price_ratio_millionths = 0;  // offer to trigger; 0: no limit
  std::int64_t floor_price_minor = 0;
  bool operator==(const Requirement&) const = default;
};

struct Offer {
  ItemSelector target;
  SelectBy select_by = SelectBy::score;
  bool is_rotating = false;
  std::int32_t select_limit = 1;
  std::int64_t score_millionths = 0;
  std::int64_t quantity_milli = 1000;
  bool is_quantity_per_trigger = false;  // quantity_milli for each 1000 of the trigger
  Requirement require;
  std::int32_t minimum_customer_age = 0;
  std::int32_t minimum_operator_age = 0;
  LocalisedText location;
  std::optional<Benefit> benefit;
  Place place;
  bool operator==(const Offer&) const = default;
};

// Texts may hold {offer}, {trigger}, {quantity}, {price} and {saving}.
struct PromptTexts {
  PromptKind kind = PromptKind::offer;
  PromptMode mode = PromptMode::panel;
  bool is_required = false;
  std::int32_t timeout_seconds = 0;  // 0: until it is answered or withdrawn
  LocalisedText operator_text;
  LocalisedText customer_text;
  LocalisedText line_display;  // 2 rows of 20, row break as '\n'
  LocalisedText reason;
  Place place;
  bool operator==(const PromptTexts&) const = default;
};

struct Budget {
  std::int64_t uses = 0;  // accepted prompts; 0: no limit
  std::int64_t per_store = 0;
  bool operator==(const Budget&) const = default;
};

struct Pacing {
  bool once_per_transaction = true;
  std::int32_t frequency_percent = 100;
  std::string exclusive_group;
  std::optional<Budget> budget;
  bool operator==(const Pacing&) const = default;
};

struct AfterSale {
  AfterSaleKind kind = AfterSaleKind::receipt_text;
  AfterSaleWhen when = AfterSaleWhen::accepted;
  std::string coupon;
  std::string channel;
  bool requires_consent = false;
  LocalisedText text;
  bool operator==(const AfterSale&) const = default;
};

struct Rule {
  std::string rule_id;
  std::int64_t version = 1;
  std::string name;
  bool is_enabled = true;
  std::int32_t priority = 50;
  bool is_pinned = false;
  RuleSource source = RuleSource::authored;
  Relation relation = Relation::complement;
  std::optional<Evidence> evidence;
  std::optional<std::int64_t> effective_s;  // store-local, included
  std::optional<std::int64_t> expires_s;    // store-local, included
  std::vector<TimeWindow> time_windows;     // empty: always
  Audience audience;
  std::uint8_t moments = kMomentLineAdded;
  Condition condition;
  std::vector<Offer> offers;
  PromptTexts prompt;
  Pacing pacing;
  std::vector<AfterSale> after_sale;
  Place place;
  bool operator==(const Rule&) const = default;
};

inline constexpr std::int32_t kMinBoost_milli = 100;
inline constexpr std::int32_t kMaxBoost_milli = 10'000;

// One mined association: of trigger_count baskets with the trigger, joint_count held the offer too.
struct MinedPair {
  ItemKey trigger;
  ItemKey offer;
  std::int64_t joint_count = 0;
  std::int64_t trigger_count = 0;
  std::int64_t offer_count = 0;
  std::int64_t basket_count = 0;
  std::int32_t weight = 0;  // fixed point, 65536 = 1; summed over the basket's lines
  // The same counts with baskets that fade with age, in thousandths; all 0 when there are none.
  std::int64_t recent_joint_milli = 0;
  std::int64_t recent_trigger_milli = 0;
  std::int64_t recent_offer_milli = 0;
  std::int64_t recent_baskets_milli = 0;
  // What the offer is worth beside its chance, in thousandths, wherever it is offered; 1000: as
  // any. Asks a ranker.
  std::int32_t boost_milli = 1000;
  bool operator==(const MinedPair&) const = default;
};

struct RuleSet {
  Policy policy;
  std::vector<ItemSet> item_sets;
  std::vector<Rule> rules;
  std::vector<MinedPair> pairs;
  std::vector<std::string> files;  // that the places point into; no part of what the rule set says

  // Sorts sets by name, rules by id and pairs by trigger and offer, the order of a release.
  void put_in_order();
  const ItemSet* find_set(std::string_view name) const;
  const Rule* find_rule(std::string_view rule_id) const;

  friend bool operator==(const RuleSet& a, const RuleSet& b) {
    return a.policy == b.policy && a.item_sets == b.item_sets && a.rules == b.rules &&
           a.pairs == b.pairs;
  }
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_MODEL_H_
