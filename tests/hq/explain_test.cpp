// What explain says of each way for a rule to speak or to be silent.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "rules/silence.h"
#include "tests/hq/hq_fixture.h"

namespace xsell::hq {
namespace {

using testing::HasSubstr;

constexpr const char* kItems = R"json({ "schema": "xsell.items/1",
  "categories": [ { "code": "pasta" }, { "code": "sauce" }, { "code": "wine", "minimum_age": 18 }, { "code": "tobacco" } ],
  "items": [
    { "item": "P1", "name": { "en": "Pasta" }, "category": "pasta", "price": { "amount": 199, "currency": "EUR" } },
    { "item": "P2", "name": { "en": "Other pasta" }, "category": "pasta", "price": { "amount": 99, "currency": "EUR" } },
    { "item": "S1", "name": { "en": "Sauce" }, "category": "sauce", "price": { "amount": 250, "currency": "EUR" } },
    { "item": "S2", "name": { "en": "Other sauce" }, "category": "sauce", "price": { "amount": 900, "currency": "EUR" } },
    { "item": "W1", "name": { "en": "Wine" }, "category": "wine", "price": { "amount": 500, "currency": "EUR" } },
    { "item": "T1", "name": { "en": "Cigar" }, "category": "tobacco" },
    { "item": "X1", "name": { "en": "Sold elsewhere" }, "category": "sauce", "in_assortment": false } ] })json";

// P1 leads to an offer of S1.
constexpr const char* kRule = R"json({ "rule_id": "r1",
  "condition": { "basket_has": { "items": ["P1"] } }, "offers": [ { "items": ["S1"] } ],
  "prompt": { "operator_text": { "en": "{offer}?" }, "reason": { "en": "It goes well" } } })json";

// A rule that P1 leads to as well, better than r1.
constexpr const char* kBetterRule =
    R"json({ "rule_id": "r2", "priority": 90, "pacing": { "exclusive_group": "dinner" },
  "condition": { "basket_has": { "items": ["P1"] } }, "offers": [ { "items": ["S2"] } ],
  "prompt": { "operator_text": { "en": "{offer}?" }, "reason": { "en": "It goes better" } } })json";

class ExplainTest : public HqTest {
 protected:
  // `change` is merged into r1. Events as steps, or an object that is the whole basket file.
  Json document(const char* change, const char* policy = "{}", bool has_better_rule = false) const {
    Json rule = Json::parse(kRule);
    rule.merge_patch(Json::parse(change));
    Json document = {{"schema", "xsell.rules/1"},
                     {"policy", Json::parse(policy)},
                     {"rules", Json::array({rule})}};
    document["policy"]["currency"] = "EUR";
    if (has_better_rule) document["rules"].push_back(Json::parse(kBetterRule));
    return document;
  }

