#include "hq/mine/two_antecedent_document.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "hq/mine/boosted_chance.h"
#include "hq/mine/fill_in.h"
#include "rules/stable_hash.h"
#include "rules/utf8.h"

namespace xsell::hq {
namespace {

constexpr std::size_t kMaxReason = 120;  // characters

double rounded(double value) { return std::round(value * 1e6) / 1e6; }

// Braces would be taken for placeholders.
std::string without_braces(std::string text) {
  std::replace(text.begin(), text.end(), '{', '(');
  std::replace(text.begin(), text.end(), '}', ')');
  return text;
}

std::string shortened(const std::string& text, std::size_t max_characters) {
  if (rules::count_code_points(text) <= max_characters) return text;
  std::size_t bytes = 0;
  for (std::size_t taken = 0; taken + 3 < max_characters; ++taken) {
    bytes += rules::utf8_sequence_size(std::string_view(text).substr(bytes));
  }
  return text.substr(0, bytes) + "...";
}

std::string reason_of(const std::string& pattern, const std::string& percent,
                      const std::string& first, const std::string& second) {
  std::string reason = pattern;
  fill_in(reason, "{percent}", percent);
  std::string words = reason;
  fill_in(words, "{first}", "");
  fill_in(words, "{second}", "");
  const std::size_t taken = rules::count_code_points(words);
  const std::size_t room = taken < kMaxReason ? (kMaxReason - taken) / 2 : 0;
  fill_in(reason, "{first}", shortened(without_braces(first), room));
  fill_in(reason, "{second}", shortened(without_braces(second), room));
  return reason;
}

}  // namespace

std::string mined_rule_id(std::span<const std::string> keys) {
  constexpr std::size_t kMaxBytes = 63;
  std::string id = fmt::format("mined-{}", fmt::join(keys, "-"));
  const auto is_allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == '.';
  };
  if (id.size() <= kMaxBytes && std::all_of(id.begin(), id.end(), is_allowed)) return id;
  return fmt::format("mined-{:016x}", rules::stable_hash(fmt::format("{}", fmt::join(keys, ">"))));
}

Json two_antecedent_rules(std::span<const TwoAntecedentRule> rules, const Pack& pack,
                          const TwoAntecedentTexts& texts, const TwoAntecedentPlace& place) {
  Json written = Json::array();
  for (const TwoAntecedentRule& rule : rules) {
    const std::array<std::string, 3> keys = {place.key_of(rule.first), place.key_of(rule.second),
                                             place.key_of(rule.offer)};
    const double share = static_cast<double>(pack.item_counts[rule.offer]) / pack.basket_count;
    const std::string percent = fmt::format("{:.0f}", 100 * rule.confidence());
    std::string operator_text = texts.operator_text;
    fill_in(operator_text, "{percent}", percent);
    Json evidence = {
        {"support", rounded(static_cast<double>(rule.joint_count) / pack.basket_count)},
        {"confidence", rounded(rule.confidence())},
        {"lift", rounded(rule.confidence() / share)},
        {"joint_count", rule.joint_count}};
    if (!place.from.empty()) {
      evidence["from"] = place.from;
      evidence["until"] = place.until;
    }
    const auto has = [](const std::string& key) {
      return Json{{"basket_has", {{"items", Json::array({key})}}}};
    };
    written.push_back(
        {{"rule_id", mined_rule_id(keys)},
         {"source", "mined"},
         {"relation", "bundle_completion"},
         {"priority", 0},
         {"evidence", std::move(evidence)},
         {"condition", {{"all", Json::array({has(keys[0]), has(keys[1])})}}},
         {"offers",
          Json::array({{{"items", Json::array({keys[2]})},
                        {"score", rounded(boosted_chance(rule.chance(), share, place.surprise,
                                                         place.boost_milli_of(rule.offer)))}}})},
         {"prompt",
          {{"operator_text", {{texts.language, operator_text}}},
           {"reason",
            {{texts.language, reason_of(texts.reason, percent, place.name_of(rule.first),
                                        place.name_of(rule.second))}}}}}});
  }
  return written;
}

}  // namespace xsell::hq
