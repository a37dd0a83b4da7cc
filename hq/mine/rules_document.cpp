#include "hq/mine/rules_document.h"

#include <fmt/format.h>

#include <cmath>
#include <ostream>
#include <utility>

#include "hq/output.h"
#include "rules/canonical_json.h"
#include "rules/model.h"

namespace xsell::hq {

namespace {

// Thousandths as a decimal.
std::string decimal(std::int64_t milli) {
  return fmt::format("{}.{:03}", milli / 1000, milli % 1000);
}

Json ranker_json(const rules::Ranker& ranker) {
  Json weights = Json::object();
  for (std::size_t term = 0; term < rules::kRankerTerms; ++term) {
    weights[std::string(rules::name_of(static_cast<rules::RankerTerm>(term)))] =
        ranker.weights[term];
  }
  return {{"weights", std::move(weights)},
          {"fitted_baskets", ranker.fitted_baskets},
          {"fitted_recent_baskets", decimal(ranker.fitted_recent_milli)},
          {"surest_scores", ranker.surest_scores}};
}

Json replenishment_json(const MinedPolicy& mined) {
  Json weights = Json::object();
  for (std::size_t term = 0; term < rules::kReplenishmentTerms; ++term) {
    weights[std::string(rules::name_of(static_cast<rules::ReplenishmentTerm>(term)))] =
        mined.replenishment.weights[term];
  }
  return {{"enabled", true},
          {"weights", std::move(weights)},
          {"surest_scores", mined.replenishment.surest_scores},
          {"operator_text", {{mined.texts.language, mined.texts.again_operator_text}}},
          {"reason", {{mined.texts.language, mined.texts.again_reason}}}};
}

}  // namespace

void write_rules_document(std::ostream& out, const Pack& pack, const MinedPolicy& mined,
                          const std::function<const std::string&(std::uint32_t)>& key_of,
                          const Json& rules) {
  Json policy = {{"mined",
                  {{"min_score", mined.min_score},
                   {"surprise", std::round(mined.surprise * 1e6) / 1e6},
                   {"operator_text", {{mined.texts.language, mined.texts.operator_text}}},
                   {"reason", {{mined.texts.language, mined.texts.reason}}}}}};
  if (mined.ranker.is_fitted()) policy["mined"]["ranker"] = ranker_json(mined.ranker);
  if (mined.replenishment.is_fitted()) {
    policy["mined"]["replenishment"] = replenishment_json(mined);
  }
  out << "{\"schema\": \"xsell.rules/1\",\n\"policy\": " << policy.dump();
  const char* separator = ",\n\"rules\": [\n";
  for (const Json& rule : rules) out << std::exchange(separator, ",\n") << rule.dump();
  out << (rules.empty() ? "" : "\n]") << ",\n\"pairs\": [";
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
                   "\"basket_count\": {}, \"weight\": {}",
                   rule.joint_count, pack.item_counts[rule.trigger], pack.item_counts[rule.offer],
                   pack.basket_count, rule.weight);
    if (pack.recent_basket_milli > 0) {
      fmt::format_to(
          std::back_inserter(line),
          ", \"recent_joint\": {}, \"recent_trigger\": {}, \"recent_offer\": {}, "
          "\"recent_baskets\": {}",
          decimal(rule.recent_joint_milli), decimal(pack.recent_item_milli[rule.trigger]),
          decimal(pack.recent_item_milli[rule.offer]), decimal(pack.recent_basket_milli));
    }
    if (!mined.boosts_milli.empty() &&
        mined.boosts_milli[rule.offer] != rules::MinedPair().boost_milli) {
      line += ", \"boost\": " + decimal(mined.boosts_milli[rule.offer]);
    }
    line += '}';
    out << line;
  }
  out << "\n]}\n";
}

}  // namespace xsell::hq