  Result explain(const Json& rules, const char* basket,
                 std::vector<std::string> more = {"--json"}) {
    Json file = Json::parse(basket);
    if (file.is_array()) file = {{"at", "2026-06-03T10:00:00"}, {"steps", file}};
    std::vector<std::string> arguments = {"explain",
                                          "--rules",
                                          write("rules.json", rules.dump()),
                                          "--items",
                                          write("items.json", kItems),
                                          "--basket",
                                          write("basket.json", file.dump())};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  // What the last step says of r1, else what is said of it as left out.
  static Json said_of(const Json& explained, const std::string& rule) {
    for (const Json& candidate : explained["steps"].back()["candidates"]) {
      if (candidate["rule"] == rule) return candidate;
    }
    for (const Json& one : explained["left_out"]) {
      if (one["rule"] == rule) return one;
    }
    return {};
  }
};

struct Case {
  const char* reason;  // "": not silent
  const char* why;
  const char* change;
  const char* policy;
  const char* steps;
  bool has_better_rule = false;
};

constexpr const char* kScan = R"([{"scan":"P1"}])";

const Case kCases[] = {
    {"", "nothing stands against it", "{}", "{}", kScan},
    {"unsupported", "do not evaluate",
     R"({"condition":{"basket_has":null,"amount":{"min":5,"currency":"USD"}}})", "{}", kScan},
    {"disabled", "enabled: false", R"({"enabled":false})", "{}", kScan},
    {"other_lane", "another store", R"({"audience":{"business_units":["0217"]}})", "{}", kScan},
    {"unknown_target", "holds nothing",
     R"({"condition":{"basket_has":{"items":null,"set":"nothing"}}})", "{}", kScan},
    {"time", "now it is we 2026-06-03T10:00:02", R"({"time_windows":[{"start":"16:00"}]})", "{}",
     kScan},
    {"operator", "only by operators who are pharmacist; this one is cashier",
     R"({"audience":{"operator_roles":["pharmacist"]}})", "{}",
     R"([{"operator_sign_on":{"operator":"o1","role":"cashier"}},{"begin":{}},{"scan":"P1"}])"},
    {"customer", "nobody is identified", R"({"audience":{"anonymous":false}})", "{}", kScan},
    {"customer", "one of family", R"({"audience":{"segments":{"any_of":["family"]}}})", "{}",
     kScan},
    {"condition", "the basket has item P2: 2 or more, but there: 1",
     R"({"condition":{"basket_has":null,"all":[{"basket_has":{"items":["P1"]}},
         {"basket_has":{"items":["P2"],"min_quantity":2}}]}})",
     "{}", R"([{"scan":"P2"},{"scan":"P1"}])"},
    {"condition", "must not hold: the basket has item P2: 1 or more, but there is 1",
     R"({"condition":{"basket_has":null,"all":[{"basket_has":{"items":["P1"]}},
         {"not":{"basket_has":{"items":["P2"]}}}]}})",
     "{}", R"([{"scan":"P2"},{"scan":"P1"}])"},
    {"condition", "the basket's amount: 50.00 EUR or more, but there: 1.99 EUR",
     R"({"condition":{"basket_has":null,"all":[{"basket_has":{"items":["P1"]}},
         {"amount":{"min":5000,"currency":"EUR"}}]}})",
     "{}", kScan},
    {"in_basket", "in the basket", "{}", "{}", R"([{"scan":"S1"},{"scan":"P1"}])"},
    {"not_in_assortment", "not in the assortment", R"({"offers":[{"items":["X1"]}]})", "{}", kScan},
    {"out_of_stock", "1 on hand; asked for: 2",
     R"({"offers":[{"items":["S1"],"require":{"on_hand_min":2}}]})", "{}",
     R"([{"stock_changed":{"item":"S1","on_hand":1}},{"begin":{}},{"scan":"P1"}])"},
    {"out_of_stock", "S1 (Sauce): 1 on hand; asked for: 2; S2 (Other sauce): 0 on hand",
     R"({"offers":[{"categories":["sauce"],"require":{"on_hand_min":2}}]})", "{}",
     R"([{"stock_changed":{"item":"S1","on_hand":1}},{"stock_changed":{"item":"S2","on_hand":0}},
         {"begin":{}},{"scan":"P1"}])"},
    {"never_suggest", "never-suggest", R"({"offers":[{"items":["T1"]}]})",
     R"({"never_suggest_categories":["tobacco"]})", kScan},
    {"under_age", "for customers of 18; the customer's age was not checked",
     R"({"offers":[{"items":["W1"]}]})", "{}", kScan},
    {"under_age", "the operator is 17",
     R"({"offers":[{"items":["S1"],"minimum_operator_age":18}]})", "{}",
     R"([{"operator_sign_on":{"operator":"o1","role":"cashier","age":17}},{"begin":{}},{"scan":"P1"}])"},
    {"price_ratio", "9.00 EUR is over 1.5 times the price of the dearest trigger, 1.99 EUR",
     R"({"offers":[{"items":["S2"],"require":{"max_price_ratio":1.5}}]})", "{}", kScan},
    {"floor_price", "floor price", R"({"offers":[{"items":["S1"],"require":{"floor_price":300}}]})",
     "{}", kScan},
    {"same_class", "of the class", R"({"offers":[{"items":["P2"]}]})", "{}", kScan},
    {"exclusive_group", "r2 > S2 (Other sauce) has the place of the group dinner",
     R"({"pacing":{"exclusive_group":"dinner"}})", R"({"max_prompts_per_answer":2})", kScan, true},
    {"outranked", "the answer holds 1, and r2 > S2 (Other sauce) ranks higher", "{}", "{}", kScan,
     true},
    {"outranked", "offers the same and ranks higher", R"({"offers":[{"items":["S2"]}]})",
     R"({"max_prompts_per_answer":3})", kScan, true},
    {"once_per_transaction", "made in this transaction already", "{}", "{}",
     R"([{"scan":"P1"},{"void":1},{"scan":"P1"}])"},
    {"frequency", "drawn for 0%", R"({"pacing":{"frequency_percent":0}})", "{}", kScan},
    {"cool_down", "declined 1 transactions ago; silent for 20", "{}", "{}",
     R"([{"begin":{}},{"scan":"P1"},{"decline":"r1"},{"finalise":{}},{"begin":{}},{"scan":"P1"}])"},
    {"cool_down", "this customer declined it; silent for 30 days", "{}",
     R"({"cool_down":{"after_decline":{"same_rule_transactions":0,"same_customer_days":30}}})",
     R"([{"begin":{}},{"customer_identified":{"customer":"c1"}},{"scan":"P1"},{"decline":"r1"},
         {"finalise":{}},{"begin":{}},{"customer_identified":{"customer":"c1"}},{"scan":"P1"}])"},
    {"muted", "silent until 2026-06-17", "{}",
     R"({"auto_mute":{"acceptance_below":0.9,"confidence":0.5},
         "cool_down":{"after_decline":{"same_rule_transactions":0,"same_customer_days":0}}})",
     R"([{"begin":{}},{"scan":"P1"},{"decline":"r1"},{"finalise":{}},
         {"begin":{}},{"scan":"P1"},{"decline":"r1"},{"finalise":{}},
         {"begin":{}},{"scan":"P1"},{"decline":"r1"},{"finalise":{}},
         {"begin":{}},{"scan":"P1"},{"decline":"r1"},{"finalise":{}},
         {"begin":{}},{"scan":"P1"},{"decline":"r1"},{"finalise":{}},
         {"begin":{}},{"scan":"P1"},{"decline":"r1"},{"finalise":{}},
         {"begin":{}},{"scan":"P1"},{"decline":"r1"},{"finalise":{}},
         {"begin":{}},{"scan":"P1"}])"},
    {"budget", "1 of the lane's 1 accepted offers are used up",
     R"({"pacing":{"budget":{"uses":1}}})", "{}",
     R"([{"begin":{}},{"scan":"P1"},{"accept":"r1"},{"finalise":{}},{"begin":{}},{"scan":"P1"}])"},
    {"minimum_interval", "the last prompt is 2 s ago; 60 s lie between prompts",
     R"({"condition":{"basket_has":{"items":["P2"]}}})",
     R"({"min_seconds_between_prompts":60,"max_prompts_per_answer":2})",
     R"([{"scan":"P1"},{"scan":"P2","after_s":2}])", true},
    {"transaction_cap", "1 of 1 prompts of this transaction are made",
     R"({"condition":{"basket_has":{"items":["P2"]}}})",
     R"({"max_prompts_per_transaction":1,"max_prompts_per_answer":2})",
     R"([{"scan":"P1"},{"scan":"P2"}])", true},
    {"operator_hour_cap", "1 prompts in this operator's last hour; 1 at most",
     R"({"condition":{"basket_has":{"items":["P2"]}}})",
     R"({"max_prompts_per_operator_hour":1,"max_prompts_per_answer":2})",
     R"([{"begin":{}},{"scan":"P1"},{"finalise":{}},{"begin":{}},{"scan":"P2"}])", true},
    {"lane_load", "7 people are waiting; silent above 4", "{}",
     R"({"lane_load":{"suppress_above_queue_length":4}})",
     R"([{"lane_load":{"queue_length":7}},{"begin":{}},{"scan":"P1"}])"},
    {"lane_load", "30 lines a minute; silent above 28", "{}",
     R"({"lane_load":{"suppress_above_lines_per_minute":28}})",
     R"([{"lane_load":{"lines_per_minute":30}},{"begin":{}},{"scan":"P1"}])"},
    {"snoozed", "snoozed until 2026-06-03T10:10:01", "{}", "{}",
     R"([{"snooze":{"seconds":600}},{"begin":{}},{"scan":"P1"}])"},
    {"killed", "kill switch", "{}", "{}",
     R"([{"kill_rule":["r1",true]},{"begin":{}},{"scan":"P1"}])"},
    {"held_out", "recorded, not shown", "{}",
     R"({"experiment":{"id":"e1","hold_out_percent":100,"salt":"s"}})", kScan},
    {"no_trigger", "nothing in the basket triggers it: the basket has item P1", "{}", "{}",
     R"([{"scan":"P2"}])"},
    {"moment", "does not speak at this moment", R"({"moments":["subtotal"]})", "{}", kScan},
};

