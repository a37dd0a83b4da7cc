#ifndef XSELL_HQ_MINE_PAIR_REVIEWS_H_
#define XSELL_HQ_MINE_PAIR_REVIEWS_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "hq/store.h"

namespace xsell::hq {

enum class PairDecision : std::uint8_t { accept, reject, edit };

// "accept", "reject", "edit"; throws UsageError.
PairDecision parse_decision(std::string_view word);
std::string_view name_of(PairDecision decision);

struct PairReview {
  PairDecision decision = PairDecision::accept;
  std::string operator_text;  // edit: what the cashier reads instead
  std::string note;
  std::string decided_by;
  std::int64_t decided_at_s = 0;
};

// What people decided about mined pairs; it outlives the file they looked at.
class PairReviews {
 public:
  // The keys of trigger and offer.
  using Pair = std::pair<std::string, std::string>;
  // In place of a trigger's key: of a rule with two antecedents, in any order.
  static std::string both(const std::string& one, const std::string& other) {
    return std::min(one, other) + '>' + std::max(one, other);
  }

  explicit PairReviews(HqStore& store) : store_(store) {}

  // Call it inside a transaction.
  void decide(const Pair& pair, const PairReview& review);
  std::map<Pair, PairReview> all();

 private:
  HqStore& store_;
};

using Reviews = std::map<PairReviews::Pair, PairReview>;

bool is_rejected(const Reviews& reviews, const std::string& trigger, const std::string& offer);
// Of two antecedents: rejected to both, or to one of them.
bool is_rejected(const Reviews& reviews, const std::string& first, const std::string& second,
                 const std::string& offer);

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_PAIR_REVIEWS_H_
