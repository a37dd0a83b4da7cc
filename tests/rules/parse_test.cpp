#include "rules/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "rules/local_time.h"
#include "tests/rules/example_document.h"

namespace xsell::rules {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> texts(const std::vector<Finding>& findings) {
  std::vector<std::string> out;
  for (const Finding& finding : findings) out.push_back(to_text(finding));
  return out;
}

// What the reader says about a rule with these fields besides its id.
std::vector<std::string> findings_of_rule(const std::string& fields) {
  return texts(
      parse_rules("{\"schema\":\"xsell.rules/1\",\"rules\":[{\"rule_id\":\"r\",\n" + fields + "}]}",
                  "f")
          .findings);
}

TEST(ParseRules, ReadsEveryFieldOfTheExample) {
  const ParsedRules parsed = parse_rules(kExampleDocument, "example.json");
  ASSERT_THAT(texts(parsed.findings), ElementsAre());
  EXPECT_TRUE(parsed.has_policy);
  const Policy& policy = parsed.rule_set.policy;
  EXPECT_EQ(policy.max_prompts_per_answer, 2);
  EXPECT_EQ(policy.max_prompts_per_transaction, 3);
  EXPECT_EQ(policy.max_prompts_per_operator_hour, 25);
  EXPECT_EQ(policy.min_seconds_between_prompts, 15);
  EXPECT_EQ(policy.snooze_minutes, 10);
  EXPECT_EQ(policy.lane_load.suppress_above_lines_per_minute, 28);
  EXPECT_EQ(policy.cool_down.same_customer_days, 31);
  EXPECT_EQ(policy.auto_mute.acceptance_below_millionths, 10'000);
  EXPECT_EQ(policy.staleness.keep, StalenessKeep::all);
  EXPECT_EQ(policy.never_suggest_items.front().view(), "04006381333931");
  EXPECT_EQ(policy.experiment.unit, ExperimentUnit::customer);
  EXPECT_EQ(policy.mined.min_score, 9000);
  EXPECT_FALSE(policy.mined.is_enabled);
  EXPECT_EQ(policy.currency.view(), "EUR");

  const ItemSet* sauce = parsed.rule_set.find_set("sauce");
  ASSERT_NE(sauce, nullptr);
  EXPECT_EQ(sauce->list.max_price_minor, 900);
  EXPECT_THAT(sauce->list.brands, ElementsAre("Nonna"));

  const Rule* rule = parsed.rule_set.find_rule("pasta-sauce");
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rule->version, 3);
  EXPECT_FALSE(rule->is_enabled);
  EXPECT_TRUE(rule->is_pinned);
  EXPECT_EQ(rule->source, RuleSource::mined);
  EXPECT_EQ(rule->relation, Relation::accessory);
  EXPECT_EQ(rule->evidence->lift_millionths, 4'200'000);
  EXPECT_EQ(rule->effective_s, parse_local_time("2026-06-03T00:00:00"));
  EXPECT_EQ(rule->time_windows[0].days, 0b0010001);
  EXPECT_EQ(rule->time_windows[1].end_minute, 120);
  EXPECT_THAT(rule->audience.workstation_types,
              ElementsAre(WorkstationType::staffed, WorkstationType::mobile));
  EXPECT_FALSE(rule->audience.is_for_anonymous);
  EXPECT_EQ(rule->moments, kMomentLineAdded | kMomentSubtotal);
  ASSERT_EQ(rule->condition.children.size(), 8U);
  EXPECT_EQ(rule->condition.children[0].min, 1500);
  EXPECT_EQ(rule->condition.children[1].kind, ConditionKind::negation);
  EXPECT_EQ(rule->condition.children[1].children[0].min, 1000) << "at least one unless said";
  EXPECT_EQ(rule->condition.children[3].days, 30);
  EXPECT_EQ(rule->condition.children[7].max, 9000);
  const Offer& offer = rule->offers.front();
  EXPECT_EQ(offer.target.set, "sauce");
  EXPECT_EQ(offer.select_by, SelectBy::price_low);
  EXPECT_TRUE(offer.is_quantity_per_trigger);
  EXPECT_EQ(offer.quantity_milli, 500);
  EXPECT_EQ(offer.require.on_hand_min_milli, 2000);
  EXPECT_EQ(offer.require.max_price_ratio_millionths, 1'500'000);
  EXPECT_EQ(offer.benefit->saving->amount_minor, 50);
  EXPECT_EQ(offer.location.find("de"), "Gang 4, unten");
  EXPECT_EQ(rule->prompt.mode, PromptMode::dialog);
  EXPECT_EQ(rule->prompt.kind, PromptKind::information);
  EXPECT_EQ(rule->pacing.budget->per_store, 40);
  EXPECT_EQ(rule->after_sale[0].when, AfterSaleWhen::declined);
  EXPECT_TRUE(rule->after_sale[1].requires_consent);
  EXPECT_EQ(parsed.rule_set.pairs.front().weight, 5400);
}

TEST(ParseRules, SuggestsTheFieldThatWasMeant) {
  EXPECT_THAT(
      findings_of_rule("\"prompt\":{},\n \"ofers\":[]"),
      ElementsAre(
          "f:3:2: error: rule r, rules[0]: there is no field \"ofers\". Did you mean \"offers\"?"));
  EXPECT_THAT(
      findings_of_rule("\"prompt\":{\"mode\":\"pannel\"}"),
      ElementsAre(
          "f:2:18: error: rule r, rules[0].prompt.mode: \"pannel\" is not known here. Did you mean "
          "\"panel\"?"));
  EXPECT_THAT(
      findings_of_rule("\"prompt\":{},\"moments\":[\"subtotl\"]"),
      ElementsAre(HasSubstr(
          "rules[0].moments[0]: \"subtotl\" is not known here. Did you mean \"subtotal\"?")));
  EXPECT_THAT(
      findings_of_rule("\"prompt\":{\"mode\":\"xyz\"}"),
      ElementsAre(HasSubstr("Known here: panel, badge, dialog, summary, customer_display.")));
}

TEST(ParseRules, NamesThePlaceAndTheMend) {
  const struct {
    const char* fields;
    const char* finding;
  } cases[] = {
      {"\"prompt\":{\"timeout_seconds\":-1}",
       "f:2:29: error: rule r, rules[0].prompt.timeout_seconds: -1 is out of range. Write a whole "
       "number from 0 to 3600."},
      {"\"prompt\":{},\"priority\":\"high\"",
       "rules[0].priority: a whole number is expected, not a string."},
      {"\"prompt\":{},\"priority\":null",
       "rules[0].priority: null says nothing here. Leave the field out instead."},
      {"\"prompt\":{\"reason\":\"x\"}", "Write it like {\"en\": \"...\", \"de\": \"...\"}."},
      {"\"prompt\":{\"reason\":{\"english\":\"x\"}}",
       "\"english\" is no language tag. Write a tag such as en, de or de-AT."},
      {"\"prompt\":{\"reason\":{\"en\":\"\"}}", "reason.en: this text is empty."},
      {"\"prompt\":{},\"effective\":\"2026-06-03\"",
       "\"2026-06-03\" is no store-local time. Write it like 2026-06-03T00:00:00"},
      {"\"prompt\":{},\"offers\":[{\"items\":[42]}]",
       "offers[0].items[0]: an item id is a text, because its leading zeros "
       "count. Write it in quotes: \"42\"."},
      {"\"prompt\":{},\"offers\":[{\"score\":0.1234567}]",
       "\"0.1234567\" is no decimal with at most 6 places."},
      {"\"prompt\":{},\"offers\":[{\"set\":\"a\",\"items\":[\"1\"]}]",
       "a set and a list of its own exclude each other."},
      {"\"prompt\":{},\"condition\":{\"all\":[],\"any\":[]}",
       "a condition is an object with exactly one field, its name."},
      {"\"prompt\":{},\"condition\":{\"all\":[]}",
       "rules[0].condition.all: a list of conditions is expected."},
      {"\"prompt\":{},\"condition\":{\"all\":[{\"amount\":{\"min\":9,\"max\":5}}]}",
       "condition.all[0].amount.min: it is larger than max."},
      {"\"prompt\":{},\"time_windows\":[{\"start\":\"16:00\",\"end\":\"16:00\"}]",
       "start and end are the same time."},
      {"\"prompt\":{},\"moments\":[]", "rules[0].moments: this list is empty."},
      {"\"prompt\":{},\"version\":0",
       "rules[0].version: 0 is out of range. Write a whole number at least 1."},
      {"\"name\":\"x\"", "rules[0]: \"prompt\" is missing. Add the field \"prompt\"."},
  };
  for (const auto& c : cases)
    EXPECT_THAT(findings_of_rule(c.fields), ElementsAre(HasSubstr(c.finding))) << c.fields;
}

TEST(ParseRules, KeepsARuleWithAnUnknownConditionForTheLaneToSkip) {
  const ParsedRules parsed = parse_rules(
      R"({"schema":"xsell.rules/1","rules":[{"rule_id":"r","prompt":{},"condition":{"all":[{"weather":{"is":0.5}}]}}]})",
      "f");
  EXPECT_THAT(
      texts(parsed.findings),
      ElementsAre(HasSubstr(
          "warning: rule r, rules[0].condition.all[0]: the condition \"weather\" is not known, so "
          "that every lane skips this rule.")));
  ASSERT_EQ(parsed.rule_set.rules.size(), 1U);
  const Condition& condition = parsed.rule_set.rules[0].condition.children[0];
  EXPECT_EQ(condition.kind, ConditionKind::unknown);
  EXPECT_EQ(condition.text, "weather");
  EXPECT_EQ(condition.unknown_json, R"({"is":"0.5"})");
}

TEST(ParseRules, RefusesWhatIsNotTheDocument) {
  EXPECT_THAT(
      texts(parse_rules("{\"schema\":\"xsell.rules/1\",\n}", "f").findings),
      ElementsAre(
          "f:2:1: error: no comma may stand before the closing '}'. The file must be valid JSON."));
  EXPECT_THAT(texts(parse_rules("[]", "f").findings),
              ElementsAre("f:1:1: error: an object is expected, not a list."));
  EXPECT_THAT(texts(parse_rules("{}", "f").findings),
              ElementsAre(HasSubstr("\"schema\" is missing")));
  EXPECT_THAT(texts(parse_rules("{\"schema\":\"xsell.rules/9\"}", "f").findings),
              ElementsAre(HasSubstr("Write \"schema\": \"xsell.rules/1\".")));
}

TEST(ParseRules, RefusesASetWithoutAProperName) {
  for (const std::string& name : {std::string(), std::string("a\\nb"), std::string(64, 'x')}) {
    const ParsedRules parsed =
        parse_rules("{\"schema\":\"xsell.rules/1\",\"item_sets\":{\"" + name + "\":{}}}", "f");
    EXPECT_THAT(texts(parsed.findings), ElementsAre(HasSubstr("this is no name for a set")))
        << name;
  }
}

TEST(ParseRules, RefusesARuleIdThatIsThereTwice) {
  const ParsedRules parsed = parse_rules(
      "{\"schema\":\"xsell.rules/"
      "1\",\"rules\":[\n{\"rule_id\":\"r\",\"prompt\":{}},\n{\"rule_id\":\"r\",\"prompt\":{}}]}",
      "f");
  EXPECT_THAT(texts(parsed.findings), ElementsAre("f:3:1: error: the rule \"r\" is there twice, "
                                                  "first at f:2. Rename or remove one of them."));
}

TEST(MergeRules, JoinsFilesAndKeepsTheirPlaces) {
  ParsedRules all = parse_rules("{\"schema\":\"xsell.rules/1\",\"policy\":{\"snooze_minutes\":5}}",
                                "policy.json");
  merge_rules(
      all,
      parse_rules("{\"schema\":\"xsell.rules/1\",\"rules\":[\n{\"rule_id\":\"r\",\"prompt\":{}}]}",
                  "a.json"));
  EXPECT_THAT(texts(all.findings), ElementsAre());
  EXPECT_EQ(all.rule_set.policy.snooze_minutes, 5);
  ASSERT_EQ(all.rule_set.rules.size(), 1U);
  EXPECT_EQ(all.rule_set.files[all.rule_set.rules[0].place.file], "a.json");

  merge_rules(all, parse_rules("{\"schema\":\"xsell.rules/"
                               "1\",\"policy\":{},\"rules\":[{\"rule_id\":\"r\",\"prompt\":{}}]}",
                               "b.json"));
  EXPECT_THAT(texts(all.findings), ElementsAre("b.json:1:36: error: policy: there is a policy in "
                                               "policy.json already. Keep one policy for all "
                                               "files.",
                                               "b.json:1:48: error: the rule \"r\" is there twice, "
                                               "first at a.json:2. Rename or remove one of "
                                               "them."));
}

TEST(ParseItems, ReadsItemsAndCategories) {
  const ParsedItems parsed = parse_items(R"({"schema":"xsell.items/1",
    "categories":[{"code":"food","name":{"en":"Food"}},{"code":"beer","parent":"food","minimum_age":16}],
    "items":[{"item":"4006381333931","name":{"en":"Pen","de":"Stift"},"category":"food","brand":"B","tags":["t"],
              "variant_group":"v","item_class":"c","price":{"amount":199,"currency":"EUR"},"minimum_age":3,
              "in_assortment":false,"leak":77}]})",
                                         "items.json");
  ASSERT_THAT(texts(parsed.findings), ElementsAre());
  ASSERT_EQ(parsed.catalogue.items.size(), 1U);
  const Item& item = parsed.catalogue.items[0];
  EXPECT_EQ(item.key.view(), "04006381333931");
  EXPECT_EQ(item.name.find("de"), "Stift");
  EXPECT_EQ(item.price_minor, 199);
  EXPECT_FALSE(item.is_in_assortment);
  EXPECT_EQ(item.class_or_category(), "c");
  EXPECT_EQ(item.leak, 77);
  EXPECT_EQ(parsed.catalogue.find_category("beer")->minimum_age, 16);
}

TEST(ParseItems, SeesTheSameItemInTwoSpellings) {
  const ParsedItems parsed = parse_items(
      "{\"schema\":\"xsell.items/"
      "1\",\"items\":[{\"item\":\"4006381333931\"},\n{\"item\":\"04006381333931\"}]}",
      "i");
  EXPECT_THAT(texts(parsed.findings),
              ElementsAre(HasSubstr("i:2:1: error: the item \"04006381333931\" is there twice")));
}

TEST(ParseItems, DoubtsAWrongCheckDigit) {
  const ParsedItems parsed =
      parse_items("{\"schema\":\"xsell.items/1\",\"items\":[{\"item\":\"4006381333932\"}]}", "i");
  EXPECT_THAT(texts(parsed.findings),
              ElementsAre(HasSubstr("warning: items[0].item: this looks like a GTIN")));
}

}  // namespace
}  // namespace xsell::rules
