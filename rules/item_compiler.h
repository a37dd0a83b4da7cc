// Numbers items, categories, variants and classes of the catalogue, and the items that only rules
// know. Threads: one at a time, off the scan thread.
#ifndef XSELL_RULES_ITEM_COMPILER_H_
#define XSELL_RULES_ITEM_COMPILER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "rules/catalogue.h"
#include "rules/id_slots.h"
#include "rules/rule_index.h"

namespace xsell::rules {

class TermCompiler;

// Texts of the catalogue, the policy and the rules: equal ones are kept once.
class TextCompiler {
 public:
  explicit TextCompiler(RuleIndex& index) : index_(index) {}
  std::uint32_t add(const LocalisedText& text);  // kNoId for an empty one
  // One that is added no second time: it is only looked for among the others.
  std::uint32_t add_once(std::span<const TextVariant> text);

 private:
  std::uint32_t find(std::span<const TextVariant> text, std::uint64_t hash) const;

  RuleIndex& index_;
  IdSlots ids_;  // of texts that may come again
  std::vector<TextVariant> variants_;
};

class ItemCompiler {
 public:
  ItemCompiler(RuleIndex& index, TextCompiler& texts) : index_(index), texts_(texts) {}

  // Requires: the catalogue outlives the compiler.
  void add_catalogue(const Catalogue& catalogue, const Policy& policy);
  // The id of an item that a rule or a pair names; one the catalogue does not know is in no
  // assortment.
  std::uint32_t add_mentioned(const ItemKey& key);
  // Null for one that only rules know.
  const Item* known(std::uint32_t item) const {
    return item < known_.size() ? known_[item] : nullptr;
  }
  // When all items and terms are known.
  void place_terms(const TermCompiler& terms);

 private:
  void add(const Item& item, bool is_known);
  void put_terms(std::uint32_t item, const std::vector<std::uint32_t>& terms);

  RuleIndex& index_;
  TextCompiler& texts_;
  TextTable classes_;
  TextTable variant_groups_;
  std::vector<std::uint32_t> product_of_group_;
  std::vector<const Item*> known_;  // by item id
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_ITEM_COMPILER_H_
