#include "hq/evaluate/measures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace xsell::hq {
namespace {

struct MeasureText {
  const char* name;
  const char* meaning;
};

constexpr std::array<MeasureText, kMeasures> kTexts = {{
    {"HR@3", "scans with a hit among three recommended"},
    {"P@3", "recommended items that were hits"},
    {"MRR@3", "one over the rank of the first hit"},
    {"LOO", "baskets whose one hidden item was recommended, all others shown"},
    {"bits@3", "surprise of the hits, -log2 of their base rates, a scan"},
    {"HRx@3", "HR@3 without the 20 most popular items on both sides"},
    {"P1@10%", "first offers that hit when the surest 10% of scans are prompted"},
    {"P1@25%", "the same for the surest 25%"},
    {"P1@50%", "the same for the surest 50%"},
    {"HR@3@10%", "scans with a hit among the surest 10% of scans"},
    {"HR@3@25%", "the same for the surest 25%"},
    {"HR@3@50%", "the same for the surest 50%"},
}};

double value_of(Measure measure, const ScanResult& scan) {
  switch (measure) {
    case Measure::precision:
      return static_cast<double>(scan.hits) / kRecommended;
    case Measure::reciprocal_rank:
      return scan.first_hit == 0 ? 0 : 1.0 / scan.first_hit;
    case Measure::bits:
      return scan.bits;
    case Measure::beyond_popular:
      return scan.is_beyond_popular ? 1 : 0;
    case Measure::first_at_10:
    case Measure::first_at_25:
    case Measure::first_at_50:
      return scan.first_hit == 1 ? 1 : 0;
    default:
      return scan.hits > 0 ? 1 : 0;
  }
}

double share_of(Measure measure) {
  switch (measure) {
    case Measure::first_at_10:
    case Measure::hit_rate_at_10:
      return 0.10;
    case Measure::first_at_25:
    case Measure::hit_rate_at_25:
      return 0.25;
    case Measure::first_at_50:
    case Measure::hit_rate_at_50:
      return 0.50;
    default:
      return 1;
  }
}

// Scans surest first.
std::vector<std::uint32_t> by_score(const TrialResult& trial) {
  std::vector<std::uint32_t> order(trial.scans.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return trial.scans[a].top_score > trial.scans[b].top_score;
  });
  return order;
}

// The surest `count` of ordered scans. Of those that are as sure as the last of them nothing says
// which: each counts by the share of them that is wanted.
struct SurestPart {
  std::size_t tied_begin = 0, tied_end = 0;  // places in the order
  double tied_share = 0;

  SurestPart(const TrialResult& trial, const std::vector<std::uint32_t>& order, std::size_t count) {
    const auto score_at = [&](std::uint32_t scan) { return trial.scans[scan].top_score; };
    const double last = score_at(order[count - 1]);
    const auto begin = std::partition_point(
        order.begin(), order.end(), [&](std::uint32_t scan) { return score_at(scan) > last; });
    const auto end = std::partition_point(
        begin, order.end(), [&](std::uint32_t scan) { return score_at(scan) == last; });
    tied_begin = static_cast<std::size_t>(begin - order.begin());
    tied_end = static_cast<std::size_t>(end - order.begin());
    tied_share =
        static_cast<double>(count - tied_begin) / static_cast<double>(tied_end - tied_begin);
  }
  double weight(std::size_t place) const {
    return place < tied_begin ? 1 : place < tied_end ? tied_share : 0;
  }
};

Estimate ratio(const std::vector<double>& values, const std::vector<double>& weights,
               const std::vector<std::uint32_t>& baskets, const Halves& halves,
               std::size_t basket_count) {
  Estimate result;
  result.influence.assign(basket_count, 0);
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (total == 0) return result;
  result.value = std::accumulate(values.begin(), values.end(), 0.0) / total;
  for (std::size_t i = 0; i < values.size(); ++i) {
    result.influence[halves.test_basket[baskets[i]]] +=
        (values[i] - result.value * weights[i]) / total;
  }
  return result;
}

