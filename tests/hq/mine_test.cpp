#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <random>
#include <set>

#include "hq/mine/basket_table.h"
#include "hq/mine/pack.h"
#include "hq/mine/pair_counts.h"
#include "hq/mine/similar_names.h"
#include "hq/rule_files.h"
#include "hq/statistics.h"
#include "tests/hq/hq_fixture.h"

namespace xsell::hq {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

using Pairs = std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t>;

BasketTable table_of(const std::vector<std::vector<std::uint32_t>>& baskets, std::uint32_t items) {
  BasketTable table;
  for (std::uint32_t item = 0; item < items; ++item) table.item_ids.push_back(item);
  for (const auto& basket : baskets) {
    table.items.insert(table.items.end(), basket.begin(), basket.end());
    table.begins.push_back(table.items.size());
    table.times_s.push_back(0);
  }
  return table;
}

// Baskets of up to 12 different items of which low numbers are frequent.
BasketTable random_table(std::uint32_t items, int baskets, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::vector<std::uint32_t>> made;
  for (int i = 0; i < baskets; ++i) {
    std::set<std::uint32_t> basket;
    const auto size = 1 + random() % 12;
    while (basket.size() < size) {
      const double u = static_cast<double>(random() % 1'000'000) / 1e6;
      basket.insert(static_cast<std::uint32_t>(u * u * u * items));
    }
    made.emplace_back(basket.begin(), basket.end());
  }
  return table_of(made, items);
}

Pairs slow_counts(const BasketTable& table, std::uint32_t min_joint_count) {
  Pairs pairs;
  for (std::size_t index = 0; index < table.basket_count(); ++index) {
    const auto basket = table.basket(index);
    for (const std::uint32_t a : basket) {
      for (const std::uint32_t b : basket) {
        if (a < b) ++pairs[{a, b}];
      }
    }
  }
  std::erase_if(pairs, [&](const auto& entry) { return entry.second < min_joint_count; });
  return pairs;
}

Pairs as_map(const PairCounts& counts) {
  Pairs pairs;
  for (const PairCount& pair : counts.pairs) {
    EXPECT_LT(pair.first, pair.second);
    pairs[{pair.first, pair.second}] = pair.joint_count;
  }
  EXPECT_EQ(pairs.size(), counts.pairs.size());
  return pairs;
}

TEST(PairCountsTest, EqualTheObviousCountWithFewItemsAndWithMany) {
  for (const std::uint32_t items : {40u, 9000u}) {
    const BasketTable table = random_table(items, 3000, items);
    for (const std::uint32_t min_joint_count : {1u, 2u, 5u}) {
      const PairCounts counts = count_pairs(table, 0, table.basket_count(), min_joint_count);
      EXPECT_EQ(as_map(counts), slow_counts(table, min_joint_count));
    }
  }
}

TEST(PairCountsTest, CountsOnlyTheBasketsAskedFor) {
  const BasketTable table = table_of({{0, 1}, {0, 1}, {1, 2}, {0, 1}}, 3);
  const PairCounts counts = count_pairs(table, 1, 3, 1);
  EXPECT_EQ(counts.basket_count, 2u);
  EXPECT_THAT(counts.item_counts, ElementsAre(1, 2, 1));
  EXPECT_EQ(as_map(counts), (Pairs{{{0, 1}, 1}, {{1, 2}, 1}}));
  EXPECT_EQ(counts.candidate_count, 3u);
}

TEST(PackTest, WeightIsTheNoisyOrOfSquaredConfidencesInFixedPoint) {
  // 30 of 100 baskets with the trigger hold the offer, which is in 50 of 1000.
  const double confidence = (30 + 10 * 0.05) / (100 + 10);
  EXPECT_EQ(pair_weight(30, 100, 50, 1000),
            std::lround(-std::log(1 - 0.6 * confidence * confidence) * 65536));
  EXPECT_EQ(leak_weight(50, 1000), std::lround(-std::log(1 - 0.6 * 0.05 * 0.05) * 65536));
  EXPECT_GT(leak_weight(1000, 1000), leak_weight(999, 1000));
}

// Items that have nothing to do with each other: what is kept is false discovery.
TEST(PackTest, IndependentItemsGiveNextToNoRules) {
  std::mt19937_64 random(7);
  std::vector<std::vector<std::uint32_t>> baskets(4000);
  for (auto& basket : baskets) {
    for (std::uint32_t item = 0; item < 200; ++item) {
      if (random() % 100 < 2 + item % 10) basket.push_back(item);
    }
  }
  const BasketTable table = table_of(baskets, 200);
  const Pack pack = build_pack(count_pairs(table, 0, baskets.size(), 5), {});
  EXPECT_GT(pack.counted_pairs, 5000u);
  EXPECT_LE(pack.rules.size(), 4u);
}

TEST(PackTest, AnAssociationIsFoundBothWaysWithItsCounts) {
  std::vector<std::vector<std::uint32_t>> baskets(1000);
  for (std::size_t i = 0; i < baskets.size(); ++i) {
    if (i % 10 == 0) baskets[i] = {0, 1};
    if (i % 10 == 1) baskets[i] = {static_cast<std::uint32_t>(2 + i % 3)};
    if (i % 20 == 2) baskets[i] = {1};
  }
  const BasketTable table = table_of(baskets, 5);
  PackOptions options;
  const Pack pack = build_pack(count_pairs(table, 0, baskets.size(), 5), options);
  ASSERT_EQ(pack.rules.size(), 2u);
  ASSERT_EQ(pack.rules_of(0).size(), 1u);
  EXPECT_EQ(pack.rules_of(0)[0].offer, 1u);
  EXPECT_EQ(pack.rules_of(0)[0].joint_count, 100u);
  EXPECT_EQ(pack.item_counts[1], 150u);
  EXPECT_EQ(pack.rules_of(0)[0].weight, pair_weight(100, 100, 150, 1000));
  options.is_excluded = [](std::uint32_t a, std::uint32_t b) { return a == 0 && b == 1; };
  const Pack without = build_pack(count_pairs(table, 0, baskets.size(), 5), options);
  EXPECT_TRUE(without.rules.empty());
  EXPECT_EQ(without.excluded_pairs, 1u);
}

TEST(PackTest, EveryRuleHasALowerBoundOverOneAndTheStrongestStay) {
  const BasketTable table = random_table(300, 4000, 3);
  PackOptions options;
  options.max_offers_per_trigger = 3;
  options.false_discovery_rate = 0.5;
  const PairCounts counts = count_pairs(table, 0, table.basket_count(), 2);
  const Pack few = build_pack(counts, options);
  options.max_offers_per_trigger = 1000;
  const Pack all = build_pack(counts, options);
  ASSERT_GT(few.rules.size(), 50u);
  for (const MinedRule& rule : all.rules) {
    EXPECT_GT(lift_lower_bound(rule.joint_count, all.item_counts[rule.trigger],
                               all.item_counts[rule.offer], all.basket_count),
              1);
  }
  for (std::uint32_t item = 0; item < 300; ++item) {
    const auto kept = few.rules_of(item);
    const auto whole = all.rules_of(item);
    ASSERT_EQ(kept.size(), std::min<std::size_t>(3, whole.size()));
    for (std::size_t i = 0; i < kept.size(); ++i) {
      EXPECT_EQ(kept[i].offer, whole[i].offer);
      if (i > 0) {
        EXPECT_GE(kept[i - 1].weight, kept[i].weight);
      }
    }
  }
}

TEST(PackTest, RecentCountsHalveWithEachHalfLife) {
  BasketTable table = table_of({{0, 1}, {0, 1}, {0}}, 2);
  table.times_s = {0, 60 * 86'400, 120 * 86'400};
  PackOptions options;
  options.keeps_staples = true;
  Pack pack = build_pack(count_pairs(table, 0, 3, 2), options);
  add_recent_counts(pack, table, 0, 3, 60);
  EXPECT_EQ(pack.recent_basket_milli, 1750);
  EXPECT_THAT(pack.recent_item_milli, ElementsAre(1750, 750));
  ASSERT_EQ(pack.rules.size(), 2u);
  EXPECT_EQ(pack.rules[0].recent_joint_milli, 750);
}

TEST(PackTest, StaplesStayWhenTheyAreWanted) {
  // Bread is in half of all baskets, with tea or without.
  std::vector<std::vector<std::uint32_t>> baskets(400);
  for (std::size_t i = 0; i < baskets.size(); ++i) {
    if (i % 2 == 0) baskets[i].push_back(0);
    if (i % 8 < 2) baskets[i].push_back(1);
    if (baskets[i].empty()) baskets[i].push_back(2);
  }
  const PairCounts counts = count_pairs(table_of(baskets, 3), 0, baskets.size(), 5);
  EXPECT_TRUE(build_pack(counts, {}).rules.empty());
  PackOptions options;
  options.keeps_staples = true;
  EXPECT_EQ(build_pack(counts, options).rules.size(), 2u);
}

TEST(SimilarNamesTest, OneWordApart) {
  EXPECT_TRUE(are_similar_names("RED TEA TOWEL", "Tea towel, blue"));
  EXPECT_TRUE(are_similar_names("CAKE STAND 3 TIER", "CAKE STAND 2 TIER"));
  EXPECT_FALSE(are_similar_names("RED TEA TOWEL", "BLUE TEA POT"));
  EXPECT_FALSE(are_similar_names("TEA", "POT"));
  EXPECT_FALSE(are_similar_names("", ""));
}

class MineTest : public HqTest {
 protected:
  void SetUp() override {
    HqTest::SetUp();
    init();
  }
  void import_baskets(const std::string& csv) {
    ASSERT_EQ(run({"import", "baskets", write("b.csv", csv)}).code, kExitOk);
  }
  // 600 baskets over 60 days: pasta is followed by sauce in three of four, bread and milk by
  // chance.
  void import_pasta_shop() {
    std::string csv = "basket,time,item\n";
    for (int i = 0; i < 600; ++i) {
      const int day = i / 10 % 31 + 1;
      const std::string head = std::to_string(i) + (i < 310 ? ",2026-03-" : ",2026-04-") +
                               (day < 10 ? "0" : "") + std::to_string(day) + ",";
      if (i % 5 == 0) csv += head + "pasta\n";
      if (i % 5 == 0 && i % 4 != 0) csv += head + "sauce\n";
      if (i % 5 == 1 && i % 2 == 0) csv += head + "sauce\n";
      if (i % 3 == 0) csv += head + "bread\n";
      if (i % 2 == 0) csv += head + "milk\n";
      if (i % 7 == 0) csv += head + "unknown\n";
    }
    import_baskets(csv);
    ASSERT_EQ(run({"import", "items",
                   write("i.csv",
                         "item,name\npasta,Pasta\nsauce,Tomato sauce\nbread,Bread\nmilk,Milk\n")})
                  .code,
              kExitOk);
  }
};

TEST_F(MineTest, ReturnsAreNettedWithinAndAcrossBaskets) {
  import_baskets(
      "basket,time,item,quantity,customer\n"
      "1,2026-03-01,A,2,c1\n1,2026-03-01,B,1,c1\n1,2026-03-01,A,-2,c1\n"
      "2,2026-03-02,C,1,c2\n2,2026-03-02,D,1,c2\n"
      "3,2026-03-03,C,1,c2\n3,2026-03-03,E,2,c2\n"
      "4,2026-03-04,C,-1,c2\n4,2026-03-04,E,-1,c2\n"
      "5,2026-03-05,D,-1,\n");
  HqStore store(database_path());
  const BasketTable table = load_baskets(store, {});
  std::vector<std::string> keys;
  for (std::size_t index = 0; index < table.basket_count(); ++index) {
    std::string text;
    for (const std::uint32_t item : table.basket(index)) {
      auto query = store.prepare("SELECT item FROM items WHERE item_id = ?");
      query.bind_all(table.item_ids[item]).step();
      text += query.column_text(0);
    }
    keys.push_back(text);
  }
  EXPECT_THAT(keys, ElementsAre("B", "CD", "E"));
}

TEST_F(MineTest, FindsTheRuleWritesItAndItPassesLint) {
  import_pasta_shop();
  const Result result = run({"mine", "--out", path("mined.json"), "--json"});
  ASSERT_EQ(result.code, kExitOk) << result.err;
  const Json json = result.json();
  EXPECT_EQ(json["rules"], 2);
  EXPECT_EQ(json["from"], "2026-03-01");
  EXPECT_EQ(json["top"][0]["trigger"], "pasta");
  EXPECT_EQ(json["top"][0]["offer_name"], "Tomato sauce");
  EXPECT_EQ(json["top"][0]["joint_count"], 90);
  EXPECT_DOUBLE_EQ(json["top"][0]["confidence"].get<double>(), 0.75);
  EXPECT_NE(json["min_score"], 0);

  const Result lint = run({"lint", path("mined.json")});
  EXPECT_EQ(lint.code, kExitOk) << lint.out;
  EXPECT_THAT(lint.out, HasSubstr("2 mined pairs: 0 errors"));

  HqStore store(database_path());
  const RuleFiles files = load_rule_files({path("mined.json")}, store);
  ASSERT_EQ(files.rule_set.pairs.size(), 2u);
  EXPECT_EQ(files.rule_set.pairs[0].trigger.view(), "pasta");
  EXPECT_EQ(files.rule_set.pairs[0].trigger_count, 120);
  EXPECT_EQ(files.rule_set.policy.mined.min_score, json["min_score"].get<std::int64_t>());
  const auto key = rules::ItemKey::from_text("sauce");
  EXPECT_EQ(files.catalogue.find_item(*key)->leak,
            leak_weight(static_cast<std::uint32_t>(files.rule_set.pairs[0].offer_count),
                        json["baskets"].get<std::uint32_t>()));
}

// As at the lane, where such a pair would be dropped, and the ranker reckon without it.
TEST_F(MineTest, ItemsOfOneClassAreNotMinedForEachOther) {
  import_pasta_shop();
  const auto rules = [&] {
    const Json json = run({"mine", "--out", path("m.json"), "--json"}).json();
    EXPECT_EQ(json["rules"].get<int>() + 2 * json["excluded_pairs"].get<int>(), 2);
    return json["rules"].get<int>();
  };
  EXPECT_EQ(rules(), 2);
  run({"import", "items", write("i.csv", "item,category\npasta,0412\nsauce,0412\n")});
  EXPECT_EQ(rules(), 0);
  run({"import", "items", write("i.csv", "item,class\npasta,dry\nsauce,wet\n")});
  EXPECT_EQ(rules(), 2);
  run({"import", "items", write("i.csv", "item,class\npasta,dinner\nsauce,dinner\n")});
  EXPECT_EQ(rules(), 0);
}

TEST_F(MineTest, MarginsBecomeTheOffersBoosts) {
  import_pasta_shop();
  const std::string margins = write("m.csv", "item,margin\npasta,2.00\nsauce,\"1,00\"\nbread,x\n");
  const Result result = run({"mine", "--margins", margins, "--out", path("m.json"), "--json"});
  ASSERT_EQ(result.code, kExitOk) << result.err;
  EXPECT_EQ(result.json()["bad_lines"][0]["reason"], "the margin is no decimal such as 1.25");
  EXPECT_EQ(run({"lint", path("m.json")}).code, kExitOk);
  const auto boosts = [&](const std::string& file) {
    HqStore store(database_path());
    const RuleFiles files = load_rule_files({file}, store);
    std::map<std::string, std::int32_t> found;
    for (const rules::MinedPair& pair : files.rule_set.pairs) {
      found[pair.offer.text()] = pair.boost_milli;
    }
    return found;
  };
  // A sale of one of them earns (120 x 2 + 150 x 1) / 270.
  using Boosts = std::map<std::string, std::int32_t>;
  EXPECT_EQ(boosts(path("m.json")), (Boosts{{"pasta", 1385}, {"sauce", 692}}));
  run({"mine", "--margins", margins, "--margin-power", "0", "--out", path("n.json")});
  EXPECT_EQ(boosts(path("n.json")), (Boosts{{"pasta", 1000}, {"sauce", 1000}}));
  std::ifstream file(path("n.json"));
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_THAT(text, Not(HasSubstr("boost"))) << "what changes nothing is not written";
  const std::string losses = write("l.csv", "item,margin\npasta,-3\nsauce,100\n");
  run({"mine", "--margins", losses, "--out", path("l.json")});
  EXPECT_EQ(boosts(path("l.json")), (Boosts{{"pasta", 100}, {"sauce", 1844}}));

  EXPECT_EQ(run({"mine", "--margins", margins}).code, kExitUsage);
  EXPECT_THAT(run({"mine", "--margins", margins}).err, HasSubstr("--out"));
}

TEST_F(MineTest, LaterBasketsAreHeldBack) {
  import_pasta_shop();
  const Json all = run({"mine", "--out", path("a.json"), "--json"}).json();
  const Json part =
      run({"mine", "--out", path("b.json"), "--until", "2026-03-15", "--json"}).json();
  EXPECT_EQ(all["until"], "2026-04-29");
  EXPECT_LT(part["baskets"].get<int>(), all["baskets"].get<int>());
  EXPECT_EQ(part["until"], "2026-03-15");
}

TEST_F(MineTest, SaysWhichBasketsItWasTriedOn) {
  import_pasta_shop();
  EXPECT_THAT(run({"mine", "--out", path("a.json")}).out,
              HasSubstr("Tried on the last 92 baskets:"));
  std::string dat;
  for (int i = 0; i < 600; ++i) {
    dat += i % 5 == 0 ? "1 " : "";
    dat += (i % 5 == 0 && i % 4 != 0) || i % 10 == 6 ? "2 " : "";
    dat += i % 2 == 0 ? "3\n" : "4\n";
  }
  EXPECT_THAT(run({"mine", "--from", write("b.dat", dat), "--out", path("b.json")}).out,
              HasSubstr("Tried on 600 baskets without dates, each fifth in turn:"));
}

TEST_F(MineTest, LeavesOutWhatItIsTold) {
  import_pasta_shop();
  const Json json =
      run({"mine", "--out", path("m.json"), "--leave-out", "sauce,milk", "--json"}).json();
  EXPECT_EQ(json["rules"], 0);
  EXPECT_GE(json["excluded_pairs"], 1);
}

TEST_F(MineTest, RefusesWithTheMendWhenThereIsTooLittle) {
  const Result none = run({"mine", "--out", path("m.json")});
  EXPECT_EQ(none.code, kExitFailed);
  EXPECT_THAT(none.err, HasSubstr("import baskets"));
  import_baskets("basket,time,item\n1,2026-03-01,A\n1,2026-03-01,B\n");
  EXPECT_THAT(run({"mine", "--out", path("m.json")}).err, HasSubstr("import items"));
  run({"import", "items", write("i.csv", "item,name\nA,Apple\n")});
  EXPECT_THAT(run({"mine", "--out", path("m.json")}).err, HasSubstr("too few"));
}

TEST_F(MineTest, TheSameBasketsGiveTheSameBytes) {
  import_pasta_shop();
  const auto mined = [&](const char* name) {
    run({"mine", "--out", path(name)});
    std::ifstream file(path(name));
    return std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  };
  EXPECT_EQ(mined("a.json"), mined("b.json"));
}

TEST_F(MineTest, MinedPolicyJoinsThePolicyOfAnAuthoredFile) {
  import_pasta_shop();
  ASSERT_EQ(run({"mine", "--out", path("mined.json")}).code, kExitOk);
  const std::string authored = write(
      "rules.json",
      R"({"schema": "xsell.rules/1", "policy": {"max_prompts_per_transaction": 3, "currency": "EUR"}})");
  HqStore store(database_path());
  for (const auto& order :
       {std::vector{authored, path("mined.json")}, std::vector{path("mined.json"), authored}}) {
    const RuleFiles files = load_rule_files(order, store);
    EXPECT_FALSE(rules::has_errors(files.findings));
    EXPECT_EQ(files.rule_set.policy.max_prompts_per_transaction, 3);
    EXPECT_TRUE(files.rule_set.policy.mined.ranker.is_fitted());
  }
}

TEST_F(MineTest, LintNamesFileAndLineAndExitsWithOne) {
  const std::string file = write("bad.json", "{\"schema\": \"xsell.rules/1\",\n \"rulez\": []}");
  const Result result = run({"lint", file});
  EXPECT_EQ(result.code, kExitFailed);
  EXPECT_THAT(result.out, HasSubstr("bad.json:2:"));
  EXPECT_THAT(result.out, HasSubstr("1 errors"));
  EXPECT_EQ(run({"lint", file, "--json"}).json()["findings"][0]["line"], 2);
}

}  // namespace
}  // namespace xsell::hq
