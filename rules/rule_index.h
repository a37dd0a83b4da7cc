// A rule set for one lane as flat arrays of numbers. Ids are dense and start at 0.
//   term      something a basket can hold a quantity of: an item, a category with all below it, a
//             set
//   product   an item together with its variants
//   entry     one offer of one rule, numbered by rank: entry 0 wins over all others
//   identity  what an entry offers, for "never twice": a product, a target list or, for
//             information, the rule itself
//   form      how a prompt looks and is paced: all that entries can share
// What a scan touches stands apart from what only a new prompt needs.
// Threads: const after compile. Units: quantities in thousandths, money in minor units.
#ifndef XSELL_RULES_RULE_INDEX_H_
#define XSELL_RULES_RULE_INDEX_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "rules/condition_program.h"
#include "rules/flat_lists.h"
#include "rules/item_key_table.h"
#include "rules/lane_scope.h"
#include "rules/model.h"
#include "rules/pair_target.h"
#include "rules/posting_lists.h"
#include "rules/ranker_index.h"
#include "rules/rule_id_table.h"
#include "rules/schedule.h"
#include "rules/text_store.h"
#include "rules/text_table.h"

namespace xsell::rules {

inline constexpr std::uint32_t kAnyTerm = 0;  // every basket with a line in it holds this term

inline constexpr std::uint32_t kIdentityKind = 0xc0000000;  // mask; 0: a product
inline constexpr std::uint32_t kIdentityList = 0x80000000;
inline constexpr std::uint32_t kIdentityInformation = 0xc0000000;

// An offer that chooses several items has an entry for each: the ordinals and list identities of
// the second and third are these steps higher.
inline constexpr std::uint32_t kNthOrdinal = 0x100;
inline constexpr std::uint32_t kNthIdentity = 0x10000000;
constexpr std::uint32_t offer_of_ordinal(std::uint32_t ordinal) { return ordinal % kNthOrdinal; }

// Which lists an entry hangs in under its terms, by what can make it eligible.
enum class PostingKind : std::uint8_t {
  first,     // the term enters the basket
  more,      // the term's quantity rises
  live,      // anything in the basket changes: amounts, counts, numbers of categories
  subtotal,  // looked at when the total is asked for
  inquiry,   // looked at when the customer asks for an item
};
inline constexpr std::size_t kPostingKinds = 5;

// When, and for whom. Each kNoId when any will do; thousands of rules share one.
struct Pass {
  std::uint32_t schedule = kNoId;
  std::uint32_t audience = kNoId;
  bool operator==(const Pass&) const = default;
};

// What an entry asks for beyond its term; each kNoId when it does not. Equal ones are kept once.
struct Gate {
  std::uint32_t condition = kNoId;  // into conditions.nodes
  std::uint32_t pass = kNoId;
  std::uint32_t checks = kNoId;
  bool operator==(const Gate&) const = default;
};

// In place of a gate that is no more than a condition stands its root, or the one other term that
// must be held, or must not: what most conditions come to under a term that is held.
inline constexpr std::uint32_t kGateKind = 0xc0000000;  // mask; 0: a gate
inline constexpr std::uint32_t kGateIsHeldTerm = 0x40000000;
inline constexpr std::uint32_t kGateIsCondition = 0x80000000;
inline constexpr std::uint32_t kGateIsAbsentTerm = 0xc0000000;

struct CompiledAudience {
  std::vector<std::uint32_t> operator_roles;  // into names; empty: all
  std::vector<std::uint32_t> any_of;          // segments, into names
  std::vector<std::uint32_t> none_of;
  bool is_for_anonymous = true;
  bool operator==(const CompiledAudience&) const = default;

  template <class Archive, class Self>
  static void visit(Archive& archive, Self& self) {
    archive(self.operator_roles, self.any_of, self.none_of, self.is_for_anonymous);
  }
};

// What the offered item must satisfy when the lane speaks.
struct OfferChecks {
  std::int64_t on_hand_min_milli = 0;
  std::int64_t max_price_ratio_millionths = 0;
  std::int32_t customer_age = 0;
  std::int32_t operator_age = 0;
  bool is_class_guarded = false;
  bool operator==(const OfferChecks&) const = default;

