#include "hq/mine/abstention.h"

#include <algorithm>
#include <cmath>

namespace xsell::hq {
namespace {

constexpr std::size_t kMaxScans = 20;

class BasketScorer {
 public:
  explicit BasketScorer(const Pack& pack)
      : pack_(pack), sums_(pack.item_counts.size(), 0), is_in_basket_(pack.item_counts.size(), 0) {}

  void scan(std::uint32_t item) {
    is_in_basket_[item] = 1;
    scanned_.push_back(item);
    for (const MinedRule& rule : pack_.rules_of(item)) {
      if (sums_[rule.offer] == 0) touched_.push_back(rule.offer);
      sums_[rule.offer] += rule.weight;
    }
  }

  // False when nothing can be offered.
  bool best(std::uint32_t& offer, std::int64_t& score) const {
    score = 0;
    for (const std::uint32_t candidate : touched_) {
      if (is_in_basket_[candidate] != 0) continue;
      const std::int64_t total = sums_[candidate] + pack_.leaks[candidate];
      if (total > score || (total == score && candidate < offer)) {
        offer = candidate;
        score = total;
      }
    }
    return score > 0;
  }

  void clear() {
    for (const std::uint32_t item : touched_) sums_[item] = 0;
    for (const std::uint32_t item : scanned_) is_in_basket_[item] = 0;
    touched_.clear();
    scanned_.clear();
  }

 private:
  const Pack& pack_;
  std::vector<std::int64_t> sums_;
  std::vector<std::uint8_t> is_in_basket_;
  std::vector<std::uint32_t> touched_;
  std::vector<std::uint32_t> scanned_;
};

}  // namespace

std::vector<ScanScore> score_scans(const BasketTable& table, std::size_t begin, std::size_t end,
                                   const Pack& pack) {
  std::vector<ScanScore> scans;
  BasketScorer scorer(pack);
  std::vector<std::uint32_t> items;
  for (std::size_t index = begin; index < end; ++index) {
    items.clear();
    for (const std::uint32_t item : table.basket(index)) {
      if (pack.item_counts[item] > 0) items.push_back(item);
    }
    for (std::size_t k = 0; k + 1 < items.size() && k < kMaxScans; ++k) {
      scorer.scan(items[k]);
      ScanScore scan;
      std::uint32_t offer = 0;
      if (scorer.best(offer, scan.score)) {
        scan.is_hit = std::find(items.begin() + static_cast<std::ptrdiff_t>(k) + 1, items.end(),
                                offer) != items.end();
      }
      scans.push_back(scan);
    }
    scorer.clear();
  }
  return scans;
}

Abstention choose_min_score(std::vector<ScanScore> scans, double share) {
  Abstention result;
  result.scans = scans.size();
  std::sort(scans.begin(), scans.end(),
            [](const ScanScore& a, const ScanScore& b) { return a.score > b.score; });
  const auto wanted =
      static_cast<std::size_t>(std::lround(share * static_cast<double>(scans.size())));
  for (const ScanScore& scan : scans) {
    if (scan.score == 0) break;
    ++result.scans_with_offer;
    if (scan.is_hit) ++result.hits_if_always;
  }
  if (scans.empty() || wanted == 0) return result;
  const std::size_t last = std::min(wanted, scans.size()) - 1;
  result.min_score = std::max<std::int64_t>(1, scans[last].score);
  for (const ScanScore& scan : scans) {
    if (scan.score < result.min_score) break;
    ++result.prompted;
    if (scan.is_hit) ++result.hits;
  }
  return result;
}

}  // namespace xsell::hq
