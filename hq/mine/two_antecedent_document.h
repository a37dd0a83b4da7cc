#ifndef XSELL_HQ_MINE_TWO_ANTECEDENT_DOCUMENT_H_
#define XSELL_HQ_MINE_TWO_ANTECEDENT_DOCUMENT_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "hq/mine/rules_document.h"
#include "hq/mine/two_antecedents.h"
#include "hq/output.h"
#include "rules/model.h"

namespace xsell::hq {

// What cashiers read of such a rule: {percent}, {first} and {second} are filled in here, the others
// at the lane.
struct TwoAntecedentTexts {
  std::string language = "en";
  std::string operator_text = "{offer} with that?";
  std::string reason = "{percent}% who buy {first} and {second} take it too";
};

// What the rules stand in.
struct TwoAntecedentPlace {
  std::function<const std::string&(std::uint32_t)> key_of;
  std::function<const std::string&(std::uint32_t)> name_of;  // for people
  double surprise = 0;                                       // as in MinedPolicy, and the next
  std::vector<std::int32_t> boosts_milli;                    // by item number; empty: none
  std::string from, until;                                   // days of the baskets; may be empty

  std::int32_t boost_milli_of(std::uint32_t item) const {
    return boosts_milli.empty() ? rules::MinedPair().boost_milli : boosts_milli[item];
  }
};

// As rules of a rules file, one each. They compete with mined pairs: at their priority, by chance.
Json two_antecedent_rules(std::span<const TwoAntecedentRule> rules, const Pack& pack,
                          const TwoAntecedentTexts& texts, const TwoAntecedentPlace& place);

// Made of item keys, trigger by trigger and then the offer, where rule ids allow it.
std::string mined_rule_id(std::span<const std::string> keys);

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_TWO_ANTECEDENT_DOCUMENT_H_
