// Numbers the selections of items that rules speak of, equal ones alike, and knows which item
// belongs to which. Threads: one at a time, off the scan thread.
#ifndef XSELL_RULES_TERM_COMPILER_H_
#define XSELL_RULES_TERM_COMPILER_H_

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "rules/catalogue.h"
#include "rules/item_compiler.h"
#include "rules/model.h"
#include "rules/rule_index.h"

namespace xsell::rules {

class TermCompiler {
 public:
  // Requires: sets in the order of their names; all outlive it.
  TermCompiler(const std::vector<ItemSet>& sets, const Catalogue& catalogue, RuleIndex& index,
               ItemCompiler& items);

  // The term of a selection; kNoId when it names a set that is not there or selects nothing.
  // Equal selections share a term.
  std::uint32_t term_of(const ItemSelector& selector);
  std::uint32_t term_of(const ItemList& list);

  // The one item that a term stands for, or kNoId.
  std::uint32_t single_item(std::uint32_t term) const { return terms_[term].item; }
  std::uint32_t term_count() const { return static_cast<std::uint32_t>(terms_.size()); }

  // To be called when all terms are known; kAnyTerm is never among them, and all are sorted.
  // By item, the terms that name it alone or in a list.
  std::vector<std::vector<std::uint32_t>> terms_by_item(std::size_t item_count) const;
  // The terms that an item could belong to for hanging in this category; its price and its own
  // exclusions are left to be judged.
  std::vector<std::uint32_t> terms_of_category(std::string_view code) const;
  // The terms that leave everything in this category out.
  std::vector<std::uint32_t> exclusions_of_category(std::string_view code) const;
  // Adds to the terms that name the item or its category those of its brand, tags and price, and
  // takes out those that rule it out.
  void complete(const Item& item, std::vector<std::uint32_t>& terms) const;
  // Whether the term asks for a price, so that items without one stay outside.
  bool asks_for_price(std::uint32_t term) const;
  // The terms that rule this item out whatever its category.
  std::vector<std::uint32_t> denials_of(const Item& item) const;

 private:
  struct Term {
    std::uint32_t item = kNoId;      // it stands for this item alone
    const ItemList* list = nullptr;  // null: nothing more to it than an item or a category
  };
  using TermsByText = std::unordered_map<std::string, std::vector<std::uint32_t>>;

  std::uint32_t add_term(Term term);
  std::uint32_t add_list(const ItemList& list);
  void collect(const TermsByText& terms, std::string_view text,
               std::vector<std::uint32_t>& out) const;
  bool is_denied(std::uint32_t term, const Item& item) const;
  bool is_category_excluded(std::uint32_t term, std::string_view category) const;
  std::vector<std::string_view> chain_of(std::string_view category) const;

  const std::vector<ItemSet>& sets_;
  const Catalogue& catalogue_;
  RuleIndex& index_;
  ItemCompiler& items_;
  std::vector<Term> terms_;
  std::deque<ItemList> lists_;               // those of the terms, which the rules need not outlive
  std::vector<std::uint32_t> term_of_item_;  // kNoId: none stands for it alone
  std::vector<std::uint32_t> term_of_category_;  // by category id
  std::unordered_map<std::string, std::uint32_t> by_signature_, by_set_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> by_item_;  // item, term
  TermsByText by_category_, by_brand_, by_tag_;
  std::vector<std::uint32_t> by_price_alone_;
  std::vector<std::uint32_t> restricting_;  // terms that rule out items they would else hold
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_TERM_COMPILER_H_
