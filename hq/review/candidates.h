#ifndef XSELL_HQ_REVIEW_CANDIDATES_H_
#define XSELL_HQ_REVIEW_CANDIDATES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "hq/mine/pair_reviews.h"
#include "hq/output.h"
#include "hq/store.h"

namespace xsell::hq {

// A mined pair of the file with its evidence, or a mined rule with two antecedents.
struct ReviewCandidate {
  PairReviews::Pair pair;
  std::vector<std::string> triggers;
  std::uint32_t joint_count = 0, trigger_count = 0, offer_count = 0, basket_count = 0;
  std::int64_t weight = 0;
  std::int32_t boost_milli = 1000;
  std::size_t place = 0;  // in the file's list of pairs or rules
  std::vector<std::string> examples;

  bool is_rule() const { return triggers.size() > 1; }
  double support() const { return static_cast<double>(joint_count) / basket_count; }
  double confidence() const { return static_cast<double>(joint_count) / trigger_count; }
  double offer_share() const { return static_cast<double>(offer_count) / basket_count; }
  double lift() const { return confidence() * basket_count / offer_count; }
};

// Those of a rules file, pairs first. Fails: Refused, with the file and the mend.
std::vector<ReviewCandidate> read_candidates(const Json& document, const std::string& path);

// Finds the latest baskets that hold all of a candidate's items, for all candidates in one pass.
void find_examples(HqStore& store, std::vector<ReviewCandidate*> wanted, std::size_t count);

using ItemNames = std::unordered_map<std::string, std::string>;  // by key

std::string shown(const ItemNames& names, const std::string& key);
std::string shown_triggers(const ItemNames& names, const ReviewCandidate& one);

}  // namespace xsell::hq

#endif  // XSELL_HQ_REVIEW_CANDIDATES_H_
