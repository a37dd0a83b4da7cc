#include "hq/review/reviewed_document.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "hq/mine/boosted_chance.h"
#include "hq/mine/fill_in.h"
#include "hq/mine/rules_document.h"
#include "hq/mine/two_antecedent_document.h"
#include "hq/output_file.h"

namespace xsell::hq {
namespace {

// What the policy in the file says of mined pairs.
struct MinedPart {
  std::string language = "en";
  std::string reason = MinedTexts().reason;
  double surprise = 0;
  std::int64_t priority = 0;

  explicit MinedPart(const Json& document) {
    const Json::json_pointer at("/policy/mined");
    if (!document.contains(at) || !document[at].is_object()) return;
    const Json& mined = document[at];
    surprise = mined.value("surprise", surprise);
    priority = mined.value("priority", priority);
    const auto words = mined.find("reason");
    if (words == mined.end() || !words->is_object() || words->empty()) return;
    language = words->begin().key();
    reason = words->begin()->get<std::string>();
  }
  // A rule knows no {percent}.
  std::string reason_for(const ReviewCandidate& one) const {
    std::string text = reason;
    fill_in(text, "{percent}", fmt::format("{:.0f}", 100 * one.confidence()));
    return text;
  }
};

// A pair with words of its own becomes a rule, with the pair's evidence and among the pairs.
Json rule_of(const ReviewCandidate& one, const PairReview& review, const MinedPart& mined) {
  const auto decimal = [](double value) { return std::round(value * 1e6) / 1e6; };
  const double score =
      boosted_chance(one.confidence(), one.offer_share(), mined.surprise, one.boost_milli);
  return {{"rule_id", mined_rule_id(std::array{one.pair.first, one.pair.second})},
          {"source", "mined"},
          {"priority", mined.priority},
          {"evidence",
           {{"support", decimal(one.support())},
            {"confidence", decimal(one.confidence())},
            {"lift", decimal(one.lift())},
            {"joint_count", one.joint_count}}},
          {"condition", {{"basket_has", {{"items", Json::array({one.pair.first})}}}}},
          {"offers",
           Json::array({{{"items", Json::array({one.pair.second})}, {"score", decimal(score)}}})},
          {"prompt",
           {{"operator_text", {{mined.language, review.operator_text}}},
            {"reason", {{mined.language, mined.reason_for(one)}}}}}};
}

bool is_rejected(const Reviews& reviews, const ReviewCandidate& one) {
  const std::string& offer = one.pair.second;
  return one.is_rule() ? is_rejected(reviews, one.triggers[0], one.triggers[1], offer)
                       : is_rejected(reviews, one.pair.first, offer);
}

}  // namespace

WrittenReview write_reviewed(const std::string& path, Json document,
                             const std::vector<ReviewCandidate>& candidates, const Reviews& reviews,
                             bool keeps_accepted_only) {
  const MinedPart mined(document);
  WrittenReview written;
  const Json pairs = document.value("pairs", Json::array());
  const Json all_rules = document.value("rules", Json::array());
  std::vector<Json> rules(all_rules.begin(), all_rules.end());
  std::string kept;
  for (const ReviewCandidate& one : candidates) {
    const auto found = reviews.find(one.pair);
    const bool is_decided = found != reviews.end();
    const bool is_left_out = is_rejected(reviews, one) || (!is_decided && keeps_accepted_only);
    if (is_left_out) {
      if (one.is_rule()) rules[one.place] = nullptr;
      ++written.left_out;
      continue;
    }
    if (one.is_rule()) {
      Json& rule = rules[one.place];
      ++written.rules_of_two;
      if (is_decided && found->second.decision == PairDecision::edit) {
        rule["prompt"]["operator_text"] = {{mined.language, found->second.operator_text}};
      }
      continue;
    }
    if (is_decided && found->second.decision == PairDecision::edit) {
      rules.push_back(rule_of(one, found->second, mined));
      ++written.rules;
    } else {
      kept += (written.pairs++ == 0 ? "\n" : ",\n") + pairs[one.place].dump();
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
