#ifndef XSELL_TESTS_HQ_CALIBRATION_H_
#define XSELL_TESTS_HQ_CALIBRATION_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "hq/mine/ranker_fit.h"
#include "hq/statistics.h"

namespace xsell::hq {

// In each decile of the scans by score, the hits are as many as the scores promise. The slack: the
// best of many is chosen for its luck as well.
inline void expect_calibrated(std::vector<RankedScan> scans, double slack) {
  std::stable_sort(scans.begin(), scans.end(),
                   [](const RankedScan& a, const RankedScan& b) { return a.score < b.score; });
  for (std::size_t decile = 0; decile < 10; ++decile) {
    const std::size_t begin = scans.size() * decile / 10, end = scans.size() * (decile + 1) / 10;
    double predicted = 0;
    std::uint64_t hits = 0;
    for (std::size_t i = begin; i < end; ++i) {
      predicted += 1 / (1 + std::exp(-scans[i].score / 65536.0));
      hits += scans[i].is_hit ? 1 : 0;
    }
    const auto count = static_cast<double>(end - begin);
    const Interval interval = wilson_interval(hits, end - begin);
    EXPECT_GE(predicted / count, interval.low - slack) << decile;
    EXPECT_LE(predicted / count, interval.high + slack) << decile;
  }
}

}  // namespace xsell::hq

#endif  // XSELL_TESTS_HQ_CALIBRATION_H_
