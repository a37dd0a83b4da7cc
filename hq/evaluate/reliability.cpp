#include "hq/evaluate/reliability.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace xsell::hq {
namespace {

constexpr std::size_t kBins = 10;

// A share and its interval by the ratio estimator, baskets being what is independent; Wilson's
// where that says nothing, at 0 and 1.
template <typename T>
Interval clustered_interval(const T* begin, const T* end) {
  std::map<std::uint32_t, std::pair<double, double>> by_basket;  // hits, all
  double hits = 0;
  const auto all = static_cast<double>(end - begin);
  for (const T* one = begin; one != end; ++one) {
    auto& [basket_hits, basket_all] = by_basket[one->basket];
    basket_hits += one->is_hit ? 1 : 0;
    basket_all += 1;
    hits += one->is_hit ? 1 : 0;
  }
  if (hits == 0 || hits == all || by_basket.size() < 2) {
    return wilson_interval(static_cast<std::uint64_t>(hits), static_cast<std::uint64_t>(all));
  }
  const double share = hits / all;
  double squares = 0;
  for (const auto& [basket, sums] : by_basket) {
    const double influence = (sums.first - share * sums.second) / all;
    squares += influence * influence;
  }
  const auto clusters = static_cast<double>(by_basket.size());
  const double half = kZ95 * std::sqrt(squares * clusters / (clusters - 1));
  return {std::max(0.0, share - half), std::min(1.0, share + half)};
}

}  // namespace

bool ReliabilityTrial::is_to_come(std::uint32_t basket, std::size_t revealed,
                                  std::uint32_t item) const {
  const auto rest = halves_.test.basket(basket).subspan(revealed);
  return std::find(rest.begin(), rest.end(), item) != rest.end();
}

void ReliabilityTrial::on_scan(std::uint32_t basket, std::size_t revealed,
                               const std::array<Recommended, kRecommended>& best) {
  if (revealed == 1 || basket != basket_) prompted_.clear();
  basket_ = basket;
  ++scans_;
  constexpr double kNever = -std::numeric_limits<double>::infinity();
  if (best.front().score == kNever) return;
  const bool is_hit = is_to_come(basket, revealed, best.front().item);
  firsts_.push_back({basket, best.front().score, is_hit});
  if (best.front().score >= policy_.least_score) every_.push_back({basket, is_hit});
  for (const Recommended& offer : best) {
    if (prompted_.size() == policy_.max_a_basket || offer.score < policy_.least_score) return;
    if (std::find(prompted_.begin(), prompted_.end(), offer.item) != prompted_.end()) continue;
    prompted_.push_back(offer.item);
    paced_.push_back({basket, is_to_come(basket, revealed, offer.item)});
    return;
  }
}

PromptRate ReliabilityTrial::rate_of(const std::vector<Prompt>& prompts) {
  PromptRate rate;
  rate.prompts = prompts.size();
  rate.hits = static_cast<std::size_t>(std::count_if(
      prompts.begin(), prompts.end(), [](const Prompt& prompt) { return prompt.is_hit; }));
  if (!prompts.empty()) {
    rate.precision = clustered_interval(prompts.data(), prompts.data() + prompts.size());
  }
  return rate;
}

Reliability ReliabilityTrial::finish() const {
  Reliability result;
  result.scans = scans_;
  result.every = rate_of(every_);
  result.paced = rate_of(paced_);
  std::vector<First> sorted = firsts_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const First& a, const First& b) { return a.score < b.score; });
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    const First* const begin = sorted.data() + sorted.size() * bin / kBins;
    const First* const end = sorted.data() + sorted.size() * (bin + 1) / kBins;
    if (begin == end) continue;
    ReliabilityBin one;
    one.scans = static_cast<std::size_t>(end - begin);
    const auto count = static_cast<double>(one.scans);
    for (const First* first = begin; first != end; ++first) {
      one.predicted += 1 / (1 + std::exp(-first->score)) / count;
      one.seen += (first->is_hit ? 1 : 0) / count;
    }
    one.interval = clustered_interval(begin, end);
    result.expected_error +=
        std::abs(one.predicted - one.seen) * count / static_cast<double>(sorted.size());
    result.deciles.push_back(one);
  }
  return result;
}

}  // namespace xsell::hq