class ExplainCase : public ExplainTest, public testing::WithParamInterface<Case> {};

TEST_P(ExplainCase, IsTold) {
  const Case& wanted = GetParam();
  const std::string reason = wanted.reason;
  const Result result = explain(document(wanted.change, wanted.policy, wanted.has_better_rule),
                                wanted.steps, {"--json", "--rule", "r1"});
  ASSERT_EQ(result.code, kExitOk) << result.err << result.out;
  const Json said = said_of(result.json(), "r1");
  ASSERT_FALSE(said.is_null()) << result.out;
  EXPECT_THAT(said["why"].get<std::string>(), HasSubstr(wanted.why));
  if (reason.empty() || reason == "held_out") {
    EXPECT_EQ(said["decision"], reason.empty() ? "prompted" : "held_out");
    EXPECT_EQ(said["reason"], "");
  } else {
    EXPECT_EQ(said["reason"], reason) << result.out;
  }
  // What it says agrees with what the lane answered.
  const Json prompts = result.json()["steps"].back()["prompts"];
  const bool is_shown = std::any_of(prompts.begin(), prompts.end(),
                                    [](const Json& prompt) { return prompt["rule"] == "r1"; });
  EXPECT_EQ(is_shown, reason.empty());
}

INSTANTIATE_TEST_SUITE_P(Reasons, ExplainCase, testing::ValuesIn(kCases), [](const auto& test) {
  const std::string reason = test.param.reason;
  return (reason.empty() ? "prompted" : reason) + "_" + std::to_string(test.index);
});

