#include "rules/replenishment.h"

namespace xsell::rules {

std::string_view name_of(ReplenishmentTerm term) {
  static constexpr std::array<std::string_view, kReplenishmentTerms> kNames = {
      "bought",
      "bought_score",
      "bought_silent",
      "bought_base",
      "bought_unlisted",
      "bought_habit",
      "bought_times",
      "bought_days",
      "bought_visits",
      "bought_range",
      "bought_size",
      "bought_last",
      "bought_since",
      "bought_either",
      "bought_score_habit",
      "bought_habit_squared",
      "bought_habit_visits",
      "bought_habit_size",
      "bought_habit_days",
      "bought_lines",
      "bought_lines_habit",
      "bought_lines_score",
      "bought_lines_size",
      "other",
      "other_score",
      "other_visits",
      "other_range",
      "other_size",
      "other_lines",
      "other_lines_score",
      "other_lines_size"};
  return kNames[static_cast<std::size_t>(term)];
}

}  // namespace xsell::rules
