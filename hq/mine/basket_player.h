#ifndef XSELL_HQ_MINE_BASKET_PLAYER_H_
#define XSELL_HQ_MINE_BASKET_PLAYER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "hq/evaluate/random.h"
#include "hq/mine/customer_history.h"
#include "hq/mine/pack_ranker.h"

namespace xsell::hq {

inline constexpr std::size_t kMaxPlayedScans = 20;  // of a basket

// Plays past baskets to a pack's ranker, the first scans of each and never the last item, and calls
// visit() after each scan; offers() and state() tell what is what. Threads: one.
class BasketPlayer {
 public:
  enum ItemState : std::uint8_t { kFree, kToCome, kScanned };

  // Requires: all but the ranker outlive it.
  BasketPlayer(const Pack& pack, const rules::Ranker& ranker,
               const rules::Replenishment& replenishment, const BasketTable& table,
               bool has_scan_order)
      : ranker_(pack, ranker, replenishment),
        pack_(pack),
        table_(table),
        has_scan_order_(has_scan_order),
        states_(pack.item_counts.size(), kFree) {}

  template <typename Visit>
  void play(std::size_t begin, std::size_t end, Visit visit) {
    for (std::size_t basket = begin; basket < end; ++basket) play(basket, nullptr, visit);
  }

  // Only baskets of customers who bought something before, who are known then.
  template <typename Visit>
  void play(std::size_t begin, std::size_t end, CustomerHistory& customers, Visit visit) {
    for (std::size_t basket = begin; basket < end; ++basket) {
      const rules::CustomerPast& past = customers.past_of(basket);
      if (!past.items.is_empty()) play(basket, &past, visit);
    }
  }

  ItemState state(std::uint32_t item) const { return static_cast<ItemState>(states_[item]); }
  // The basket so far, the last scan at the end.
  std::span<const std::uint32_t> scanned() const { return std::span(items_).first(scan_count_); }
  std::span<const rules::RankedOffer> offers() { return ranker_.offers(); }
  const rules::PairRanker& pairs() const { return ranker_.pairs(); }
  const rules::CustomerRanker& customer() const { return ranker_.customer(); }

 private:
  template <typename Visit>
  void play(std::size_t basket, const rules::CustomerPast* past, Visit visit) {
    items_.clear();
    for (const std::uint32_t item : table_.basket(basket)) {
      if (pack_.item_counts[item] > 0) items_.push_back(item);
    }
    if (items_.size() < 2) return;
    if (!has_scan_order_) {
      std::sort(items_.begin(), items_.end());
      Random(table_.first_index + basket).shuffle(std::span(items_));
    }
    for (const std::uint32_t item : items_) states_[item] = kToCome;
    ranker_.begin_basket();
    if (past != nullptr) ranker_.identify(*past);
    for (std::size_t k = 0; k + 1 < items_.size() && k < kMaxPlayedScans; ++k) {
      ranker_.scan(items_[k]);
      states_[items_[k]] = kScanned;
      scan_count_ = k + 1;
      visit();
    }
    for (const std::uint32_t item : items_) states_[item] = kFree;
  }

  PackRanker ranker_;
  const Pack& pack_;
  const BasketTable& table_;
  const bool has_scan_order_;
  std::vector<std::uint8_t> states_;
  std::vector<std::uint32_t> items_;
  std::size_t scan_count_ = 0;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_BASKET_PLAYER_H_
