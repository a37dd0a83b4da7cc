// Seeded random rule sets and catalogues, for properties that must hold of all of them.
#ifndef XSELL_TESTS_RULES_RANDOM_MODEL_H_
#define XSELL_TESTS_RULES_RANDOM_MODEL_H_

#include <cstdint>
#include <random>

#include "rules/catalogue.h"
#include "rules/model.h"

namespace xsell::rules {

class RandomModel {
 public:
  explicit RandomModel(std::uint32_t seed) : random_(seed) {}

  RuleSet rule_set();
  Catalogue catalogue();

 private:
  std::int64_t number(std::int64_t least, std::int64_t most);
  bool chance(int percent) { return number(0, 99) < percent; }
  template <typename Enum>
  Enum pick();
  std::string word(int index);
  std::string word() { return word(static_cast<int>(number(0, 40))); }
  ItemKey key();
  std::vector<std::string> words();
  std::vector<ItemKey> keys();
  LocalisedText localised();
  ItemList item_list();
  ItemSelector selector();
  Condition condition(int depth);
  Offer offer();
  Rule rule(int index);
  Policy policy();

  std::mt19937 random_;
};

}  // namespace xsell::rules

#endif  // XSELL_TESTS_RULES_RANDOM_MODEL_H_
