// Rules with two antecedents: found where the two say more than lanes know from pairs, and nowhere
// else.
#include "hq/mine/two_antecedents.h"

#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <random>
#include <set>

#include "hq/mine/antecedent_counts.h"
#include "hq/mine/pair_counts.h"
#include "hq/mine/ranker_fit.h"
#include "hq/rule_files.h"
#include "hq/statistics.h"
#include "rules/lane_engine.h"
#include "tests/hq/hq_fixture.h"

namespace xsell::hq {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::uint32_t kItems = 40;
constexpr std::int64_t kNoon = 43'200;

void add_basket(BasketTable& table, const std::vector<std::uint32_t>& items) {
  table.items.insert(table.items.end(), items.begin(), items.end());
  table.begins.push_back(table.items.size());
  table.times_s.push_back(kNoon + static_cast<std::int64_t>(table.times_s.size()) * 3600);
}

BasketTable empty_shop() {
  BasketTable table;
  for (std::uint32_t item = 0; item < kItems; ++item) table.item_ids.push_back(item);
  return table;
}

// Who buys 0 takes 3 with it, who buys 1 takes 4; who buys both takes 2 instead, which is seldom
// bought else. The rest is by chance.
BasketTable make_shop(std::size_t baskets, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto chance = [&](int percent) { return static_cast<int>(random() % 100) < percent; };
  BasketTable table = empty_shop();
  for (std::size_t basket = 0; basket < baskets; ++basket) {
    std::vector<std::uint32_t> items;
    const bool has_first = chance(40);
    const bool has_second = chance(40);
    if (has_first) items.push_back(0);
    if (has_second) items.push_back(1);
    const bool has_both = has_first && has_second;
    for (std::uint32_t item = 5; item < kItems; ++item) {
      if (chance(4)) items.push_back(item);
    }
    if (chance(has_first && !has_both ? 70 : 10)) items.push_back(3);
    if (chance(has_second && !has_both ? 70 : 10)) items.push_back(4);
    if (chance(has_both ? 90 : 3)) items.push_back(2);
    if (items.empty()) items.push_back(5);
    add_basket(table, items);
  }
  return table;
}

// Few baskets are large; all items are bought by chance.
BasketTable make_chance_shop(std::size_t baskets, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  BasketTable table = empty_shop();
  for (std::size_t basket = 0; basket < baskets; ++basket) {
    std::vector<std::uint32_t> items;
    const unsigned fullness = random() % 10 == 0 ? 60 : 5;
    for (std::uint32_t item = 0; item < kItems; ++item) {
      if (random() % 100 < fullness) items.push_back(item);
    }
    if (items.empty()) items.push_back(5);
    std::shuffle(items.begin(), items.end(), random);
    add_basket(table, items);
  }
  return table;
}

RankedPack rank(const BasketTable& table) {
  return build_ranked_pack(table, 0, table.basket_count(), {}, true);
}

TEST(ChanceOfCountTest, IsThePoissonTailBeyondWhatIsExpected) {
  double below = 0;
  for (int k = 0; k < 7; ++k) below += std::exp(-3.2) * std::pow(3.2, k) / std::tgamma(k + 1);
  EXPECT_NEAR(chance_of_count(7, 3.2), 1 - below, 1e-9);
  EXPECT_EQ(chance_of_count(4, 3.2), 1);
  EXPECT_EQ(chance_of_count(2, 0), 0);
  // Tries of different chances pass it less often than it says.
  std::mt19937_64 random(3);
  int passed = 0;
  for (int trial = 0; trial < 20'000; ++trial) {
    int hits = 0;
    for (int k = 0; k < 8; ++k) hits += random() % 1000 < 100u * static_cast<unsigned>(k) ? 1 : 0;
    if (hits >= 6) ++passed;
  }
  EXPECT_LE(passed / 20'000.0, chance_of_count(6, 2.8));
}

TEST(AntecedentCountsTest, EqualTheObviousCount) {
  const BasketTable table = make_shop(1500, 5);
  std::map<std::array<std::uint32_t, 3>, std::uint32_t> slow;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> pairs;
  for (std::size_t index = 0; index < table.basket_count(); ++index) {
    const auto basket = table.basket(index);
    for (const std::uint32_t a : basket) {
      for (const std::uint32_t b : basket) {
        if (a >= b) continue;
        ++pairs[{a, b}];
        for (const std::uint32_t c : basket) {
          if (c != a && c != b) ++slow[{a, b, c}];
        }
      }
    }
  }
  TwoAntecedentOptions options;
  options.min_both_count = 30;
  options.min_chance = 0.2;
  const TwoAntecedentSearch search = count_two_antecedents(table, 0, table.basket_count(), options);
  ASSERT_FALSE(search.rules.empty());
  for (const TwoAntecedentRule& rule : search.rules) {
    EXPECT_EQ(rule.both_count, (pairs[{rule.first, rule.second}]));
    EXPECT_EQ(rule.joint_count, (slow[{rule.first, rule.second, rule.offer}]));
    EXPECT_GE(rule.both_count, 30u);
    EXPECT_GE(rule.confidence(), 0.2);
    EXPECT_GT(rule.confidence(), rule.better_confidence);
    EXPECT_LE(rule.p_value, 0.05);
  }
  const auto antecedents = static_cast<std::uint64_t>(
      std::count_if(pairs.begin(), pairs.end(), [](const auto& one) { return one.second >= 30; }));
  EXPECT_EQ(search.tried, antecedents * (kItems - 2));
}

TEST(AntecedentCountsTest, TheWorkIsBounded) {
  const BasketTable table = make_chance_shop(1500, 6);
  TwoAntecedentOptions options;
  EXPECT_EQ(count_two_antecedents(table, 0, 1500, options).min_both_count, 20u);
  options.max_antecedents = 10;
  const TwoAntecedentSearch few = count_two_antecedents(table, 0, 1500, options);
  EXPECT_GT(few.min_both_count, 20u);
  EXPECT_LE(few.tried, 10u * (kItems - 2));
  options.max_antecedents = 100'000;
  options.max_steps = 5000;
  EXPECT_GT(count_two_antecedents(table, 0, 1500, options).min_both_count, 20u);
}

TEST(TwoAntecedentsTest, FindWhatIsThereWithItsEvidence) {
  const BasketTable table = make_shop(4000, 7);
  const RankedPack ranked = rank(table);
  const TwoAntecedents two =
      mine_two_antecedents(table, ranked.pack, ranked.ranker, 0.15, true, {});
  ASSERT_TRUE(two.trial.pays()) << two.trial.hits_with << ' ' << two.trial.hits_without;
  ASSERT_EQ(two.search.rules.size(), 1u) << two.search.significant;
  const TwoAntecedentRule& rule = two.search.rules[0];
  EXPECT_EQ(rule.first, 0u);
  EXPECT_EQ(rule.second, 1u);
  EXPECT_EQ(rule.offer, 2u);
  EXPECT_NEAR(rule.confidence(), 0.9, 0.05);
  EXPECT_NEAR(rule.better_confidence, 0.4 * 0.9 + 0.6 * 0.03, 0.05);
  EXPECT_LT(rule.p_value, 1e-20);
  // Both are always scanned before the offer.
  EXPECT_GT(rule.hits, rule.expected + 50);
  EXPECT_LE(rule.scans, rule.both_count);
  EXPECT_NEAR(rule.chance(), 0.9, 0.06);
}

// Large baskets hold everything: nearly all triples pass the test beside their single rules, and
// lanes gain nothing from any.
TEST(TwoAntecedentsTest, LargeBasketsAloneMakeNoRule) {
  std::size_t significant = 0;
  std::size_t kept = 0;
  for (const std::uint64_t seed : {11u, 12u, 13u}) {
    const BasketTable table = make_chance_shop(3000, seed);
    const RankedPack ranked = rank(table);
    TwoAntecedentOptions options;
    const TwoAntecedentSearch search = find_two_antecedents(
        table, 0, table.basket_count(), ranked.pack, ranked.ranker, true, options);
    significant += search.significant;
    kept += search.rules.size();
  }
  EXPECT_GT(significant, 300u);
  EXPECT_LE(kept, significant / 50);
}

class TwoAntecedentsCommandTest : public HqTest {
 protected:
  void SetUp() override {
    HqTest::SetUp();
    const BasketTable table = make_shop(3000, 8);
    std::string csv = "basket,time,item\n";
    for (std::size_t index = 0; index < table.basket_count(); ++index) {
      const auto day = index / 100;
      for (const std::uint32_t item : table.basket(index)) {
        csv += std::to_string(index) + ",2026-03-" + (day < 9 ? "0" : "") +
               std::to_string(day + 1) + " 12:" + (index % 60 < 10 ? "0" : "") +
               std::to_string(index % 60) + ",i" + std::to_string(item) + "\n";
      }
    }
    baskets_ = write("baskets.csv", csv);
  }
  void import_all() {
    init();
    ASSERT_EQ(run({"import", "baskets", baskets_}).code, kExitOk);
    std::string items = "item,name\n";
    for (std::uint32_t item = 0; item < kItems; ++item) {
      items += "i" + std::to_string(item) + ",Item " + std::to_string(item) + "\n";
    }
    ASSERT_EQ(run({"import", "items", write("items.csv", items)}).code, kExitOk);
  }
  Result mine() {
    return run({"mine", "--two-antecedents", "--out", path("mined.json"), "--json"});
  }
  static Json rules_in(const std::string& file) {
    std::ifstream in(file);
    const Json document = Json::parse(in);
    return document.value("rules", Json::array());
  }

  std::string baskets_;
};

TEST_F(TwoAntecedentsCommandTest, AreWrittenWithEvidenceAndReasonAndSpeakAtTheLane) {
  import_all();
  const Result mined = mine();
  ASSERT_EQ(mined.code, kExitOk) << mined.err;
  const Json two = mined.json()["two_antecedents"];
  EXPECT_EQ(two["pays"], true);
  ASSERT_EQ(two["rules"], 1);
  EXPECT_GT(two["tried"], 1000);
  EXPECT_EQ(two["top"][0]["triggers"], (Json{"i0", "i1"}));
  EXPECT_EQ(two["top"][0]["offer"], "i2");
  EXPECT_GT(two["validation"]["hits_with"], two["validation"]["hits_without"]);

  const Json rules = rules_in(path("mined.json"));
  ASSERT_EQ(rules.size(), 1u);
  EXPECT_EQ(rules[0]["rule_id"], "mined-i0-i1-i2");
  EXPECT_EQ(rules[0]["source"], "mined");
  EXPECT_EQ(rules[0]["evidence"]["joint_count"], two["top"][0]["joint_count"]);
  EXPECT_EQ(rules[0]["evidence"]["from"], "2026-03-01");
  EXPECT_NEAR(rules[0]["offers"][0]["score"].get<double>(), two["top"][0]["chance"].get<double>(),
              1e-6);
  const auto percent = std::to_string(std::lround(100 * two["top"][0]["confidence"].get<double>()));
  EXPECT_EQ(rules[0]["prompt"]["reason"]["en"],
            percent + "% who buy Item 0 and Item 1 take it too");
  const Result lint = run({"lint", path("mined.json")});
  EXPECT_EQ(lint.code, kExitOk) << lint.out;

  HqStore store(database_path());
  RuleFiles files = load_rule_files({path("mined.json")}, store);
  const auto compiled = rules::compile(std::move(files.rule_set), std::move(files.catalogue), {});
  rules::LaneEngine engine({}, nullptr);
  engine.adopt(compiled.get());
  rules::Event event;
  event.monotonic_ns = 1;
  event.kind = rules::EventKind::kTransactionBegin;
  event.transaction = 1;
  engine.on_event(event);
  const auto scan = [&](std::uint64_t line, const char* item) {
    event.kind = rules::EventKind::kLineAdded;
    event.monotonic_ns += 1'000'000'000;
    event.line = {};
    event.line.line = line;
    event.line.item = item;
    return engine.on_event(event);
  };
  EXPECT_EQ(scan(1, "i0").count, 0u);
  const rules::Answer answer = scan(2, "i1");
  ASSERT_EQ(answer.count, 1u);
  EXPECT_FALSE(answer.view()[0].is_mined);
  EXPECT_EQ(answer.view()[0].rule_id, "mined-i0-i1-i2");
}

// Who switches mined offers off does not want those of two antecedents either.
TEST_F(TwoAntecedentsCommandTest, AreSwitchedOffWithAllThatIsMined) {
  import_all();
  ASSERT_EQ(mine().code, kExitOk);
  const auto figures = [&](const std::string& file) {
    const Result result = run({"replay", "--json", "--rules", file});
    EXPECT_EQ(result.code, kExitOk) << result.err;
    return result.json()["candidate"];
  };
  const Json on = figures(path("mined.json"));
  EXPECT_GT(on["prompts"], 0);
  EXPECT_EQ(on["authored_rules"], 0) << "a mined rule is not authored";
  std::ifstream in(path("mined.json"));
  Json document = Json::parse(in);
  ASSERT_EQ(document["rules"].size(), 1u);
  document["policy"]["mined"]["enabled"] = false;
  const Json off = figures(write("off.json", document.dump()));
  EXPECT_EQ(off["prompts"], 0);
  EXPECT_TRUE(off["silent"].empty());
}

TEST_F(TwoAntecedentsCommandTest, TakeTheMarginsBoost) {
  import_all();
  std::string margins = "item,margin\n";
  for (std::uint32_t item = 0; item < kItems; ++item) {
    margins += "i" + std::to_string(item) + (item == 2 ? ",4\n" : ",1\n");
  }
  const auto score = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {"mine", "--two-antecedents", "--out", path("mined.json")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    EXPECT_EQ(run(arguments).code, kExitOk);
    return rules_in(path("mined.json"))[0]["offers"][0]["score"].get<double>();
  };
  const double chance = score({});
  const double boosted = score({"--margins", write("m.csv", margins)});
  std::ifstream in(path("mined.json"));
  const Json pairs = Json::parse(in)["pairs"];
  double boost = 0;
  for (const Json& pair : pairs) {
    if (pair["offer"] == "i2") boost = pair["boost"];
  }
  ASSERT_GT(boost, 1.5);
  EXPECT_NEAR(boosted, 1 - std::pow(1 - chance, boost), 2e-6);
}

TEST_F(TwoAntecedentsCommandTest, AreReviewedAndNotMinedAgainOnceRejected) {
  import_all();
  ASSERT_EQ(mine().code, kExitOk);
  Result review = run({"review", path("mined.json"), "--trigger", "i1", "--top", "100"});
  EXPECT_THAT(review.out, HasSubstr("Item 0 and Item 1"));
  const Json both =
      run({"review", path("mined.json"), "--trigger", "i1", "--top", "100", "--json"}).json();
  Json found;
  for (const Json& one : both["candidates"]) {
    if (one["trigger"] == "i0>i1") found = one;
  }
  ASSERT_FALSE(found.is_null());
  EXPECT_EQ(found["offer"], "i2");
  EXPECT_NEAR(found["confidence"].get<double>(), 0.9, 0.05);
  EXPECT_EQ(found["examples"].size(), 2u);

  // Other words, then none.
  ASSERT_EQ(run({"review", path("mined.json"), "--decisions",
                 write("d.csv",
                       "trigger,offer,decision,operator_text\ni1>i0,i2,edit,{offer} for both?\n"),
                 "--out", path("edited.json")})
                .code,
            kExitOk);
  const Json edited = rules_in(path("edited.json"));
  ASSERT_EQ(edited.size(), 1u);
  EXPECT_EQ(edited[0]["prompt"]["operator_text"]["en"], "{offer} for both?");
  ASSERT_EQ(
      run({"review", path("mined.json"), "--reject", "i0>i2", "--out", path("one.json")}).code,
      kExitOk);
  EXPECT_TRUE(rules_in(path("one.json")).empty()) << "rejected to one is rejected to both";
  run({"review", path("mined.json"), "--accept", "i0>i2"});
  ASSERT_EQ(run({"review", path("mined.json"), "--all", "--trigger", "i1", "--write-decisions",
                 path("w.csv")})
                .code,
            kExitOk);
  std::ifstream table(path("w.csv"));
  const std::string text((std::istreambuf_iterator<char>(table)), std::istreambuf_iterator<char>());
  EXPECT_THAT(text, HasSubstr("i0>i1,i2,edit,{offer} for both?,,Item 0 and Item 1,Item 2,"));
  ASSERT_EQ(
      run({"review", path("mined.json"), "--reject", "i0>i1>i2", "--out", path("none.json")}).code,
      kExitOk);
  EXPECT_TRUE(rules_in(path("none.json")).empty());
  EXPECT_EQ(mine().json()["rejected"], 1);
  EXPECT_TRUE(rules_in(path("mined.json")).empty());
}

TEST_F(TwoAntecedentsCommandTest, SaysWhenTheyDontPayAndWhatTheyNeed) {
  const BasketTable table = make_chance_shop(1500, 9);
  std::string dat;
  for (std::size_t index = 0; index < table.basket_count(); ++index) {
    for (const std::uint32_t item : table.basket(index)) dat += std::to_string(item) + " ";
    dat += "\n";
  }
  const Result mined = run({"mine", "--from", write("b.dat", dat), "--two-antecedents", "--staples",
                            "--out", path("m.json")});
  ASSERT_EQ(mined.code, kExitOk) << mined.err;
  EXPECT_THAT(mined.out, HasSubstr("Two antecedents don't pay here, and none were written:"));
  EXPECT_TRUE(rules_in(path("m.json")).empty());
  EXPECT_EQ(run({"mine", "--from", path("b.dat"), "--two-antecedents"}).code, kExitUsage);
  EXPECT_EQ(run({"mine", "--from", path("b.dat"), "--counts", path("none.csv"), "--two-antecedents",
                 "--out", path("m.json")})
                .code,
            kExitUsage);
}

}  // namespace
}  // namespace xsell::hq
