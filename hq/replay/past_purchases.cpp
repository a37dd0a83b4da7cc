#include "hq/replay/past_purchases.h"

#include <algorithm>
#include <string_view>

#include "hq/mine/customer_history.h"

namespace xsell::hq {

const std::vector<rules::RecentPurchase>& PastPurchases::of(const std::string& customer,
                                                            std::int64_t now_s) {
  told_.clear();
  visits_ = 0;
  const auto known = visits_of_.find(customer);
  if (known == visits_of_.end()) return told_;
  std::deque<Visit>& visits = known->second;
  while (!visits.empty() && !is_told(days_between(visits.front().time_s, now_s))) {
    visits.pop_front();
  }
  visits_ = static_cast<std::int32_t>(visits.size());
  std::unordered_map<std::string_view, std::size_t> places;
  for (auto visit = visits.rbegin(); visit != visits.rend(); ++visit) {
    for (const std::string& item : visit->items) {
      const auto [place, is_new] = places.emplace(item, told_.size());
      if (!is_new) {
        ++told_[place->second].times;
      } else if (told_.size() < rules::kMaxRecentItems) {
        told_.push_back({item, 1, static_cast<std::int32_t>(days_between(visit->time_s, now_s))});
      } else {
        places.erase(place);
      }
    }
  }
  return told_;
}

void PastPurchases::add(const PastBasket& basket) {
  if (basket.customer.empty()) return;
  Visit visit{basket.time_s, {}};
  for (const PastBasket::Line& line : basket.lines) {
    const bool is_new =
        std::find(visit.items.begin(), visit.items.end(), line.item) == visit.items.end();
    if (line.quantity_milli > 0 && is_new) visit.items.push_back(line.item);
  }
  if (!visit.items.empty()) visits_of_[basket.customer].push_back(std::move(visit));
}

}  // namespace xsell::hq
