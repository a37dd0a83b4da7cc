#ifndef XSELL_HQ_REPLAY_PAST_PURCHASES_H_
#define XSELL_HQ_REPLAY_PAST_PURCHASES_H_

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "hq/replay/past_baskets.h"
#include "rules/event.h"

namespace xsell::hq {

// What a host would tell of a customer's last year, from the baskets that were played so far.
// Threads: one.
class PastPurchases {
 public:
  // Latest first. Until the next call, and as long as no basket is added.
  const std::vector<rules::RecentPurchase>& of(const std::string& customer, std::int64_t now_s);
  // Of the customer asked for last: baskets of the last year.
  std::int32_t visits() const { return visits_; }
  // Requires: no basket that is older than one before.
  void add(const PastBasket& basket);

 private:
  struct Visit {
    std::int64_t time_s;
    std::vector<std::string> items;
  };
  std::unordered_map<std::string, std::deque<Visit>> visits_of_;  // oldest first
  std::vector<rules::RecentPurchase> told_;
  std::int32_t visits_ = 0;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_REPLAY_PAST_PURCHASES_H_
