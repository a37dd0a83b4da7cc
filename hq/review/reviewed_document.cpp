#include "hq/review/reviewed_document.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "hq/mine/fill_in.h"
#include "hq/mine/rules_document.h"
#include "hq/mine/two_antecedent_document.h"
#include "hq/output_file.h"

namespace xsell::hq {
namespace {

// What lanes say of mined pairs, by the policy in the file.
struct MinedWords {
  std::string language = "en";
  std::string reason = MinedTexts().reason;

  explicit MinedWords(const Json& document) {
    const Json::json_pointer at("/policy/mined/reason");
    if (!document.contains(at) || !document[at].is_object() || document[at].empty()) return;
    language = document[at].begin().key();
    reason = document[at].begin()->get<std::string>();
  }
  // A rule knows no {percent}.
  std::string reason_for(const ReviewCandidate& one) const {
    std::string text = reason;
    fill_in(text, "{percent}", fmt::format("{:.0f}", 100 * one.confidence()));
    return text;
  }
};

// A pair with words of its own becomes a rule, with the pair's evidence.
Json rule_of(const ReviewCandidate& one, const PairReview& review, const MinedWords& words) {
  const auto decimal = [](double value) { return std::round(value * 1e6) / 1e6; };
  return {{"rule_id", mined_rule_id(std::array{one.pair.first, one.pair.second})},
          {"source", "mined"},
          {"evidence",
           {{"support", decimal(one.support())},
            {"confidence", decimal(one.confidence())},
            {"lift", decimal(one.lift())},
            {"joint_count", one.joint_count}}},
          {"condition", {{"basket_has", {{"items", Json::array({one.pair.first})}}}}},
          {"offers", Json::array({{{"items", Json::array({one.pair.second})},
                                   {"score", decimal(one.confidence())}}})},
          {"prompt",
           {{"operator_text", {{words.language, review.operator_text}}},
            {"reason", {{words.language, words.reason_for(one)}}}}}};
}

}  // namespace

WrittenReview write_reviewed(const std::string& path, Json document,
                             const std::vector<ReviewCandidate>& candidates, const Reviews& reviews,
                             bool keeps_accepted_only) {
  const MinedWords words(document);
  WrittenReview written;
  const Json pairs = document.value("pairs", Json::array());
  const Json all_rules = document.value("rules", Json::array());
  std::vector<Json> rules(all_rules.begin(), all_rules.end());
  const std::string language = words.language;
  std::string kept;
  for (const ReviewCandidate& one : candidates) {
    const auto found = reviews.find(one.pair);
    const bool is_decided = found != reviews.end();
    const bool is_left_out =
        is_decided ? found->second.decision == PairDecision::reject : keeps_accepted_only;
    if (one.is_rule()) {
      Json& rule = rules[one.place];
      if (is_left_out) {
        rule = nullptr;
        ++written.left_out;
        continue;
      }
      ++written.rules_of_two;
      if (is_decided && found->second.decision == PairDecision::edit) {
        rule["prompt"]["operator_text"] = {{language, found->second.operator_text}};
      }
      continue;
    }
    if (is_decided && found->second.decision == PairDecision::edit) {
      rules.push_back(rule_of(one, found->second, words));
      ++written.rules;
    } else if (is_decided ? found->second.decision == PairDecision::accept : !keeps_accepted_only) {
      kept += (written.pairs++ == 0 ? "\n" : ",\n") + pairs[one.place].dump();
    } else {
      ++written.left_out;
    }
  }
  std::erase_if(rules, [](const Json& rule) { return rule.is_null(); });
  document.erase("pairs");
  document.erase("rules");
  OutputFile output(path);
  std::ostream& file = output.stream();
  file << "{";
  for (const auto& [name, value] : document.items()) {
    file << Json(name).dump() << ": " << value.dump() << ",\n";
  }
  if (!rules.empty()) {
    file << "\"rules\": [";
    for (std::size_t i = 0; i < rules.size(); ++i)
      file << (i == 0 ? "\n" : ",\n") << rules[i].dump();
    file << "],\n";
  }
  file << "\"pairs\": [" << kept << "\n]}\n";
  output.close();
  return written;
}

}  // namespace xsell::hq
