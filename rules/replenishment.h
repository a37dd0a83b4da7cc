// The fitted part of what a known customer's earlier purchases add to the ranker: two logistic
// regressions on top of its score, one for items that the customer bought before and one for the
// others. docs/relevance.md has the terms and the figures. Units: 16 binary places.
#ifndef XSELL_RULES_REPLENISHMENT_H_
#define XSELL_RULES_REPLENISHMENT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace xsell::rules {

// "lines" is ln(1 + k) while k items of the basket trigger something.
enum class ReplenishmentTerm : std::uint8_t {
  // Of an item that the customer bought before.
  bought,
  bought_score,     // the ranker's log odds; 0 when no line speaks for it
  bought_silent,    // 1 when no line speaks for it
  bought_base,      // log odds of its share of all baskets; 0 when no pair of the release offers it
  bought_unlisted,  // 1 when no pair of the release offers it
  bought_habit,     // ln((times + 1/2) / (visits - times + 1))
  bought_times,     // ln times
  bought_days,      // ln(1 + days since)
  bought_visits,    // ln(1 + visits)
  bought_range,     // ln of how many items were bought before
  bought_size,      // ln of how many of them a visit, on the mean
  bought_last,      // 1 when it was bought at the last visit
  bought_since,     // ln(1 + days since the last visit)
  bought_either,    // ln of the sum of the odds by score and by habit
  bought_score_habit,
  bought_habit_squared,
  bought_habit_visits,
  bought_habit_size,
  bought_habit_days,
  bought_lines,
  bought_lines_habit,
  bought_lines_score,
  bought_lines_size,
  // Of any other item that a line speaks for.
  other,
  other_score,
  other_visits,
  other_range,
  other_size,
  other_lines,
  other_lines_score,
  other_lines_size,
};
inline constexpr std::size_t kBoughtTerms = 23;
inline constexpr std::size_t kReplenishmentTerms = 31;

std::string_view name_of(ReplenishmentTerm term);

struct Replenishment {
  std::array<std::int32_t, kReplenishmentTerms> weights{};
  // [n - 1]: what the best offers of the surest n percent of known customers' scans score at least.
  std::vector<std::int64_t> surest_scores;

  bool is_fitted() const { return !surest_scores.empty(); }

  template <class Archive, class Self>
  static void visit(Archive& archive, Self& self) {
    archive(self.weights, self.surest_scores);
  }
  bool operator==(const Replenishment&) const = default;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_REPLENISHMENT_H_
