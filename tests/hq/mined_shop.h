// A made-up shop whose baskets tests count in several ways: items in groups that go together, known
// customers, returns within and across baskets.
#ifndef XSELL_TESTS_HQ_MINED_SHOP_H_
#define XSELL_TESTS_HQ_MINED_SHOP_H_

#include <random>
#include <set>
#include <string>

namespace xsell::hq {

struct MinedShop {
  static constexpr int kDays = 20;  // of March 2026
  static constexpr int kBasketsADay = 50;
  static constexpr int kItems = 60;
  static constexpr const char* kFirstOfLastFifth = "2026-03-17";

  // The days [first, last], from 1.
  static std::string csv(int first, int last, bool has_header = true) {
    std::string text = has_header ? "store,basket,time,item,quantity,customer\n" : "";
    for (int day = first; day <= last; ++day) text += csv_of_day(day);
    return text;
  }

  static std::string items_csv() {
    std::string text = "item,name\n";
    for (int item = 0; item < kItems; ++item) {
      text += "i" + std::to_string(item) + ",Item " + std::to_string(item) + "\n";
    }
    return text;
  }

 private:
  static std::string csv_of_day(int day) {
    std::mt19937_64 random(static_cast<std::uint64_t>(day));
    std::string text;
    for (int basket = 0; basket < kBasketsADay; ++basket) {
      const std::string two = day < 10 ? "0" : "";
      const int minute = 8 * 60 + basket * 13;
      const auto digits = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
      const std::string head = "s" + std::to_string(basket % 2) + "," + std::to_string(day) + "-" +
                               std::to_string(basket) + ",2026-03-" + two + std::to_string(day) +
                               " " + digits(minute / 60) + ":" + digits(minute % 60) + ":00,";
      // Every customer comes once a day, always at the same time.
      const std::string customer = basket % 3 == 0 ? ",c" + std::to_string(basket) : ",";
      const auto line = [&](int item, int quantity) {
        text +=
            head + "i" + std::to_string(item) + "," + std::to_string(quantity) + customer + "\n";
      };
      std::set<int> items;
      const int groups = 1 + static_cast<int>(random() % 2);
      for (int g = 0; g < groups; ++g) {
        const int group = static_cast<int>(random() % 12);
        for (int item = group * 5; item < group * 5 + 5; ++item) {
          if (random() % 100 < 50) items.insert(item);
        }
      }
      items.insert(static_cast<int>(random() % kItems));
      items.insert(basket % kItems);
      for (const int item : items) line(item, 1 + static_cast<int>(random() % 2));
      if (basket % 7 == 0 && items.size() > 2) line(*items.begin(), -2);
      // What the same customer may have bought on an earlier day comes back.
      if (basket % 3 == 0 && basket % 5 == 0) line(basket % kItems, -3);
    }
    return text;
  }
};

}  // namespace xsell::hq

#endif  // XSELL_TESTS_HQ_MINED_SHOP_H_