TEST(ExplainReasons, EveryReasonOfSilenceIsAmongTheCases) {
  std::set<std::string> told;
  for (const Case& one : kCases) told.insert(one.reason);
  for (int reason = 1; reason < static_cast<int>(rules::DropReason::kCount); ++reason) {
    const auto name = rules::name_of(static_cast<rules::DropReason>(reason));
    EXPECT_TRUE(told.contains(std::string(name))) << name;
  }
}

TEST_F(ExplainTest, TellsStepByStepInATable) {
  const Result result = explain(document("{}", "{}", true),
                                R"([{"scan":"P2"},{"scan":"P1"},{"decline":"r2"},{"subtotal":{}},
                                    {"tender_begin":{}},{"scan":"P2"}])",
                                {});
  ASSERT_EQ(result.code, kExitOk) << result.err;
  EXPECT_THAT(result.out, HasSubstr("Step 2, 2026-06-03T10:00:02: {\"scan\":\"P2\"}\n"
                                    "  no rule has a trigger in this basket"));
  EXPECT_THAT(result.out, HasSubstr("  shown: r2 > S2: Other sauce? / It goes better"));
  EXPECT_THAT(result.out, HasSubstr("r2    S2 (Other sauce)  prompted"));
  EXPECT_THAT(result.out, HasSubstr("r1    S1 (Sauce)        silent    outranked"));
  EXPECT_THAT(result.out, HasSubstr("  ended: r2 > S2, declined"));
  EXPECT_THAT(result.out, HasSubstr("  the lane is silent: tendering has begun"));
}

TEST_F(ExplainTest, TellsWhyAPromptEnded) {
  const Result result = explain(document("{}"), R"([{"scan":"P1"},{"void":1}])");
  const Json last = result.json()["steps"].back();
  ASSERT_EQ(last["ended"].size(), 1) << result.out;
  EXPECT_EQ(last["ended"][0]["state"], "withdrawn");
  EXPECT_EQ(last["ended"][0]["reason"], "condition");
}

TEST_F(ExplainTest, TakesAListOfItemsWithQuantitiesAndACustomer) {
  const Result result =
      explain(document(R"({"condition":{"basket_has":{"items":["P1"],"min_quantity":3}},
                   "audience":{"segments":{"any_of":["family"]}}})"),
              R"({"at":"2026-06-03T10:00:00","lane":{"store":"0001","workstation_type":"kiosk"},
          "customer":{"customer":"c1","segments":["family"]},"items":[{"item":"P1","quantity":3}]})");
  ASSERT_EQ(result.code, kExitOk) << result.err;
  EXPECT_EQ(said_of(result.json(), "r1")["decision"], "prompted") << result.out;
}

