#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <cmath>

#include "hq/mine/rules_document.h"
#include "hq/statistics.h"
#include "tests/hq/hq_fixture.h"

namespace xsell::hq {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ReplayTest : public HqTest {
 protected:
  void SetUp() override {
    HqTest::SetUp();
    init();
    ASSERT_EQ(run({"import", "items",
                   write("i.csv",
                         "item,name,price,category\nA,Camera,199.00,\nB,Tripod,29.00,\n"
                         "C,Card,9.00,\nD,Bag,19.00,\nE,Never scanned,5.00,\n"),
                   "--currency", "EUR"})
                  .code,
              kExitOk);
    // 200 baskets: A first; in every fourth B comes later, in every second C.
    std::string csv = "store,basket,time,item,quantity\n";
    for (int i = 0; i < 200; ++i) {
      const std::string head =
          fmt::format("S{},{},2026-03-{:02} 10:{:02}:00,", i % 2, i, 1 + i / 20, i % 60);
      csv += head + "A,1\n";
      if (i % 4 == 0) csv += head + "B,1\n";
      if (i % 2 == 0) csv += head + "C,1\n";
      csv += head + "D,1\n";
    }
    ASSERT_EQ(run({"import", "baskets", write("b.csv", csv)}).code, kExitOk);
  }

  static std::string rule(const std::string& id, const std::string& trigger,
                          const std::string& offer, const std::string& more = "") {
    return R"({"rule_id":")" + id + R"(","relation":"accessory",)" + more +
           R"("condition":{"basket_has":{"items":[")" + trigger + R"("]}},"offers":[{"items":[")" +
           offer +
           R"("]}],"prompt":{"operator_text":{"en":"Take one?"},"reason":{"en":"It fits"}}})";
  }
  std::string rules(const std::vector<std::string>& all, const std::string& policy = "{}") {
    return write("rules.json",
                 fmt::format(R"({{"schema":"xsell.rules/1","policy":{},"rules":[{}]}})", policy,
                             fmt::join(all, ",")));
  }
  Json replay(const std::string& file, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"replay", "--rules", file, "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Result result = run(arguments);
    EXPECT_EQ(result.code, kExitOk) << result.err;
    return result.json();
  }
};

TEST_F(ReplayTest, CountsPromptsAndWhatWasBoughtLater) {
  const Json figures = replay(rules({rule("tripod", "A", "B")}))["candidate"];
  EXPECT_EQ(figures["baskets"], 200);
  EXPECT_EQ(figures["scans"], 200 * 2 + 50 + 100);
  EXPECT_EQ(figures["prompts"], 200);
  EXPECT_EQ(figures["hits"], 50);
  EXPECT_EQ(figures["prompts_a_basket"], 1.0);
  EXPECT_EQ(figures["by_rule"][0]["rule"], "tripod");
  EXPECT_EQ(figures["by_offer"][0]["item"], "B");
  EXPECT_EQ(figures["most_frequent_offer_share"], 1.0);
  // The engine makes no offer of what the basket holds; D is always the last line.
  EXPECT_EQ(replay(rules({rule("card", "D", "A")}))["candidate"]["prompts"], 0);
}

// Two prompts a basket that hit or miss together say no more than one.
TEST_F(ReplayTest, IntervalsAreByBasket) {
  std::string csv = "store,basket,time,item\n";
  for (int i = 0; i < 100; ++i) {
    const std::string head = fmt::format("S,x{},2026-05-01 10:{:02}:00,", i, i % 60);
    for (const char* const item : {"A", "B", "C"}) {
      if (item[0] == 'A' || i % 2 == 0) csv += head + item + "\n";
    }
  }
  ASSERT_EQ(run({"import", "baskets", write("x.csv", csv)}).code, kExitOk);
  const Json figures = replay(
      rules({rule("one", "A", "B"), rule("two", "A", "C")}, R"({"max_prompts_per_answer":2})"),
      {"--from", "2026-05-01"})["candidate"];
  ASSERT_EQ(figures["prompts"], 200);
  ASSERT_EQ(figures["hits"], 100);
  const double half = kZ95 * std::sqrt(0.25 / 99);
  const Json by_rule = figures["by_rule"][0];
  EXPECT_NEAR(by_rule["high"].get<double>() - 0.5, half, 1e-9);
  EXPECT_NEAR(figures["hit_high"].get<double>() - 0.5, half, 1e-9)
      << "of 200 prompts in 100 baskets";
  EXPECT_NEAR(0.5 - figures["hit_low"].get<double>(), half, 1e-9);
}

