#include <gmock/gmock.h>

#include <random>
#include <set>

#include "hq/local_time.h"
#include "hq/mine/counts_table.h"
#include "hq/mine/history_counts.h"
#include "hq/mine/month_counts.h"
#include "tests/hq/hq_fixture.h"
#include "tests/hq/mined_shop.h"

namespace xsell::hq {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

BasketTable random_history(std::uint32_t items, int baskets, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  BasketTable table;
  for (std::uint32_t item = 0; item < items; ++item) table.item_ids.push_back(item);
  std::int64_t time_s = 1'700'000'000;
  for (int i = 0; i < baskets; ++i) {
    std::set<std::uint32_t> basket;
    const auto size = 1 + random() % std::min(9U, items);
    while (basket.size() < size) basket.insert(static_cast<std::uint32_t>(random() % items));
    table.items.insert(table.items.end(), basket.begin(), basket.end());
    table.begins.push_back(table.items.size());
    time_s += static_cast<std::int64_t>(random() % 40'000);
    table.times_s.push_back(time_s);
  }
  return table;
}

void expect_equal(const HistoryCounts& a, const HistoryCounts& b) {
  EXPECT_EQ(a.basket_count, b.basket_count);
  EXPECT_EQ(a.from_s, b.from_s);
  EXPECT_EQ(a.until_s, b.until_s);
  EXPECT_NEAR(a.recent_baskets, b.recent_baskets, 1e-9);
  EXPECT_EQ(a.item_counts, b.item_counts);
  for (std::size_t i = 0; i < a.recent_items.size(); ++i) {
    EXPECT_NEAR(a.recent_items[i], b.recent_items[i], 1e-9);
  }
  ASSERT_EQ(a.pairs.size(), b.pairs.size());
  for (std::size_t i = 0; i < a.pairs.size(); ++i) {
    EXPECT_EQ(a.pairs[i].first, b.pairs[i].first);
    EXPECT_EQ(a.pairs[i].second, b.pairs[i].second);
    EXPECT_EQ(a.pairs[i].joint_count, b.pairs[i].joint_count);
    EXPECT_NEAR(a.pairs[i].recent_joint, b.pairs[i].recent_joint, 1e-9);
  }
}

TEST(HistoryCountsTest, PartsInAnyOrderAddUpToTheWhole) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const BasketTable table = random_history(40, 600, seed);
    std::mt19937_64 random(seed);
    std::vector<std::size_t> cuts = {0, table.basket_count()};
    for (int i = 0; i < 6; ++i) cuts.push_back(random() % table.basket_count());
    std::sort(cuts.begin(), cuts.end());
    std::vector<HistoryCounts> parts;
    for (std::size_t i = 1; i < cuts.size(); ++i) {
      parts.push_back(count_history(table, cuts[i - 1], cuts[i]));
    }
    std::shuffle(parts.begin(), parts.end(), random);
    HistoryCounts sum;
    for (const HistoryCounts& part : parts) add_counts(sum, part);
    expect_equal(sum, count_history(table, 0, table.basket_count()));
  }
}

TEST(HistoryCountsTest, FrequentPairsAreThoseOfThePairCounts) {
  const BasketTable table = random_history(60, 800, 9);
  for (const std::uint32_t min_joint_count : {1u, 3u, 6u}) {
    PairCounts direct = count_pairs(table, 0, table.basket_count(), min_joint_count);
    const PairCounts added =
        frequent_pairs(count_history(table, 0, table.basket_count()), min_joint_count);
    std::sort(direct.pairs.begin(), direct.pairs.end(), [](const PairCount& a, const PairCount& b) {
      return a.first != b.first ? a.first < b.first : a.second < b.second;
    });
    EXPECT_EQ(added.basket_count, direct.basket_count);
    EXPECT_EQ(added.item_counts, direct.item_counts);
    EXPECT_EQ(added.candidate_count, direct.candidate_count);
    ASSERT_EQ(added.pairs.size(), direct.pairs.size());
    for (std::size_t i = 0; i < added.pairs.size(); ++i) {
      EXPECT_EQ(added.pairs[i].first, direct.pairs[i].first);
      EXPECT_EQ(added.pairs[i].second, direct.pairs[i].second);
      EXPECT_EQ(added.pairs[i].joint_count, direct.pairs[i].joint_count);
    }
  }
}

TEST(HistoryCountsTest, NewNumbersCarryTheCountsAlong) {
  const BasketTable table = random_history(5, 100, 4);
  HistoryCounts counts = count_history(table, 0, 100);
  const HistoryCounts before = counts;
  renumber(counts, {4, 3, 2, 1, 0}, 6);
  EXPECT_THAT(counts.item_counts,
              ElementsAre(before.item_counts[4], before.item_counts[3], before.item_counts[2],
                          before.item_counts[1], before.item_counts[0], 0u));
  renumber(counts, {4, 3, 2, 1, 0, 5}, 5);
  expect_equal(counts, before);
}

