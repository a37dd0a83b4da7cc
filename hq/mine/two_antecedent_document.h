#ifndef XSELL_HQ_MINE_TWO_ANTECEDENT_DOCUMENT_H_
#define XSELL_HQ_MINE_TWO_ANTECEDENT_DOCUMENT_H_

#include <functional>
#include <span>
#include <string>

#include "hq/mine/rules_document.h"
#include "hq/mine/two_antecedents.h"
#include "hq/output.h"

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
  double surprise = 0;                                       // as in MinedPolicy
  std::string from, until;                                   // days of the baskets; may be empty
};

// As rules of a rules file, one each. They compete with mined pairs: at their priority, by chance.
Json two_antecedent_rules(std::span<const TwoAntecedentRule> rules, const Pack& pack,
                          const TwoAntecedentTexts& texts, const TwoAntecedentPlace& place);

// Made of item keys, trigger by trigger and then the offer, where rule ids allow it.
std::string mined_rule_id(std::span<const std::string> keys);

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_TWO_ANTECEDENT_DOCUMENT_H_
