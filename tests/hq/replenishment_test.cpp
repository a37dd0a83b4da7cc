// What known customers bought before: only what came before, fitted with chances that are chances.
#include <gmock/gmock.h>

#include "hq/evaluate/evaluation.h"
#include "hq/evaluate/random.h"
#include "hq/evaluate/ranker_methods.h"
#include "hq/mine/basket_player.h"
#include "hq/mine/customer_history.h"
#include "hq/mine/ranker_fit.h"
#include "hq/replay/past_purchases.h"
#include "tests/hq/calibration.h"

namespace xsell::hq {
namespace {

constexpr std::int64_t kDay = 86'400;

BasketTable empty_table(std::uint32_t items) {
  BasketTable table;
  for (std::uint32_t item = 0; item < items; ++item) table.item_ids.push_back(item);
  return table;
}

void add_basket(BasketTable& table, std::int64_t day, std::uint32_t customer,
                const std::vector<std::uint32_t>& items) {
  table.items.insert(table.items.end(), items.begin(), items.end());
  table.begins.push_back(table.items.size());
  table.times_s.push_back(day * kDay);
  table.customers.push_back(customer);
}

// A hundred customers come every few days; each has six favourites, bought by habit, and takes
// some of one of twenty groups of five items that go together.
BasketTable loyal_baskets(std::size_t count, std::uint64_t seed) {
  constexpr std::uint32_t kItems = 100, kGroupItems = 5;
  Random random(seed);
  BasketTable table = empty_table(kItems);
  for (std::size_t index = 0; index < count; ++index) {
    const auto customer = static_cast<std::uint32_t>(1 + random.below(120));
    std::vector<std::uint32_t> items;
    const auto take = [&](std::uint32_t item) {
      if (std::find(items.begin(), items.end(), item) == items.end()) items.push_back(item);
    };
    if (customer <= 100) {
      for (std::uint32_t i = 0; i < 6; ++i) {
        if (random.below(100) < 20 + 5 * i) take((customer * 31 + i * 17) % kItems);
      }
    }
    const auto group = static_cast<std::uint32_t>(random.below(kItems / kGroupItems));
    for (std::uint32_t item = 0; item < kGroupItems; ++item) {
      if (random.below(100) < 15 + 3 * group) take(group * kGroupItems + item);
    }
    if (items.empty()) items.push_back(0);
    random.shuffle(std::span(items));
    add_basket(table, static_cast<std::int64_t>(index) / 20, customer <= 100 ? customer : 0, items);
  }
  return table;
}

TEST(CustomerHistoryTest, KnowsEarlierBasketsOfTheSameCustomerAlone) {
  BasketTable table = empty_table(6);
  add_basket(table, 0, 1, {5});  // over a year before the last
  add_basket(table, 100, 1, {0, 1});
  add_basket(table, 200, 2, {2});
  add_basket(table, 300, 1, {1, 3});
  add_basket(table, 400, 0, {4});
  add_basket(table, 400, 1, {4});
  add_basket(table, 500, 1, {2});
  CustomerHistory customers(table);
  const rules::CustomerPast& past = customers.past_of(5);
  EXPECT_EQ(past.visits, 2);
  ASSERT_EQ(past.items.size(), 3u);
  EXPECT_EQ(past.items[0].item, 1u);
  EXPECT_EQ(past.items[0].times, 2);
  EXPECT_EQ(past.items[0].days_ago, 100);
  EXPECT_EQ(past.items[1].item, 3u);
  EXPECT_EQ(past.items[2].item, 0u);
  EXPECT_EQ(past.items[2].days_ago, 300);
  EXPECT_EQ(customers.past_of(1).items.size(), 1u);
  EXPECT_TRUE(customers.past_of(4).items.is_empty()) << "nobody is known";
  EXPECT_TRUE(customers.past_of(0).items.is_empty()) << "the first basket";
}

TEST(CustomerHistoryTest, KeepsTheLatestThatFit) {
  BasketTable table = empty_table(400);
  for (std::uint32_t item = 0; item < 400; ++item) {
    add_basket(table, static_cast<std::int64_t>(item) / 4, 1, {item});
  }
  add_basket(table, 101, 1, {0});
  CustomerHistory customers(table);
  const rules::CustomerPast& past = customers.past_of(400);
  EXPECT_EQ(past.items.size(), rules::kMaxRecentItems);
  EXPECT_EQ(past.items[0].item, 399u);
  EXPECT_EQ(past.visits, 400);
}

// What is fitted and what is replayed end at the same day.
TEST(CustomerHistoryTest, AYearIsTheSameForReplay) {
  for (const std::int64_t hours : {365 * 24 + 12, 366 * 24}) {
    BasketTable table;
    PastPurchases purchases;
    for (const std::int64_t time_s : {std::int64_t{0}, hours * 3600}) {
      table.items.push_back(0);
      table.begins.push_back(table.items.size());
      table.times_s.push_back(time_s);
      table.customers.push_back(1);
    }
    table.item_ids = {0};
    PastBasket basket;
    basket.customer = "c";
    basket.lines.push_back({"i0", 1000, std::nullopt});
    purchases.add(basket);
    CustomerHistory customers(table);
    const bool is_fitted = !customers.past_of(1).items.is_empty();
    EXPECT_EQ(is_fitted, hours < 366 * 24);
    EXPECT_EQ(!purchases.of("c", hours * 3600).empty(), is_fitted);
  }
}

TEST(CustomerHistoryTest, WithoutDatesNobodyHasAPast) {
  BasketTable table = empty_table(2);
  add_basket(table, 0, 1, {0});
  add_basket(table, 0, 1, {1});
  CustomerHistory customers(table);
  EXPECT_TRUE(customers.past_of(1).items.is_empty());
}

// Whatever a customer buys from a basket on changes nothing in what is known before it.
TEST(CustomerHistoryTest, NothingOfTheBasketOrLaterOnesLeaks) {
  const BasketTable table = loyal_baskets(2000, 1);
  BasketTable scrambled = table;
  Random random(2);
  for (std::size_t at = table.begins[1000]; at < scrambled.items.size(); ++at) {
    scrambled.items[at] = static_cast<std::uint32_t>(random.below(100));
  }
  SplitOptions options;
  options.test_share = 0.5;
  CustomerHistory customers(table), others(scrambled);
  for (std::size_t basket = 0; basket <= 1000; ++basket) {
    const rules::CustomerPast& past = customers.past_of(basket);
    const rules::CustomerPast& other = others.past_of(basket);
    ASSERT_EQ(past.visits, other.visits);
    ASSERT_EQ(past.items.size(), other.items.size());
    for (std::size_t i = 0; i < past.items.size(); ++i) {
      ASSERT_EQ(past.items[i].item, other.items[i].item);
      ASSERT_EQ(past.items[i].times, other.items[i].times);
    }
  }
  EXPECT_EQ(split_history(table, options).pasts.visits[0],
            split_history(scrambled, options).pasts.visits[0]);
}

class ReplenishmentTest : public testing::Test {
 protected:
  // Fitted on one history; tried on the second half of another, with the past of its first half.
  static std::vector<RankedScan> try_on_fresh(const RankedPack& ranked, std::uint64_t seed) {
    const BasketTable fresh = loyal_baskets(12'000, seed);
    CustomerHistory customers(fresh);
    BasketPlayer player(ranked.pack, ranked.ranker, ranked.replenishment, fresh, true);
    std::vector<RankedScan> scans;
    player.play(6000, 12'000, customers, [&] { scans.push_back(best_of(player)); });
    return scans;
  }
};

TEST_F(ReplenishmentTest, ChancesAreCalibratedOnFreshBaskets) {
  const RankedPack ranked = build_ranked_pack(loyal_baskets(12'000, 3), 0, 12'000, {}, true, true);
  ASSERT_TRUE(ranked.replenishment.is_fitted());
  const std::vector<RankedScan> scans = try_on_fresh(ranked, 4);
  ASSERT_GT(scans.size(), 5000u);
  expect_calibrated(scans, 0.035);
}

TEST_F(ReplenishmentTest, TheSurestShareOfKnownCustomersScansIsWhatWasAskedFor) {
  const RankedPack ranked = build_ranked_pack(loyal_baskets(12'000, 5), 0, 12'000, {}, true, true);
  const std::vector<RankedScan> scans = try_on_fresh(ranked, 6);
  for (const std::size_t percent : {5u, 15u, 40u}) {
    const std::int64_t least = ranked.replenishment.surest_scores[percent - 1];
    const auto prompted = std::count_if(scans.begin(), scans.end(), [&](const RankedScan& scan) {
      return scan.has_offer && scan.score >= least;
    });
    EXPECT_NEAR(static_cast<double>(prompted) / static_cast<double>(scans.size()),
                static_cast<double>(percent) / 100, 0.03);
  }
}

TEST_F(ReplenishmentTest, NotFittedUnlessAskedForNorOnStrangers) {
  BasketTable table = loyal_baskets(3000, 7);
  EXPECT_FALSE(build_ranked_pack(table, 0, 3000, {}, true).replenishment.is_fitted());
  const RankedPack known = build_ranked_pack(table, 0, 3000, {}, true, true);
  EXPECT_TRUE(known.replenishment.is_fitted());
  table.customers.clear();
  const RankedPack strangers = build_ranked_pack(table, 0, 3000, {}, true, true);
  EXPECT_FALSE(strangers.replenishment.is_fitted());
  EXPECT_EQ(known.ranker, strangers.ranker) << "who buys must not change what goes together";
}

TEST_F(ReplenishmentTest, EvaluateTellsWhatItAddsOnKnownCustomers) {
  const BasketTable table = loyal_baskets(6000, 8);
  EvaluationOptions options;
  std::vector<Method> methods = customer_methods();
  for (Method& method : customer_baselines()) methods.push_back(std::move(method));
  const EvaluationReport report = evaluate(table, options, methods, {}, {});
  EXPECT_TRUE(report.methods.empty());
  ASSERT_EQ(report.for_customers.size(), 3u);
  EXPECT_GT(report.known_baskets, 500u);
  const MethodReport& without = report.for_customers[0];
  const MethodReport& with = report.for_customers[1];
  const MethodReport& repeat = report.for_customers[2];
  EXPECT_EQ(with.id, "known");
  EXPECT_TRUE(with.reliability);
  for (const MethodReport* other : {&without, &repeat}) {
    const Estimate gap = difference(with.of(Measure::hit_rate), other->of(Measure::hit_rate));
    EXPECT_GT(gap.interval().low, 0) << other->id;
  }
  BasketTable strangers = table;
  strangers.customers.clear();
  EXPECT_TRUE(evaluate(strangers, options, methods, {}, {}).for_customers.empty());
}

}  // namespace
}  // namespace xsell::hq
