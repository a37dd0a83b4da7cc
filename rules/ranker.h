// The fitted part of how mined offers are ranked: a logistic regression on statistics of the pairs
// that the basket's items form with an offer. Its score is the log odds that the basket goes on to
// hold the offer. docs/relevance.md has the statistics and the figures. Units: 16 binary places.
#ifndef XSELL_RULES_RANKER_H_
#define XSELL_RULES_RANKER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace xsell::rules {

// What is known of an offer while k items speak, t of them for it. "lines" is ln k.
enum class RankerTerm : std::uint8_t {
  always,
  base,               // log odds of the offer's share of all baskets
  bayes,              // k^-0.7 sum of ln((n + 50 p_a) / (p_a (c_j + 50))), over all k
  lift,               // max ln of the lift, shrunk by 20 baskets
  confidence,         // max log odds of the confidence, shrunk by 5 baskets
  second,             // the same, of the second best
  noisy_or,           // ln of the sum of -ln(1 - 0.6 c), c shrunk by 10 baskets
  cosine,             // k^-0.7 sum of n / sqrt(c_a c_j)
  support,            // max ln(1 + n)
  speaking,           // ln t
  recent_confidence,  // confidence and noisy_or of counts that fade with age
  recent_noisy_or,
  trend,            // ln of the offer's recent share over its share
  silent,           // ln(1 + k - t)
  last,             // 1 when the line that came last speaks for it, else 0, as the two below
  last_confidence,  // what confidence and cosine are of that line alone
  last_cosine,
  lines,
  lines_base,  // products with lines, so that what counts may change as the basket grows
  lines_bayes,
  lines_lift,
  lines_confidence,
  lines_second,
  lines_noisy_or,
  lines_speaking,
  lines_trend,
  lines_silent,
  lines_last_confidence,
  lines_last_cosine,
};
inline constexpr std::size_t kRankerTerms = 29;

std::string_view name_of(RankerTerm term);

struct Ranker {
  std::array<std::int32_t, kRankerTerms> weights{};
  // How many baskets the counts spoke of when the weights were fitted, and how many that fade.
  // Other counts are brought to that size first: what is shrunk by 50 baskets depends on it. 0: as
  // is.
  std::int64_t fitted_baskets = 0;
  std::int64_t fitted_recent_milli = 0;
  // [n - 1]: what the best offers of the surest n percent of scans score at least; falling.
  std::vector<std::int64_t> surest_scores;

  bool is_fitted() const { return !surest_scores.empty(); }

  template <class Archive, class Self>
  static void visit(Archive& archive, Self& self) {
    archive(self.weights, self.fitted_baskets, self.fitted_recent_milli, self.surest_scores);
  }
  bool operator==(const Ranker&) const = default;
};
inline constexpr std::size_t kSurestScores = 100;

}  // namespace xsell::rules

#endif  // XSELL_RULES_RANKER_H_