// On the first day that is replayed tills tell what customers bought in the year before.
TEST_F(ReplayTest, KnownCustomersHaveTheirPastFromBeforeTheFirstDay) {
  ASSERT_EQ(run({"import", "baskets",
                 write("k.csv",
                       "basket,time,item,customer\nk0,2025-05-01 10:00:00,C,c\n"
                       "k1,2026-04-20 10:00:00,B,c\nk2,2026-05-05 10:00:00,A,c\n")})
                .code,
            kExitOk);
  const std::vector<std::string> keys = {"D", "E"};
  Pack pack;
  pack.basket_count = 100;
  pack.item_counts = {50, 50};
  pack.rules.push_back({.trigger = 0, .offer = 1, .joint_count = 20, .weight = 1});
  pack.begins = {0, 1, 1};
  MinedPolicy policy;
  policy.ranker.surest_scores.assign(100, 0);
  policy.replenishment.surest_scores.assign(100, 0);
  policy.replenishment.weights[static_cast<std::size_t>(rules::ReplenishmentTerm::bought)] =
      3 * 65536;
  std::ofstream file(path("mined.json"));
  write_rules_document(file, pack, policy,
                       [&](std::uint32_t item) -> const std::string& { return keys[item]; });
  file.close();
  const Json figures = replay(path("mined.json"), {"--from", "2026-05-05"})["candidate"];
  EXPECT_EQ(figures["baskets"], 1);
  ASSERT_EQ(figures["by_offer"].size(), 1u) << figures.dump();
  EXPECT_EQ(figures["by_offer"][0]["item"], "B");
}

TEST_F(ReplayTest, DaysAreChosen) {
  const Json json =
      replay(rules({rule("tripod", "A", "B")}), {"--from", "2026-03-02", "--until", "2026-03-03"});
  EXPECT_EQ(json["candidate"]["baskets"], 40);
  EXPECT_EQ(run({"replay", "--rules", path("rules.json"), "--from", "2030-01-01"}).code,
            kExitFailed);
}

TEST_F(ReplayTest, SilentRulesSayWhy) {
  const Json figures = replay(
      rules({rule("tripod", "A", "B"), rule("nobody", "E", "B"),
             rule("night", "A", "C", R"("time_windows":[{"start":"22:00","end":"23:00"}],)"),
             rule("off", "A", "C", R"("enabled":false,)"),
             rule("north", "A", "C", R"("audience":{"business_units":["S9"]},)")}))["candidate"];
  EXPECT_EQ(figures["authored_rules"], 4);
  std::map<std::string, Json> silent;
  for (const Json& one : figures["silent"]) silent[one["rule"]] = one["reasons"];
  ASSERT_EQ(silent.size(), 3u) << figures["silent"].dump();
  EXPECT_TRUE(silent["nobody"].empty());
  EXPECT_GE(silent["night"]["time"], 200);
  EXPECT_GT(silent["north"]["other_lane"], 0);
  EXPECT_DOUBLE_EQ(figures["silent_share"].get<double>(), 0.75);
  const Result text = run({"replay", "--rules", path("rules.json")});
  EXPECT_THAT(text.out, HasSubstr("nothing that it waits for was scanned"));
  EXPECT_THAT(text.out, HasSubstr(" x time"));
}

TEST_F(ReplayTest, PacingsEffectIsShownBesideIt) {
  const std::string file = rules({rule("tripod", "A", "B"), rule("card", "D", "C")},
                                 R"({"max_prompts_per_transaction":1,"max_prompts_per_answer":1})");
  const Json json = replay(file);
  EXPECT_EQ(json["candidate"]["prompts"], 200);
  EXPECT_EQ(json["candidate"]["most_in_a_basket"], 1);
  EXPECT_GT(json["candidate"]["held_back"]["transaction_cap"], 0);
  EXPECT_EQ(json["candidate_without_pacing"]["prompts"], 200 + 100);
  EXPECT_EQ(json["candidate_without_pacing"]["most_in_a_basket"], 2);
  // Offers that nobody takes cool down when they count as declined.
  EXPECT_LT(replay(file, {"--declined"})["candidate"]["prompts"], 150);
}

