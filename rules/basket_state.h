// The basket as rules see it: how much it holds of each term, product, category and class, kept
// line by line. A change costs the changed line's own terms, never the basket's. Threads: one at a
// time. Allocates: in the constructor only. Units: thousandths, minor units.
#ifndef XSELL_RULES_BASKET_STATE_H_
#define XSELL_RULES_BASKET_STATE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rules/pair_evidence.h"
#include "rules/rule_index.h"

namespace xsell::rules {

inline constexpr std::size_t kMaxBasketLines = 1024;

struct BasketLine {
  std::uint64_t number = 0;  // the host's
  std::uint64_t prompt_id = 0;
  std::int64_t quantity_milli = 0;
  std::int64_t unit_price_minor = 0;
  std::int64_t amount_minor = 0;
  std::uint32_t item = kNoId;  // kNoId: neither the catalogue nor a rule knows it
  std::uint32_t category = kNoId;
  std::int32_t minimum_age = 0;
  bool is_voided = false;
};

// A term that the basket holds, with the best entry that hangs under it.
struct HeldTerm {
  std::uint32_t term;
  std::uint32_t best;
};

// What changed since the last reset.
struct BasketChanges {
  std::vector<std::uint32_t> entered;  // terms that came in
  std::vector<std::uint32_t> raised;   // terms, held before, with more of them now
  bool is_any = false;
  bool needs_full_search = false;  // something left, or too much changed to list
};

class BasketState {
 public:
  // Requires: both outlive it.
  BasketState(const RuleIndex& index, PairEvidence& evidence);

  std::span<const BasketLine> lines() const { return lines_; }
  BasketLine* find(std::uint64_t number);
  const BasketLine* find(std::uint64_t number) const;

  bool add(const BasketLine& line);  // false: the basket is full
  void set_quantity(BasketLine& line, std::int64_t quantity_milli, std::int64_t amount_minor);
  void set_price(BasketLine& line, std::int64_t unit_price_minor, std::int64_t amount_minor);
  void void_line(BasketLine& line);
  void revive(BasketLine& line, const BasketLine& content);
  // Takes the line added last out again, as if it had never been there.
  void take_back();
  void clear();

  // With the best entry of their lists for line events together, and of their live list alone; the
  // latter names only terms that have one.
  std::span<const HeldTerm> held_terms() const { return held_; }
  std::span<const HeldTerm> held_live_terms() const { return held_live_; }
  std::int64_t term_quantity(std::uint32_t term) const { return terms_[term].quantity_milli; }
  // What most rules ask, from a bit each.
  bool holds_term(std::uint32_t term) const { return is_set(held_terms_, term); }
  bool holds_product(std::uint32_t product) const { return is_set(held_products_, product); }
  // The best entry of the term's list for line events; kNoId when it is empty.
  std::uint32_t best_first(std::uint32_t term) const { return terms_[term].best_first; }
  std::uint32_t best_more(std::uint32_t term) const { return terms_[term].best_more; }
  std::int64_t class_quantity(std::uint32_t item_class) const { return classes_[item_class]; }
  std::int64_t quantity_milli() const { return quantity_milli_; }
  std::int64_t amount_minor() const { return amount_minor_; }
  std::uint32_t line_count() const { return line_count_; }
  std::uint32_t distinct_categories() const { return distinct_categories_; }
  // Calls visit(term) for each term that the line belongs to, but for kAnyTerm.
  template <typename Visit>
  void for_each_term(const BasketLine& line, Visit visit) const;
  bool is_in_term(const BasketLine& line, std::uint32_t term) const;
  bool is_in_any(const BasketLine& line, std::span<const std::uint32_t> terms) const;
  std::int32_t minimum_age() const;  // the strictest of its lines

  const BasketChanges& changes() const { return changes_; }
  void reset_changes();

 private:
  struct Term {
    std::int64_t quantity_milli = 0;
    std::uint32_t position = kNoId;       // in held_
    std::uint32_t live_position = kNoId;  // in held_live_
    // Of the rule set, here because whoever asks for one has just touched the other.
    std::uint32_t best_first = kNoId;
    std::uint32_t best_more = kNoId;
    std::uint32_t best_live = kNoId;
    std::uint32_t best_line = kNoId;  // of the three
  };
  static_assert(sizeof(Term) == 32);
  using Bits = std::vector<std::uint64_t>;

  static bool is_set(const Bits& bits, std::uint32_t at) {
    return (bits[at / 64] >> (at % 64) & 1) != 0;
  }
  static void set(Bits& bits, std::uint32_t at, bool value) {
    const std::uint64_t bit = std::uint64_t{1} << (at % 64);
    bits[at / 64] = value ? bits[at / 64] | bit : bits[at / 64] & ~bit;
  }

  void count(const BasketLine& line, std::int64_t quantity_milli);
  void count_term(std::uint32_t term, std::int64_t quantity_milli);
  void hold(std::uint32_t term);
  void let_go(std::uint32_t term);

  const RuleIndex& index_;
  PairEvidence& evidence_;
  std::vector<BasketLine> lines_;
  std::vector<Term> terms_;
  std::vector<HeldTerm> held_;
  std::vector<HeldTerm> held_live_;
  std::vector<std::int64_t> items_;  // empty: nobody asks, there are no mined pairs
  std::vector<std::int64_t> products_;
  Bits held_terms_;
  Bits held_products_;
  std::vector<std::int64_t> categories_;
  std::vector<std::int64_t> classes_;
  std::int64_t quantity_milli_ = 0;
  std::int64_t amount_minor_ = 0;
  std::uint32_t line_count_ = 0;
  std::uint32_t distinct_categories_ = 0;
  std::uint64_t highest_number_ = 0;  // of the lines, so that a new one need not be looked for
  BasketChanges changes_;
};

template <typename Visit>
void BasketState::for_each_term(const BasketLine& line, Visit visit) const {
  const bool is_known = line.item != kNoId;
  const bool is_category_told =
      line.category != kNoId && (!is_known || index_.items.category(line.item) == kNoId);
  std::span<const std::uint32_t> own;
  if (is_known) own = index_.items.terms_of(line.item);
  if (!is_category_told) {
    for (const std::uint32_t term : own) visit(term);
    return;
  }

  const auto has = [](std::span<const std::uint32_t> terms, std::uint32_t term) {
    return std::find(terms.begin(), terms.end(), term) != terms.end();
  };
  const auto excluded = index_.category_exclusions.of(line.category);
  for (const std::uint32_t term : own) {
    if (!has(excluded, term)) visit(term);
  }
  for (const std::uint32_t term : index_.category_terms.of(line.category)) {
    const bool is_denied = is_known ? has(index_.items.denied_terms.of(line.item), term)
                                    : index_.term_asks_for_price[term] != 0;
    if (!is_denied && !has(own, term)) visit(term);
  }
}

}  // namespace xsell::rules

#endif  // XSELL_RULES_BASKET_STATE_H_
