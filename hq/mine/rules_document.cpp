#include "hq/mine/rules_document.h"

#include <fmt/format.h>

#include <ostream>

#include "hq/output.h"
#include "rules/canonical_json.h"

namespace xsell::hq {

void write_rules_document(std::ostream& out, const Pack& pack, std::int64_t min_score,
                          const MinedTexts& texts,
                          const std::function<const std::string&(std::uint32_t)>& key_of) {
  const Json policy = {{"mined",
                        {{"min_score", min_score},
                         {"operator_text", {{texts.language, texts.operator_text}}},
                         {"reason", {{texts.language, texts.reason}}}}}};
  out << "{\"schema\": \"xsell.rules/1\",\n\"policy\": " << policy.dump(2) << ",\n\"pairs\": [";
  std::string line;
  bool is_first = true;
  for (const MinedRule& rule : pack.rules) {
    line = is_first ? "\n{\"trigger\": " : ",\n{\"trigger\": ";
    is_first = false;
    rules::append_json_string(line, key_of(rule.trigger));
    line += ", \"offer\": ";
    rules::append_json_string(line, key_of(rule.offer));
    fmt::format_to(std::back_inserter(line),
                   ", \"joint_count\": {}, \"trigger_count\": {}, \"offer_count\": {}, "
                   "\"basket_count\": {}, \"weight\": {}}}",
                   rule.joint_count, pack.item_counts[rule.trigger], pack.item_counts[rule.offer],
                   pack.basket_count, rule.weight);
    out << line;
  }
  out << "\n]}\n";
}

}  // namespace xsell::hq