  template <class Archive, class Self>
  static void visit(Archive& archive, Self& self) {
    archive(self.on_hand_min_milli, self.max_price_ratio_millionths, self.customer_age,
            self.operator_age, self.is_class_guarded);
  }
};

// What a rule asks of the basket: to hold one term, or a condition.
class BasketTest {
 public:
  BasketTest() = default;
  static BasketTest of_term(std::uint32_t term) { return BasketTest(term); }
  static BasketTest of_condition(std::uint32_t node) { return BasketTest(node | kTag); }

  bool is_term() const { return (value_ & kTag) == 0; }
  std::uint32_t term() const { return value_; }
  std::uint32_t condition() const { return value_ & ~kTag; }

 private:
  explicit BasketTest(std::uint32_t value) : value_(value) {}
  static constexpr std::uint32_t kTag = 0x80000000;
  std::uint32_t value_ = 0;
};

// Texts and names of a prompt are ids into texts and names, kNoId for none.
struct PromptForm {
  std::uint32_t group = kNoId;  // exclusive group, into group_hashes
  std::uint32_t operator_text = kNoId;
  std::uint32_t customer_text = kNoId;
  std::uint32_t line_display = kNoId;
  std::uint32_t reason = kNoId;
  std::uint32_t location = kNoId;
  std::uint32_t promotion = kNoId;
  std::int32_t timeout_seconds = 0;
  std::int64_t saving_minor = 0;
  std::int64_t quantity_milli = 1000;
  std::uint32_t budget = 0;   // accepted prompts of the rule at this lane; 0: no limit
  std::uint32_t ordinal = 0;  // which of its rule's offers
  Relation relation = Relation::complement;
  PromptKind kind = PromptKind::offer;
  PromptMode mode = PromptMode::panel;
  std::uint8_t frequency_percent = 100;
  bool is_required = false;
  bool is_once = true;
  bool is_quantity_per_trigger = false;
  bool is_rotating = false;
  bool operator==(const PromptForm&) const = default;
};

// Of an entry: an item, a list to choose from, or nothing.
inline constexpr std::uint32_t kTargetList = 0x80000000;

struct Entry {
  std::uint32_t rule;
  std::uint32_t target;  // an item; kTargetList with a list; kNoId: information
  std::uint32_t form;

  bool is_item() const { return (target & kTargetList) == 0; }
  bool is_information() const { return target == kNoId; }
  bool is_list() const { return !is_item() && !is_information(); }
  std::uint32_t item() const { return is_item() ? target : kNoId; }
  std::uint32_t list() const { return target & ~kTargetList; }
};

// Entries of one required/pinned/priority, which stand together.
struct RankBand {
  std::uint32_t first_entry;
  std::uint32_t level;  // the upper half of the rank key
};

// What every scan needs of an item, in half a cache line.
struct ItemRow {
  static constexpr std::uint32_t kNearTerms = 3;

  std::uint32_t product = 0;
  std::uint32_t item_class = kNoId;
  std::uint32_t category = kNoId;
  std::int32_t minimum_age = 0;
  std::uint32_t term_count = 0;
  std::uint32_t terms[kNearTerms] = {};  // of more than these: where they begin in ItemColumns
};
static_assert(sizeof(ItemRow) == 32);

struct ItemColumns {
  ItemKeyTable keys;
  std::vector<ItemRow> rows;
  std::vector<std::uint32_t> terms;       // of items with many
  std::vector<std::uint32_t> name;        // into texts
  std::vector<std::int64_t> price_minor;  // -1: unknown
  std::vector<std::int32_t> leak;
  std::vector<std::uint8_t> is_in_assortment;
  std::vector<std::uint8_t> is_never_suggested;
  // Of items without a category: the terms that rule them out whatever the host says of it.
  FlatLists<std::uint32_t> denied_terms;

  std::size_t size() const { return keys.size(); }
  std::uint32_t product(std::uint32_t item) const { return rows[item].product; }
  std::uint32_t item_class(std::uint32_t item) const { return rows[item].item_class; }
  std::uint32_t category(std::uint32_t item) const { return rows[item].category; }
  std::span<const std::uint32_t> terms_of(std::uint32_t item) const {
    const ItemRow& row = rows[item];
    const bool is_near = row.term_count <= ItemRow::kNearTerms;
    return {is_near ? row.terms : terms.data() + row.terms[0], row.term_count};
  }

