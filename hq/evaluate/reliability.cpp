#include "hq/evaluate/reliability.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace xsell::hq {
namespace {

constexpr std::size_t kBins = 10;

// Of prompts or scans in any order: by basket.
template <typename T>
Interval clustered_interval(const T* begin, const T* end) {
  std::map<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>> by_basket;  // hits, all
  for (const T* one = begin; one != end; ++one) {
    auto& [hits, all] = by_basket[one->basket];
    hits += one->is_hit ? 1 : 0;
    ++all;
  }
  ClusteredShare share;
  for (const auto& [basket, sums] : by_basket) share.add_cluster(sums.first, sums.second);
  return share.interval();
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
