// Numbers items, categories, variants and classes of the catalogue, and the items that only rules
// know. Threads: one at a time, off the scan thread.
#ifndef XSELL_RULES_ITEM_COMPILER_H_
#define XSELL_RULES_ITEM_COMPILER_H_

#include <string>
#include <unordered_map>

#include "rules/catalogue.h"
#include "rules/rule_index.h"
#include "rules/term_compiler.h"

namespace xsell::rules {

// Texts that are equal are kept once: mined rules share most of theirs.
class TextCompiler {
 public:
  explicit TextCompiler(RuleIndex& index) : index_(index) {}
  std::uint32_t add(const LocalisedText& text);  // kNoId for an empty one

 private:
  RuleIndex& index_;
  std::unordered_map<std::string, std::uint32_t> by_signature_;
};

class ItemCompiler {
 public:
  ItemCompiler(RuleIndex& index, TextCompiler& texts) : index_(index), texts_(texts) {}

  void add_catalogue(const Catalogue& catalogue, const Policy& policy);
  // The id of an item that a rule or a pair names; one the catalogue does not know is in no
  // assortment.
  std::uint32_t add_mentioned(const ItemKey& key);
  // When all items and terms are known. Requires: the catalogue given before.
  void place_terms(const Catalogue& catalogue, const TermCompiler& terms);

 private:
  void add(const Item& item, bool is_known);

  RuleIndex& index_;
  TextCompiler& texts_;
  TextTable classes_;
  TextTable variant_groups_;
  std::vector<std::uint32_t> product_of_group_;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_ITEM_COMPILER_H_
