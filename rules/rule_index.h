// A rule set for one lane as flat arrays of numbers. Ids are dense and start at 0.
//   term      something a basket can hold a quantity of: an item, a category with all below it, a
//   set product   an item together with its variants entry     one offer of one rule. Entries are
//   numbered by rank: entry 0 wins over all others identity  what an entry offers, for "never
//   twice": a product, a target list or, for information, the rule itself
// Threads: const after compile. Units: quantities in thousandths, money in minor units.
#ifndef XSELL_RULES_RULE_INDEX_H_
#define XSELL_RULES_RULE_INDEX_H_

#include <array>
#include <cstdint>
#include <vector>

#include "rules/condition_program.h"
#include "rules/flat_lists.h"
#include "rules/lane_scope.h"
#include "rules/model.h"
#include "rules/schedule.h"
#include "rules/text_table.h"

namespace xsell::rules {

inline constexpr std::uint32_t kAnyTerm = 0;  // every basket with a line in it holds this term

inline constexpr std::uint32_t kIdentityKind = 0xc0000000;  // mask; 0: a product
inline constexpr std::uint32_t kIdentityList = 0x80000000;
inline constexpr std::uint32_t kIdentityInformation = 0xc0000000;

struct Posting {
  std::uint32_t entry;
  std::uint32_t identity;
  std::uint32_t gate;  // 0: holding the term is all that the entry asks for
};

// Which lists an entry hangs in under its terms, by what can make it eligible.
enum class PostingKind : std::uint8_t {
  first,     // the term enters the basket
  more,      // the term's quantity rises
  live,      // anything in the basket changes: amounts, counts, numbers of categories
  subtotal,  // looked at when the total is asked for
  inquiry,   // looked at when the customer asks for an item
};
inline constexpr std::size_t kPostingKinds = 5;

// What an entry asks for beyond its term; each kNoId when it does not.
struct Gate {
  std::uint32_t condition = kNoId;  // into conditions
  std::uint32_t schedule = kNoId;
  std::uint32_t audience = kNoId;
  std::uint32_t checks = kNoId;
};

struct CompiledAudience {
  std::vector<std::uint32_t> operator_roles;  // into names; empty: all
  std::vector<std::uint32_t> any_of;          // segments, into names
  std::vector<std::uint32_t> none_of;
  bool is_for_anonymous = true;
};

// What the offered item must satisfy when the lane speaks.
struct OfferChecks {
  std::int64_t on_hand_min_milli = 0;
  std::int64_t max_price_ratio_millionths = 0;
  std::int32_t customer_age = 0;
  std::int32_t operator_age = 0;
  bool is_class_guarded = false;
};

struct RuleDetail {
  std::uint64_t hash = 0;         // of the rule id, for pacing
  std::uint32_t rule_id = kNoId;  // into names
  std::uint32_t only_term =
      kNoId;  // the rule holds while the basket holds this term; else condition says
  std::uint32_t condition = kNoId;      // into conditions
  std::uint32_t group = kNoId;          // exclusive group
  std::uint32_t operator_text = kNoId;  // into texts
  std::uint32_t customer_text = kNoId;
  std::uint32_t line_display = kNoId;
  std::uint32_t reason = kNoId;
  std::int32_t timeout_seconds = 0;
  Relation relation = Relation::complement;
  PromptKind kind = PromptKind::offer;
  PromptMode mode = PromptMode::panel;
  std::uint8_t moments = 0;
  std::uint8_t frequency_percent = 100;
  bool is_required = false;
  bool is_once = true;
};

struct OfferDetail {
  std::uint32_t rule = 0;
  std::uint32_t item = kNoId;  // or a list to choose from
  std::uint32_t list = kNoId;
  std::uint32_t gate = 0;
  std::uint32_t ordinal = 0;  // which of its rule's offers
  std::uint32_t location = kNoId;
  std::uint32_t promotion = kNoId;  // into names
  std::int64_t saving_minor = 0;
  std::int64_t quantity_milli = 1000;
  std::int64_t floor_price_minor = 0;
  bool is_quantity_per_trigger = false;
  bool is_rotating = false;
  bool needs_assortment = true;
};

struct ItemColumns {
  TextTable keys;
  std::vector<std::uint32_t> category;
  std::vector<std::uint32_t> product;
  std::vector<std::uint32_t> item_class;
  std::vector<std::uint32_t> name;        // into texts
  std::vector<std::int64_t> price_minor;  // -1: unknown
  std::vector<std::int32_t> minimum_age;
  std::vector<std::int32_t> leak;
  std::vector<std::uint8_t> is_in_assortment;
  std::vector<std::uint8_t> is_never_suggested;
  FlatLists<std::uint32_t> terms;
  FlatLists<std::uint32_t>
      denied_terms;  // of items without a category: whatever the host says of it
  std::size_t size() const { return category.size(); }
};

// Offers mined for a trigger item, in the order of the offered item's id.
struct PairTarget {
  std::uint32_t item;
  std::int32_t weight;
};

struct RuleIndex {
  Policy policy;
  LaneScope scope;
  std::uint64_t version = 0;
  Currency currency;

  ItemColumns items;
  TextTable categories;
  FlatLists<std::uint32_t> category_terms;  // for items whose category only the host knows
  std::vector<std::uint8_t> term_asks_for_price;
  std::vector<std::int32_t> category_age;
  std::uint32_t term_count = 1;
  std::uint32_t product_count = 0;
  std::uint32_t class_count = 0;

  std::array<FlatLists<Posting>, kPostingKinds> postings;  // by term, best entry first
  std::vector<std::uint64_t> entry_key;  // rank as a number, comparable with mined offers
  std::vector<OfferDetail> offers;       // by entry
  std::vector<RuleDetail> rules;
  std::vector<Gate> gates;  // 0 is unused
  ConditionProgram conditions;
  std::vector<Schedule> schedules;
  ScheduleEdges schedule_edges;
  std::vector<CompiledAudience> audiences;
  std::vector<OfferChecks> checks;
  FlatLists<std::uint32_t> target_lists;  // items, best first
  bool has_required = false;              // some rule must be asked whatever pacing says

  FlatLists<PairTarget> pairs;  // by trigger item
  std::vector<std::uint8_t>
      pair_percent;  // beside pairs.values(): how many of the trigger's buyers take the offer

  TextTable names;  // rule ids, segments, roles, promotions
  std::vector<LocalisedText> texts;

  const FlatLists<Posting>& list(PostingKind kind) const {
    return postings[static_cast<std::size_t>(kind)];
  }
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_RULE_INDEX_H_
