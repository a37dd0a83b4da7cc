#ifndef XSELL_HQ_REPLAY_PAST_BASKETS_H_
#define XSELL_HQ_REPLAY_PAST_BASKETS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hq/store.h"
#include "hq/time_range.h"

namespace xsell::hq {

// A basket as it was imported, line by line.
struct PastBasket {
  struct Line {
    std::string item;
    std::int64_t quantity_milli = 0;  // negative: a return
    std::optional<std::int64_t> price_minor;
  };
  std::string store;
  std::string name;  // the retailer's own number
  std::string customer;
  std::int64_t time_s = 0;
  std::vector<Line> lines;
};

std::uint64_t count_past_baskets(HqStore& store, const TimeRange& range);

// The last `days` days that have baskets; a range that holds nothing when there are none.
TimeRange latest_days(HqStore& store, int days);

// Hands over each basket of the range in the order of their times; one at a time is in memory.
void for_each_past_basket(HqStore& store, const TimeRange& range,
                          const std::function<void(const PastBasket&)>& take);

}  // namespace xsell::hq

#endif  // XSELL_HQ_REPLAY_PAST_BASKETS_H_
