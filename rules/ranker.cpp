#include "rules/ranker.h"

namespace xsell::rules {

std::string_view name_of(RankerTerm term) {
  static constexpr std::array<std::string_view, kRankerTerms> kNames = {"always",
                                                                        "base",
                                                                        "bayes",
                                                                        "lift",
                                                                        "confidence",
                                                                        "second",
                                                                        "noisy_or",
                                                                        "cosine",
                                                                        "support",
                                                                        "speaking",
                                                                        "recent_confidence",
                                                                        "recent_noisy_or",
                                                                        "trend",
                                                                        "lines",
                                                                        "lines_base",
                                                                        "lines_bayes",
                                                                        "lines_lift",
                                                                        "lines_confidence",
                                                                        "lines_second",
                                                                        "lines_noisy_or",
                                                                        "lines_speaking",
                                                                        "lines_trend"};
  return kNames[static_cast<std::size_t>(term)];
}

}  // namespace xsell::rules