  template <class Archive, class Self>
  static void visit(Archive& archive, Self& self) {
    archive(self.keys, self.rows, self.terms, self.name, self.price_minor, self.leak,
            self.is_in_assortment, self.is_never_suggested, self.denied_terms);
  }
};

struct RuleIndex {
  Policy policy;
  LaneScope scope;
  std::uint64_t version = 0;
  Currency currency;

  ItemColumns items;
  bool has_catalogue = false;  // without one every item counts as sold here
  TextTable categories;
  // For items whose category only the host knows: the terms that it brings, and those that leave it
  // out.
  FlatLists<std::uint32_t> category_terms;
  FlatLists<std::uint32_t> category_exclusions;
  std::vector<std::uint8_t> term_asks_for_price;
  std::vector<std::int32_t> category_age;
  std::uint32_t term_count = 1;
  std::uint32_t product_count = 0;
  std::uint32_t class_count = 0;

  std::array<PostingLists, kPostingKinds> postings;  // by term, best entry first
  std::vector<Gate> gates;                           // 0 is unused
  std::vector<Pass> passes;
  ConditionProgram conditions;
  std::vector<Schedule> schedules;
  ScheduleEdges schedule_edges;
  std::vector<CompiledAudience> audiences;
  std::vector<OfferChecks> checks;
  FlatLists<std::uint32_t> target_lists;  // items, best first
  bool has_required = false;              // some rule must be asked whatever pacing says

  std::vector<Entry> entries;         // by rank
  std::vector<std::uint32_t> scores;  // by entry: the lower half of its rank key
  std::vector<RankBand> bands;        // in the order of their entries
  std::vector<PromptForm> forms;
  PromptForm mined_form;
  PromptForm replenishment_form;
  std::vector<std::uint64_t> group_hashes;
  std::vector<BasketTest> requirements;  // by rule, in the order of rule ids
  RuleIdTable rule_ids;

  FlatLists<PairTarget> pairs;  // by trigger item
  RankerIndex ranker;           // empty: the pairs' weights are added up
  std::vector<std::uint8_t>
      pair_percent;  // beside pairs.values(): how many of the trigger's buyers take the offer

  TextTable names;  // segments, roles, promotions
  TextStore texts;

  const PostingLists& list(PostingKind kind) const {
    return postings[static_cast<std::size_t>(kind)];
  }
  Gate gate(std::uint32_t id) const {
    if ((id & kGateKind) == 0) return gates[id];
    Gate gate;
    if ((id & kGateKind) == kGateIsCondition) gate.condition = id & ~kGateKind;
    return gate;
  }
  // Brings near what gate() and the condition behind it will read.
  void fetch_gate(std::uint32_t id) const {
    const std::uint32_t kind = id & kGateKind;
    if (kind == 0) __builtin_prefetch(&gates[id]);
    if (kind == kGateIsCondition) __builtin_prefetch(&conditions.nodes[id & ~kGateKind]);
  }
  bool has_checks(std::uint32_t id) const {
    return id != 0 && (id & kGateKind) == 0 && gates[id].checks != kNoId;
  }
  const PromptForm& form_of(std::uint32_t entry) const { return forms[entries[entry].form]; }
  std::size_t rule_count() const { return requirements.size(); }
  // What answers and the look-up of candidates rest on, without texts, names and the catalogue.
  std::size_t hot_bytes() const;

  // All that compiling makes; policy and scope are its input.
  template <class Archive, class Self>
  static void visit(Archive& archive, Self& self) {
    archive(self.version, self.currency, self.items, self.has_catalogue, self.categories,
            self.category_terms, self.category_exclusions, self.term_asks_for_price,
            self.category_age, self.term_count, self.product_count, self.class_count, self.postings,
            self.gates, self.passes, self.conditions, self.schedules, self.schedule_edges,
            self.audiences, self.checks, self.target_lists, self.has_required, self.entries,
            self.scores, self.bands, self.forms, self.mined_form, self.replenishment_form,
            self.group_hashes, self.requirements, self.rule_ids, self.pairs, self.ranker,
            self.pair_percent, self.names, self.texts);
  }
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_RULE_INDEX_H_