class CountsTest : public HqTest {
 protected:
  void SetUp() override {
    HqTest::SetUp();
    init();
    ASSERT_EQ(run({"import", "items", write("i.csv", MinedShop::items_csv())}).code, kExitOk);
  }
  std::string read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  void import_days(int first, int last) {
    ASSERT_EQ(run({"import", "baskets", write("b.csv", MinedShop::csv(first, last))}).code,
              kExitOk);
  }
};

TEST_F(CountsTest, ATableReadBackIsTheSame) {
  import_days(1, 5);
  ASSERT_EQ(run({"mine", "--write-counts", path("c.csv")}).code, kExitOk);
  BadLines bad;
  const NamedCounts read_back = read_counts_table(path("c.csv"), bad);
  EXPECT_EQ(bad.count(), 0u);
  std::ofstream file(path("again.csv"));
  write_counts_table(file, read_back.counts, read_back.keys);
  file.close();
  EXPECT_EQ(read("c.csv"), read("again.csv"));
}

TEST_F(CountsTest, CountsOfTheFirstDaysAndTheLaterBasketsGiveTheRulesOfAll) {
  import_days(1, MinedShop::kDays);
  ASSERT_EQ(run({"mine", "--out", path("all.json")}).code, kExitOk);
  ASSERT_EQ(run({"mine", "--write-counts", path("c.csv"), "--until", "2026-03-16"}).code, kExitOk);
  const Result result =
      run({"mine", "--counts", path("c.csv"), "--out", path("two.json"), "--json"});
  ASSERT_EQ(result.code, kExitOk) << result.err;
  EXPECT_EQ(result.json()["baskets"], MinedShop::kDays * MinedShop::kBasketsADay);
  EXPECT_GT(result.json()["rules"], 20);
  EXPECT_EQ(read("all.json"), read("two.json"));
}

TEST_F(CountsTest, CountsAloneGiveTheSamePairsWithoutARanker) {
  import_days(1, 10);
  ASSERT_EQ(run({"mine", "--write-counts", path("c.csv"), "--out", path("all.json")}).code,
            kExitOk);
  const Result result = run({"mine", "--counts", path("c.csv"), "--out", path("m.json")});
  ASSERT_EQ(result.code, kExitOk) << result.err;
  EXPECT_THAT(result.out, HasSubstr("no later baskets"));
  const std::string all = read("all.json"), alone = read("m.json");
  EXPECT_EQ(all.substr(all.find("\"pairs\"")), alone.substr(alone.find("\"pairs\"")));
  EXPECT_EQ(run({"lint", path("m.json")}).code, kExitOk);
}

TEST_F(CountsTest, WhatCantBeIsRefusedAndBadLinesAreShown) {
  import_days(1, 10);
  const auto mine = [&](const std::string& rows) {
    return run(
        {"mine", "--counts", write("c.csv", "item,other_item,baskets,recent,from,until\n" + rows)});
  };
  const std::string all = ",,100,50,2026-02-01,2026-02-28\n";
  EXPECT_THAT(mine("i1,,5,2,,\n").err, HasSubstr("the row that counts all baskets"));
  EXPECT_THAT(mine(all + "i1,,5,2,,\ni1,i2,3,1,,\n").err, HasSubstr("i2 is in pairs but has no"));
  EXPECT_THAT(mine(all + "i1,,5,2,,\ni2,,5,2,,\ni1,i2,6,1,,\n").err, HasSubstr("can't be in 6"));
  EXPECT_THAT(mine(all + "i1,,5,2,,\ni2,,5,2,,\ni1,i2,3,1,,\ni2,i1,3,1,,\n").err,
              HasSubstr("counted twice"));
  const Result good = mine(all + "i1,,5,2,,\ni2,,5,2,,\ni1,i2,3,1,,\ni1,i1,3,1,,\ni3,,x,1,,\n");
  EXPECT_EQ(good.code, kExitOk) << good.err;
  EXPECT_THAT(good.out, HasSubstr("2 bad lines"));
  EXPECT_THAT(good.out, HasSubstr("a pair of an item with itself"));
  EXPECT_THAT(good.out, HasSubstr("600 baskets"));
}

TEST_F(CountsTest, MinesAFileWithoutStoreOrUser) {
  variables_.erase("XSELL_HQ_TOKEN");
  const std::string dat = write("a.dat", "1 2 3\n1 2\n2 3\n1 2 4\n");
  const Result result =
      run({"mine", "--from", dat, "--min-joint", "2", "--write-pairs", path("p.csv")});
  ASSERT_EQ(result.code, kExitOk) << result.err;
  std::vector<std::string> lines;
  std::istringstream table(read("p.csv"));
  for (std::string line; std::getline(table, line);) lines.push_back(line);
  EXPECT_THAT(lines, testing::UnorderedElementsAre(
                         "trigger,offer,together,trigger_baskets,offer_baskets,confidence,lift",
                         "1,2,3,3,4,1.000000,1.0000", "2,1,3,4,3,0.750000,1.0000",
                         "2,3,2,4,2,0.500000,1.0000", "3,2,2,2,4,1.000000,1.0000"));
  const std::string csv = write("shop.csv", MinedShop::csv(1, MinedShop::kDays));
  const Result rules = run({"mine", "--from", csv, "--out", path("file.json"), "--json"});
  ASSERT_EQ(rules.code, kExitOk) << rules.err;
  EXPECT_GT(rules.json()["rules"], 20);
}

