#ifndef XSELL_HQ_MINE_RULES_DOCUMENT_H_
#define XSELL_HQ_MINE_RULES_DOCUMENT_H_

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>

#include "hq/mine/pack.h"
#include "hq/output.h"
#include "rules/ranker.h"
#include "rules/replenishment.h"

namespace xsell::hq {

struct MinedTexts {
  std::string language = "en";
  std::string operator_text = "{offer} with that?";
  std::string reason = "{percent}% who buy {trigger} take it too";
  std::string again_operator_text = "{offer} again?";
  std::string again_reason = "Bought by this customer before";
};

// How lanes are to rank and speak.
struct MinedPolicy {
  rules::Ranker ranker;
  rules::Replenishment replenishment;  // not fitted: nobody is reminded
  std::int64_t min_score = 0;          // log odds, 65536 = 1
  double surprise = 0;
  std::vector<std::int32_t> boosts_milli;  // by item number; empty: none
  MinedTexts texts;
};

// Writes a pack as an authored rules file (schema xsell.rules/1): the policy for mined prompts,
// rules beside the pairs, then one pair a line. `key_of` gives the item key of an item number.
void write_rules_document(std::ostream& out, const Pack& pack, const MinedPolicy& mined,
                          const std::function<const std::string&(std::uint32_t)>& key_of,
                          const Json& rules = Json::array());

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_RULES_DOCUMENT_H_
