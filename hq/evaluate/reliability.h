// Whether chances are chances, and what comes of prompting only the surest scans.
#ifndef XSELL_HQ_EVALUATE_RELIABILITY_H_
#define XSELL_HQ_EVALUATE_RELIABILITY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "hq/evaluate/halves.h"
#include "hq/evaluate/trial.h"
#include "hq/statistics.h"

namespace xsell::hq {

// A tenth of the scans with an offer, by the chance of their first offer.
struct ReliabilityBin {
  std::size_t scans = 0;
  double predicted = 0;  // the mean of the chances
  double seen = 0;       // the share that the basket went on to hold
  Interval interval;     // of seen, 95%, clustered by basket
};

struct PromptRate {
  std::size_t prompts = 0;
  std::size_t hits = 0;
  Interval precision;  // 95%, clustered by basket

  double hit_share() const {
    return prompts == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(prompts);
  }
};

struct Reliability {
  std::vector<ReliabilityBin> deciles;  // rising
  double expected_error = 0;            // mean |predicted - seen| over the scans (ECE)
  std::size_t scans = 0;
  PromptRate every;  // each scan whose first offer reaches the least score
  PromptRate paced;  // so many of them a basket, each offer once
};

struct PromptPolicy {
  double least_score = 0;
  std::size_t max_a_basket = 2;
};

// Listens to a trial whose scores are log odds, basket by basket.
class ReliabilityTrial {
 public:
  // Requires: halves outlive it.
  ReliabilityTrial(const Halves& halves, const PromptPolicy& policy)
      : halves_(halves), policy_(policy) {}

  void on_scan(std::uint32_t basket, std::size_t revealed,
               const std::array<Recommended, kRecommended>& best);
  Reliability finish() const;

 private:
  struct First {
    std::uint32_t basket;
    double score;
    bool is_hit;
  };
  struct Prompt {
    std::uint32_t basket;
    bool is_hit;
  };

  bool is_to_come(std::uint32_t basket, std::size_t revealed, std::uint32_t item) const;
  static PromptRate rate_of(const std::vector<Prompt>& prompts);

  const Halves& halves_;
  const PromptPolicy policy_;
  std::size_t scans_ = 0;
  std::vector<First> firsts_;
  std::vector<Prompt> every_;
  std::vector<Prompt> paced_;
  std::uint32_t basket_ = 0;
  std::vector<std::uint32_t> prompted_;  // in this basket
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_EVALUATE_RELIABILITY_H_
