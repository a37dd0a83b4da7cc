#ifndef XSELL_HQ_EVALUATE_MEASURES_H_
#define XSELL_HQ_EVALUATE_MEASURES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "hq/evaluate/halves.h"
#include "hq/evaluate/trial.h"
#include "hq/statistics.h"

namespace xsell::hq {

enum class Measure : std::uint8_t {
  hit_rate,         // HR@3
  precision,        // P@3
  reciprocal_rank,  // MRR@3
  left_out,         // LOO
  bits,             // bits@3
  beyond_popular,   // HRx@3
  first_at_10,      // P1@10%: the first offer, the surest tenth of scans prompted
  first_at_25,
  first_at_50,
  hit_rate_at_10,  // HR@3@10%
  hit_rate_at_25,
  hit_rate_at_50,
};
inline constexpr std::size_t kMeasures = 12;

const char* name_of(Measure measure);     // "HR@3"
const char* meaning_of(Measure measure);  // a line for people

// A measure with what each basket adds to its error: estimate - truth is about the sum of the
// influences, so that baskets, not scans, count as independent, and the influences of two methods
// on the same baskets can be subtracted.
struct Estimate {
  double value = 0;
  std::vector<double> influence;  // by basket of the history; 0 for those not tested

  double standard_error() const;
  Interval interval() const;
};

Estimate estimate(Measure measure, const TrialResult& trial, const Halves& halves,
                  std::size_t basket_count);

// The mean over seeds; a basket that several seeds tested stays one cluster.
Estimate mean_of(const std::vector<Estimate>& estimates);
Estimate difference(const Estimate& a, const Estimate& b);

// Precision of the first offer when the surest share of scans is prompted.
struct CurvePoint {
  double share = 0;
  double precision = 0;
};
std::vector<CurvePoint> precision_curve(const TrialResult& trial);

}  // namespace xsell::hq

#endif  // XSELL_HQ_EVALUATE_MEASURES_H_