TEST_F(ExplainTest, TakesAPlainListAsTextOrAsJson) {
  const std::string rules =
      write("rules.json",
            document(R"({"condition":{"basket_has":{"items":["P1"],"min_quantity":3}}})").dump());
  for (const char* basket : {"T1\n\nP1 3\n", R"([ "T1", {"item":"P1","quantity":3} ])"}) {
    const Result result = run({"explain", "--rules", rules, "--items", write("items.json", kItems),
                               "--basket", write("basket", basket), "--json"});
    ASSERT_EQ(result.code, kExitOk) << result.err;
    EXPECT_EQ(said_of(result.json(), "r1")["decision"], "prompted") << result.out;
  }
}

TEST_F(ExplainTest, SaysWhatIsAReminderOfEarlierPurchases) {
  const Json scores = std::vector<int>(100, 0);
  Json rules = document(R"({"enabled":false})");
  rules["policy"]["mined"] = {
      {"operator_text", {{"en", "{offer}?"}}},
      {"reason", {{"en", "{percent}% take it"}}},
      {"ranker", {{"weights", {{"confidence", 65536}}}, {"surest_scores", scores}}},
      {"replenishment",
       {{"enabled", true},
        {"weights", {{"bought_habit", 65536}, {"other_score", 65536}}},
        {"surest_scores", scores},
        {"operator_text", {{"en", "{offer} again?"}}},
        {"reason", {{"en", "Bought by this customer before"}}}}}};
  rules["pairs"] = Json::parse(
      R"([{"trigger":"P1","offer":"S1","joint_count":80,"trigger_count":100,"offer_count":100,
           "basket_count":1000,"weight":40000}])");
  const Result result = explain(rules, R"({"at":"2026-06-03T10:00:00",
      "customer":{"customer":"c1","consent":true,"visits":9,"recent":[{"item":"S2","times":9,"days_ago":3}]},
      "items":["P1"]})");
  ASSERT_EQ(result.code, kExitOk) << result.err;
  const Json step = result.json()["steps"].back();
  ASSERT_EQ(step["candidates"].size(), 2u) << result.out;
  EXPECT_EQ(step["candidates"][0]["item"], "S2");
  EXPECT_EQ(step["candidates"][0]["why"],
            "nothing stands against it; a reminder: this customer bought it before");
  EXPECT_EQ(step["candidates"][1]["item"], "S1");
  EXPECT_EQ(step["prompts"][0]["reason"], "Bought by this customer before");
}

TEST_F(ExplainTest, TellsOfMinedOffers) {
  Json rules = document(R"({"enabled":false})");
  rules["policy"]["mined"] = {{"operator_text", {{"en", "{offer}?"}}},
                              {"reason", {{"en", "{percent}% take it"}}}};
  rules["pairs"] = Json::parse(
      R"([{"trigger":"P1","offer":"S1","joint_count":50,"trigger_count":100,"offer_count":100,
           "basket_count":1000,"weight":40000},
          {"trigger":"P1","offer":"W1","joint_count":50,"trigger_count":100,"offer_count":100,
           "basket_count":1000,"weight":30000}])");
  const Result result = explain(rules, kScan);
  ASSERT_EQ(result.code, kExitOk) << result.err;
  const Json candidates = result.json()["steps"].back()["candidates"];
  ASSERT_EQ(candidates.size(), 2) << result.out;
  EXPECT_EQ(candidates[0]["item"], "S1");
  EXPECT_EQ(candidates[0]["decision"], "prompted");
  EXPECT_EQ(candidates[1]["item"], "W1");
  EXPECT_EQ(candidates[1]["reason"], "under_age");
}

TEST_F(ExplainTest, AnswersAnInquiry) {
  const Result result =
      explain(document(R"({"moments":["inquiry"]})"), R"([{"item_inquiry":"P1"}])");
  EXPECT_EQ(said_of(result.json(), "r1")["decision"], "prompted") << result.out;
}