// The mean of the surest share. Which scans are in it depends on a threshold that is estimated too:
// a scan over the threshold counts by its distance from the mean at the threshold, and every scan
// for the share that the threshold moves (the influence function of a trimmed mean).
Estimate surest(Measure measure, const TrialResult& trial, const Halves& halves,
                std::size_t basket_count) {
  Estimate result;
  result.influence.assign(basket_count, 0);
  const std::size_t n = trial.scans.size();
  const double share = share_of(measure);
  const auto chosen = static_cast<std::size_t>(std::lround(share * static_cast<double>(n)));
  if (chosen == 0) return result;
  const std::vector<std::uint32_t> order = by_score(trial);
  const auto value_at = [&](std::size_t place) {
    return value_of(measure, trial.scans[order[place]]);
  };
  const auto mean_between = [&](std::size_t begin, std::size_t end) {
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += value_at(i);
    return end > begin ? sum / static_cast<double>(end - begin) : 0.0;
  };
  const SurestPart part(trial, order, chosen);
  const auto tied = static_cast<double>(part.tied_end - part.tied_begin);
  result.value = (mean_between(0, part.tied_begin) * static_cast<double>(part.tied_begin) +
                  mean_between(part.tied_begin, part.tied_end) * tied * part.tied_share) /
                 static_cast<double>(chosen);
  const std::size_t margin = std::max<std::size_t>(50, n / 50);
  const double at_threshold =
      mean_between(chosen - std::min(chosen, margin), std::min(n, chosen + margin));
  const auto count = static_cast<double>(chosen);
  const double moved = (result.value - at_threshold) / static_cast<double>(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double influence = part.weight(i) * (value_at(i) - at_threshold) / count - moved;
    result.influence[halves.test_basket[trial.scans[order[i]].basket]] += influence;
  }
  return result;
}

}  // namespace

const char* name_of(Measure measure) { return kTexts[static_cast<std::size_t>(measure)].name; }
const char* meaning_of(Measure measure) {
  return kTexts[static_cast<std::size_t>(measure)].meaning;
}

double Estimate::standard_error() const {
  double squares = 0;
  std::size_t clusters = 0;
  for (const double one : influence) {
    squares += one * one;
    if (one != 0) ++clusters;
  }
  if (clusters < 2) return 0;
  const auto count = static_cast<double>(clusters);
  return std::sqrt(squares * count / (count - 1));
}

Interval Estimate::interval() const {
  const double half = kZ95 * standard_error();
  return {value - half, value + half};
}

Estimate estimate(Measure measure, const TrialResult& trial, const Halves& halves,
                  std::size_t basket_count) {
  if (share_of(measure) < 1) return surest(measure, trial, halves, basket_count);
  std::vector<double> values, weights;
  std::vector<std::uint32_t> baskets;
  if (measure == Measure::left_out) {
    for (const TrialResult::LeftOut& one : trial.left_out) {
      values.push_back(one.is_hit ? 1 : 0);
      baskets.push_back(one.basket);
    }
    weights.assign(values.size(), 1);
  } else {
    for (const ScanResult& scan : trial.scans) {
      const bool counts = measure != Measure::beyond_popular || scan.has_beyond_popular;
      values.push_back(counts ? value_of(measure, scan) : 0);
      weights.push_back(counts ? 1 : 0);
      baskets.push_back(scan.basket);
    }
  }
  return ratio(values, weights, baskets, halves, basket_count);
}

Estimate mean_of(const std::vector<Estimate>& estimates) {
  Estimate mean = estimates.front();
  const auto count = static_cast<double>(estimates.size());
  for (std::size_t i = 1; i < estimates.size(); ++i) {
    mean.value += estimates[i].value;
    for (std::size_t b = 0; b < mean.influence.size(); ++b) {
      mean.influence[b] += estimates[i].influence[b];
    }
  }
  mean.value /= count;
  for (double& one : mean.influence) one /= count;
  return mean;
}

Estimate difference(const Estimate& a, const Estimate& b) {
  Estimate result = a;
  result.value -= b.value;
  for (std::size_t i = 0; i < result.influence.size(); ++i) result.influence[i] -= b.influence[i];
  return result;
}

std::vector<CurvePoint> precision_curve(const TrialResult& trial) {
  constexpr std::size_t kPoints = 100;
  std::vector<CurvePoint> curve;
  const std::vector<std::uint32_t> order = by_score(trial);
  std::vector<double> hits = {0};  // among so many of the surest
  for (const std::uint32_t scan : order) {
    hits.push_back(hits.back() + (trial.scans[scan].first_hit == 1 ? 1 : 0));
  }
  for (std::size_t point = 1; point <= kPoints; ++point) {
    const std::size_t count = order.size() * point / kPoints;
    if (count == 0) continue;
    const SurestPart part(trial, order, count);
    const double among =
        hits[part.tied_begin] + (hits[part.tied_end] - hits[part.tied_begin]) * part.tied_share;
    curve.push_back({static_cast<double>(point) / kPoints, among / static_cast<double>(count)});
  }
  return curve;
}

}  // namespace xsell::hq
