#ifndef XSELL_HQ_EVALUATE_TRIAL_H_
#define XSELL_HQ_EVALUATE_TRIAL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "hq/evaluate/halves.h"
#include "hq/evaluate/recommender.h"

namespace xsell::hq {

inline constexpr std::size_t kRecommended = 3;      // items a scan
inline constexpr std::size_t kMaxRevealed = 20;     // scans of a basket that count
inline constexpr std::size_t kPopularRemoved = 20;  // for the hit rate beyond the popular

struct Recommended {
  std::uint32_t item = 0;
  double score = 0;
};

// What one scan of a test basket brought.
struct ScanResult {
  std::uint32_t basket = 0;  // of Halves::test
  double top_score = 0;
  float bits = 0;                   // sum of -log2 of the base rates of the hits
  std::uint8_t hits = 0;            // of the recommended
  std::uint8_t first_hit = 0;       // rank 1 to 3 of the first hit, 0 for none
  bool is_beyond_popular = false;   // a hit with the most popular items left out on both sides
  bool has_beyond_popular = false;  // whether such a target was left
};

struct TrialResult {
  std::vector<ScanResult> scans;
  struct LeftOut {
    std::uint32_t basket = 0;  // of Halves::test
    bool is_hit = false;       // its one hidden item was recommended
  };
  std::vector<LeftOut> left_out;
  std::size_t distinct_recommended = 0;
  std::size_t item_count = 0;

  double coverage() const {
    return item_count == 0
               ? 0
               : static_cast<double>(distinct_recommended) / static_cast<double>(item_count);
  }
};

// Called for each scan with what was recommended, best first; may be empty.
using OnScan = std::function<void(std::uint32_t basket, std::size_t revealed,
                                  const std::array<Recommended, kRecommended>& best)>;

// Plays the test baskets: reveals k = 1 to n-1 items (20 at most), recommends 3 that are not among
// them; the rest of the basket are the targets. The seed chooses the item that is hidden alone.
// `for_customers`: only baskets of customers who bought something before, which the method is told.
TrialResult run_trial(Recommender& method, const Halves& halves, std::uint64_t seed,
                      const OnScan& on_scan = {}, bool for_customers = false);

}  // namespace xsell::hq

#endif  // XSELL_HQ_EVALUATE_TRIAL_H_