TEST_F(ExplainTest, WorksOnAPublishedRelease) {
  init();
  write("items.csv", "item,name,price,category\nP1,Pasta,1.99,\nS1,Sauce,2.50,\n");
  ASSERT_EQ(run({"import", "items", path("items.csv"), "--currency", "EUR"}).code, kExitOk);
  const std::string rules = write("r.json", document("{}").dump());
  ASSERT_EQ(run({"publish", rules, "--reason", "a test"}).code, kExitOk);
  const std::string basket = write("b.json", R"({"items":["P1"]})");
  const Result result = run({"explain", "--basket", basket, "--json"});
  ASSERT_EQ(result.code, kExitOk) << result.err;
  EXPECT_EQ(result.json()["version"], 1);
  EXPECT_EQ(said_of(result.json(), "r1")["decision"], "prompted");
  EXPECT_EQ(run({"explain", "--release", "7", "--basket", basket}).code, kExitFailed);
  use_token("wrong");
  EXPECT_EQ(run({"explain", "--basket", basket}).code, kExitNotAllowed);
}

struct Fault {
  const char* name;
  const char* basket;
  const char* message;
};

class ExplainFault : public ExplainTest, public testing::WithParamInterface<Fault> {};

TEST_P(ExplainFault, IsNamedWithItsPlace) {
  const std::string rules = write("rules.json", document("{}").dump());
  const Result result = run({"explain", "--rules", rules, "--items", write("items.json", kItems),
                             "--basket", write("basket.json", GetParam().basket)});
  EXPECT_EQ(result.code, kExitFailed);
  EXPECT_THAT(result.err, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Baskets, ExplainFault,
    testing::Values(
        Fault{"no_json", "{", "basket.json: not JSON"},
        Fault{"no_quantity", "P1\nP1 three\n", "basket.json, line 2: an item and"},
        Fault{"nothing", "\n", "a list that is not empty"},
        Fault{"unknown_field", R"({"item":["P1"]})", "no field \"item\". Did you mean \"items\"?"},
        Fault{"neither", "{}", "give either \"items\""},
        Fault{"empty", R"({"items":[]})", "a list that is not empty"},
        Fault{"unknown_event", R"({"steps":[{"scna":"P1"}]})",
              "step 1: there is no event \"scna\". Did you mean \"scan\"?"},
        Fault{"two_events", R"({"steps":[{"scan":"P1","void":1}]})", "step 1: a step holds one"},
        Fault{"wrong_type", R"({"items":[{"item":"P1","quantity":"three"}]})",
              "step 2: a value of the wrong type in field quantity"},
        Fault{"wrong_line_field", R"({"items":[{"itm":"P1"}]})", "a line has no field itm"},
        Fault{"wrong_time", R"({"at":"today","items":["P1"]})", "at: write the store's own time"},
        Fault{"wrong_currency", R"({"lane":{"currency":"euro"},"items":["P1"]})", "lane.currency"},
        Fault{"unknown_prompt", R"({"steps":[{"accept":"r9"}]})", "no prompt \"r9\" was shown"}),
    [](const auto& test) { return test.param.name; });

TEST_F(ExplainTest, RefusesRulesThatCannotBeReadAndRulesThatAreNotThere) {
  Json rules = document("{}");
  rules["rules"][0]["offer"] = 1;
  const Result broken = explain(rules, kScan);
  EXPECT_EQ(broken.code, kExitFailed);
  EXPECT_THAT(broken.err, HasSubstr("rules.json:1:"));
  EXPECT_THAT(broken.err, HasSubstr("Did you mean \"offers\"?"));
  const Result missing = explain(document("{}"), kScan, {"--rule", "r9"});
  EXPECT_EQ(missing.code, kExitFailed);
  EXPECT_THAT(missing.err, HasSubstr("has no rule \"r9\""));
  EXPECT_EQ(run({"explain"}).code, kExitUsage);
}

TEST_F(ExplainTest, LimitsWhatItTellsOfSilentCandidatesAndSaysSo) {
  Json rules = document("{}", "{}", true);
  for (int i = 0; i < 5; ++i) {
    Json rule = Json::parse(kRule);
    rule["rule_id"] = "s" + std::to_string(i);
    rules["rules"].push_back(rule);
  }
  const Result result = explain(rules, kScan, {"--json", "--limit", "2"});
  const Json last = result.json()["steps"].back();
  EXPECT_EQ(last["candidates"].size(), 3);  // one of them is prompted
  EXPECT_EQ(last["more_silent"], 4);
}

}  // namespace
}  // namespace xsell::hq
