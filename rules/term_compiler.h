// Numbers the selections of items that rules speak of, and finds out which items belong to each.
// Threads: one at a time, off the scan thread. Requires: the rule set and the catalogue outlive it.
#ifndef XSELL_RULES_TERM_COMPILER_H_
#define XSELL_RULES_TERM_COMPILER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rules/catalogue.h"
#include "rules/flat_lists.h"
#include "rules/model.h"
#include "rules/text_table.h"

namespace xsell::rules {

class TermCompiler {
 public:
  TermCompiler(const RuleSet& rule_set, const Catalogue& catalogue);

  // The term of a selection; kNoId when it names a set that is not there or selects nothing.
  // Equal selections share a term.
  std::uint32_t term_of(const ItemSelector& selector);
  std::uint32_t term_of(const ItemList& list);

  // The one item that a term stands for, or null.
  const ItemKey* single_item(std::uint32_t term) const;
  std::uint32_t term_count() const { return static_cast<std::uint32_t>(lists_.size()); }

  // To be called when all terms are known. The terms that an item belongs to, sorted; kAnyTerm is
  // not among them.
  std::vector<std::uint32_t> terms_of(const Item& item) const;
  // The terms that an item could belong to for hanging in this category; its price and its own
  // exclusions are left to be judged.
  std::vector<std::uint32_t> terms_of_category(std::string_view code) const;
  // Whether the term asks for a price, so that items without one stay outside.
  bool asks_for_price(std::uint32_t term) const;
  // The terms that rule this item out whatever its category.
  std::vector<std::uint32_t> denials_of(const Item& item) const;

 private:
  using TermsByText = std::unordered_map<std::string, std::vector<std::uint32_t>>;

  void collect(const TermsByText& terms, std::string_view text,
               std::vector<std::uint32_t>& out) const;
  bool is_denied(std::uint32_t term, const Item& item) const;
  bool is_category_excluded(std::uint32_t term, std::string_view category) const;
  std::vector<std::string_view> chain_of(std::string_view category) const;

  const RuleSet& rule_set_;
  const Catalogue& catalogue_;
  std::vector<const ItemList*> lists_;  // by term; null for kAnyTerm and for single items
  std::vector<ItemKey> single_items_;   // by term; empty when it is none
  std::unordered_map<std::string, std::uint32_t> by_signature_;
  TermsByText by_item_, by_category_, by_brand_, by_tag_;
  std::vector<std::uint32_t> by_price_alone_;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_TERM_COMPILER_H_