TEST_F(ReplayTest, IsComparedWithWhatIsPublished) {
  ASSERT_EQ(run({"publish", rules({rule("tripod", "A", "B")}), "--reason", "a test"}).code,
            kExitOk);
  const Json json = replay(rules({rule("card", "A", "C")}));
  EXPECT_EQ(json["candidate"]["hits"], 100);
  EXPECT_EQ(json["published"]["hits"], 50);
  EXPECT_EQ(json["published"]["version"], 1);
  EXPECT_FALSE(replay(path("rules.json"), {"--alone"}).contains("published"));
}

TEST_F(ReplayTest, TheGateStopsAPublishUnlessItIsOverriddenForTheRecord) {
  const std::string file = rules({rule("tripod", "A", "B"), rule("nobody", "E", "B")});
  ASSERT_EQ(
      run({"gate", "set", "--max-prompts", "0.5", "--min-hits", "20", "--max-silent", "60"}).code,
      kExitOk);
  const Result refused = run({"publish", file, "--reason", "a test", "--json"});
  EXPECT_EQ(refused.code, kExitFailed);
  EXPECT_THAT(refused.err, HasSubstr("1.00 prompts a basket, more than 0.5"));
  EXPECT_THAT(refused.err, Not(HasSubstr("bought later")));
  EXPECT_EQ(refused.json()["gate"]["broken"].size(), 1u);
  EXPECT_EQ(run({"release", "list", "--json"}).json().dump().find("\"version\""),
            std::string::npos);

  const Result overridden =
      run({"publish", file, "--reason", "a test", "--override-gate", "opening week", "--json"});
  ASSERT_EQ(overridden.code, kExitOk) << overridden.err;
  EXPECT_EQ(overridden.json()["version"], 1);
  EXPECT_EQ(overridden.json()["gate"]["override"], "opening week");
  const std::string audit = run({"audit", "--json"}).out;
  EXPECT_THAT(audit, HasSubstr("gate override"));
  EXPECT_THAT(audit, HasSubstr("opening week"));

  ASSERT_EQ(run({"gate", "set", "--max-prompts", "2", "--max-silent", "40"}).code, kExitOk);
  EXPECT_THAT(run({"publish", file, "--reason", "a test"}).err,
              HasSubstr("50.0% of the rules stayed silent, more than 40%"));
  ASSERT_EQ(run({"gate", "set", "--max-silent", "50", "--min-hits", "30"}).code, kExitOk);
  EXPECT_THAT(run({"publish", file, "--reason", "a test"}).err, HasSubstr("less than 30%"));
  ASSERT_EQ(run({"gate", "set", "--min-hits", "20", "--max-one-offer", "50"}).code, kExitOk);
  EXPECT_THAT(run({"publish", file, "--reason", "a test"}).err,
              HasSubstr("100.0% of the prompts are for one offer"));
  ASSERT_EQ(run({"gate", "set", "--max-one-offer", "100", "--min-baskets", "1000"}).code, kExitOk);
  EXPECT_THAT(run({"publish", file, "--reason", "a test"}).err, HasSubstr("fewer than 1000"));
  ASSERT_EQ(run({"gate", "clear"}).code, kExitOk);
  EXPECT_EQ(run({"publish", file, "--reason", "a test"}).code, kExitOk);
}

TEST_F(ReplayTest, OnlyAdminsSetTheGate) {
  const std::string approver = add_user("ann", "approver");
  use_token(approver);
  EXPECT_EQ(run({"gate", "set", "--max-prompts", "9"}).code, kExitNotAllowed);
  EXPECT_EQ(run({"gate", "clear"}).code, kExitNotAllowed);
  EXPECT_EQ(run({"gate", "show"}).code, kExitOk);
}

}  // namespace
}  // namespace xsell::hq
