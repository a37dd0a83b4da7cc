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
                                                                        "silent",
                                                                        "last",
                                                                        "last_confidence",
                                                                        "last_cosine",
                                                                        "lines",
                                                                        "lines_base",
                                                                        "lines_bayes",
                                                                        "lines_lift",
                                                                        "lines_confidence",
                                                                        "lines_second",
                                                                        "lines_noisy_or",
                                                                        "lines_speaking",
                                                                        "lines_trend",
                                                                        "lines_silent",
                                                                        "lines_last_confidence",
                                                                        "lines_last_cosine"};
  return kNames[static_cast<std::size_t>(term)];
}

}  // namespace xsell::rules