class MonthCountsTest : public CountsTest {
 protected:
  // Half a year of baskets; some customers bring things back much later.
  std::string half_a_year(std::uint64_t seed, int first_day, int last_day) {
    std::mt19937_64 random(seed);
    std::string csv = "basket,time,item,quantity,customer\n";
    for (int day = first_day; day < last_day; ++day) {
      for (int basket = 0; basket < 12; ++basket) {
        const std::string head = std::to_string(day) + "-" + std::to_string(basket) + "," +
                                 format_time(1'767'225'600 + day * kSecondsPerDay + basket * 600) +
                                 ",";
        const std::string customer = basket < 4 ? ",c" + std::to_string(basket) : ",";
        for (int line = 0; line < 4; ++line) {
          csv += head + "i" + std::to_string(random() % 12) + ",1" + customer + "\n";
        }
        if (basket < 2 && day > 0)
          csv += head + "i" + std::to_string(day % 12) + ",-1" + customer + "\n";
      }
    }
    return csv;
  }
  // What the months and the later baskets come to, and what all baskets counted at once do.
  void expect_equal_to_full_count(const TimeRange& range, std::size_t counted_months) {
    HqStore store(database_path());
    CountedBaskets counted = load_counted_baskets(store, range, 0.2, [](std::int64_t) {});
    EXPECT_EQ(counted.counted_months, counted_months);
    const auto by_item_id = [](const BasketTable& table) {
      HistoryCounts counts = count_history(table, 0, table.basket_count());
      std::vector<std::uint32_t> numbers;
      for (const std::int64_t id : table.item_ids)
        numbers.push_back(static_cast<std::uint32_t>(id));
      renumber(counts, numbers, 100);
      return counts;
    };
    add_counts(counted.past, by_item_id(counted.later));
    counted.past.item_counts.resize(100);
    counted.past.recent_items.resize(100);
    expect_equal(counted.past, by_item_id(load_baskets(store, range)));
  }
};

TEST_F(MonthCountsTest, EqualTheFullCountWhateverComesInAndCountOnlyWhatIsNew) {
  const auto import = [&](const std::string& csv) {
    ASSERT_EQ(run({"import", "baskets", write("b.csv", csv)}).code, kExitOk);
  };
  import(half_a_year(1, 0, 150));  // January to May, May being the later part
  expect_equal_to_full_count({}, 4);
  expect_equal_to_full_count({}, 0);
  import(half_a_year(2, 150, 151));  // one more day: no month before is counted again
  expect_equal_to_full_count({}, 0);
  import(half_a_year(3, 40, 42));  // two days of February are replaced
  expect_equal_to_full_count({}, 1);
  // Something of January is brought back in June, and nothing else changes there.
  import("basket,time,item,quantity,customer\nx,2026-01-10,i5,2,late\n");
  expect_equal_to_full_count({}, 1);
  import("basket,time,item,quantity,customer\ny,2026-06-01,i5,-2,late\n");
  expect_equal_to_full_count({}, 1);
  // Months that begin or end inside the range are counted anew each time.
  const TimeRange part = parse_time_range("2026-01-15", "2026-05-20");
  expect_equal_to_full_count(part, 1);
  expect_equal_to_full_count(part, 1);
}

TEST_F(MonthCountsTest, RulesAreTheSameWithMonthsAndWithout) {
  ASSERT_EQ(run({"import", "baskets", write("b.csv", half_a_year(1, 0, 170))}).code, kExitOk);
  ASSERT_EQ(run({"mine", "--out", path("a.json"), "--min-joint", "2"}).code, kExitOk);
  ASSERT_EQ(run({"mine", "--out", path("b.json"), "--min-joint", "2"}).code, kExitOk);
  // A season of the whole year keeps to the baskets themselves.
  const Result all = run({"mine", "--out", path("c.json"), "--min-joint", "2", "--season",
                          "01-01..12-31", "--staples", "--json"});
  ASSERT_EQ(run({"mine", "--out", path("d.json"), "--min-joint", "2", "--staples"}).code, kExitOk);
  EXPECT_GT(all.json()["rules"], 50);
  EXPECT_EQ(read("a.json"), read("b.json"));
  EXPECT_EQ(read("c.json"), read("d.json"));
}

TEST_F(CountsTest, ASeasonTakesItsDaysOnly) {
  import_days(1, MinedShop::kDays);
  EXPECT_EQ(run({"mine", "--season", "03-05..03-08", "--json"}).json()["baskets"],
            4 * MinedShop::kBasketsADay);
  EXPECT_EQ(run({"mine", "--season", "03-19..03-02", "--json"}).json()["baskets"],
            4 * MinedShop::kBasketsADay);
  EXPECT_EQ(run({"mine", "--season", "spring"}).code, kExitUsage);
}

}  // namespace
}  // namespace xsell::hq
