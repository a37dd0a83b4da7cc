#include "rules/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "rules/parse.h"

namespace xsell::rules {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kItems = R"json({ "schema": "xsell.items/1",
  "categories": [ { "code": "food" }, { "code": "pasta", "parent": "food" }, { "code": "sauce", "parent": "food" },
                  { "code": "wine", "parent": "food", "minimum_age": 18 }, { "code": "tobacco", "minimum_age": 18 } ],
  "items": [ { "item": "P1", "name": { "en": "P1" }, "category": "pasta", "brand": "Nonna", "tags": ["quick"], "price": { "amount": 199, "currency": "EUR" } },
             { "item": "P2", "name": { "en": "P2" }, "category": "pasta" }, { "item": "S1", "name": { "en": "S1" }, "category": "sauce" }, { "item": "S2", "name": { "en": "S2" }, "category": "sauce" },
             { "item": "W1", "name": { "en": "W1" }, "category": "wine" }, { "item": "W2", "name": { "en": "W2" }, "category": "wine" }, { "item": "T1", "name": { "en": "T1" }, "category": "tobacco" },
             { "item": "X1", "name": { "en": "X1" }, "category": "sauce", "in_assortment": false } ] })json";

struct Document {
  std::string policy = "\"currency\":\"EUR\",\"never_suggest_categories\":[\"tobacco\"]";
  std::string sets =
      "\"pasta\":{\"categories\":[\"pasta\"]},\"sauce\":{\"categories\":[\"sauce\"]}";
  std::string head;  // of the rule, ending with a comma
  std::string condition = "{\"basket_has\":{\"set\":\"pasta\"}}";
  std::string offers = "{\"set\":\"sauce\"}";
  std::string prompt = "\"operator_text\":{\"en\":\"Sauce?\"},\"reason\":{\"en\":\"It goes well\"}";
  std::string more_rules;  // beginning with a comma
  std::string pairs;

  std::string text() const {
    return "{\"schema\":\"xsell.rules/1\",\"policy\":{" + policy + "},\"item_sets\":{" + sets +
           "},\"rules\":[{\"rule_id\":\"r\"," + head + "\"condition\":" + condition +
           ",\"offers\":[" + offers + "],\"prompt\":{" + prompt + "}}" + more_rules +
           "],\"pairs\":[" + pairs + "]}";
  }
};

std::vector<std::string> findings_of(const Document& document, bool has_catalogue = true) {
  const ParsedRules parsed = parse_rules(document.text(), "f");
  const ParsedItems items = parse_items(kItems, "items");
  std::vector<std::string> out;
  for (const auto* findings : {&parsed.findings, &items.findings}) {
    for (const Finding& finding : *findings) out.push_back("not read: " + to_text(finding));
  }
  for (const Finding& finding :
       validate(parsed.rule_set, has_catalogue ? &items.catalogue : nullptr)) {
    out.push_back(to_text(finding));
  }
  return out;
}

TEST(Validate, AcceptsAGoodRule) { EXPECT_THAT(findings_of({}), IsEmpty()); }

TEST(Validate, NamesPlaceRuleFieldAndMend) {
  Document document;
  document.condition = "\n{\"basket_has\":{\"set\":\"pasts\"}}";
  EXPECT_THAT(findings_of(document, false),
              ElementsAre(HasSubstr("item_sets.pasta: no rule uses this set"),
                          "f:2:1: error: rule r, condition.set: no item set is named \"pasts\". "
                          "Did you mean \"pasta\"?"));
}

TEST(Validate, FindsUnknownItemsCategoriesBrandsAndTags) {
  Document document;
  document.condition =
      R"({"basket_has":{"items":["P9"],"categories":["pasta","pastas"],"brands":["Nona"],"tags":["slow"]}})";
  EXPECT_THAT(
      findings_of(document),
      testing::IsSupersetOf(
          {HasSubstr("error: rule r, condition.items: there is no item \"P9\""),
           HasSubstr(
               "error: rule r, condition.categories: there is no category \"pastas\". Did you "
               "mean \"pasta\"?"),
           HasSubstr("warning: rule r, condition.brands: no item carries the brand \"Nona\""),
           HasSubstr("warning: rule r, condition.tags: no item carries the tag \"slow\"")}));
}

TEST(Validate, ComparesAllotmentsWithTheRetailersStores) {
  Document document;
  document.head = R"("pacing":{"budget":{"uses":100,"per_store":10}},)";
  const ParsedRules parsed = parse_rules(document.text(), "f");
  EXPECT_THAT(validate(parsed.rule_set, nullptr, 10), IsEmpty());
  const std::vector<Finding> findings = validate(parsed.rule_set, nullptr, 11);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_THAT(to_text(findings.front()), HasSubstr("the allotments of 11 stores, 10 each"));
}

TEST(Validate, AcceptsWhatTheRelationOrTheTriggerExcuses) {
  Document same_class;
  same_class.condition = R"({"basket_has":{"items":["P1"]}})";
  same_class.offers = R"({"items":["P2"]})";
  same_class.sets = "";
  same_class.head = R"("relation":"accessory",)";
  EXPECT_THAT(findings_of(same_class), IsEmpty());

  Document wine_with_wine;
  wine_with_wine.condition = R"({"basket_has":{"items":["W1"]}})";
  wine_with_wine.offers = R"({"items":["W2"]})";
  wine_with_wine.sets = "";
  wine_with_wine.head = R"("relation":"upsell",)";
  EXPECT_THAT(findings_of(wine_with_wine), IsEmpty()) << "the trigger has proved the age";

  Document benefit;
  benefit.offers =
      R"({"set":"sauce","benefit":{"promotion":"P","saving":{"amount":5,"currency":"EUR"}}})";
  benefit.prompt = R"("operator_text":{"en":"Sauce? {saving} off"})";
  EXPECT_THAT(findings_of(benefit), IsEmpty()) << "a benefit is a reason";

  Document reminder;
  reminder.offers = "";
  reminder.sets = "\"pasta\":{\"categories\":[\"pasta\"]}";
  reminder.prompt = R"("kind":"information","operator_text":{"en":"Ask for the loyalty card"})";
  EXPECT_THAT(findings_of(reminder), IsEmpty());
}

TEST(Validate, FindsFaultsOfTheCatalogue) {
  const ParsedRules rules = parse_rules(Document().text(), "f");
  const ParsedItems items = parse_items(R"json({ "schema": "xsell.items/1",
    "categories": [ { "code": "pasta", "parent": "food" }, { "code": "sauce" },
                    { "code": "a", "parent": "b" }, { "code": "b", "parent": "a" }, { "code": "tobacco" } ],
    "items": [ { "item": "P", "category": "pasta", "name": { "en": "P" } }, { "item": "S", "category": "sauce" },
               { "item": "T", "category": "sauce" }, { "item": "X", "category": "gone" },
               { "item": "Y", "category": "gone" } ] })json",
                                        "items");
  std::vector<std::string> found;
  for (const Finding& finding : validate(rules.rule_set, &items.catalogue))
    found.push_back(to_text(finding));
  EXPECT_THAT(
      found,
      testing::UnorderedElementsAre(
          HasSubstr("error: category a: it lies below itself"),
          HasSubstr("error: category b: it lies below itself"),
          HasSubstr("warning: category pasta: its parent food does not exist"),
          HasSubstr("warning: category gone: it does not exist, but 2 items are in it"),
          HasSubstr(
              "rule r, offers[0]: the item S and 1 more has no name that a cashier could say")));
}

TEST(Validate, CountsPlaceholdersAsNothingAndCharactersNotBytes) {
  Document document;
  std::string text;
  for (int i = 0; i < 120; ++i) text += "ä";
  document.prompt = R"("reason":{"en":"x"},"operator_text":{"en":"{offer})" + text + "\"}";
  EXPECT_THAT(findings_of(document), IsEmpty());
}

TEST(Validate, RefusesWhatNoReleaseLineHolds) {
  Document document;
  std::string items;
  for (int i = 0; i < 5000; ++i)
    items += (i == 0 ? "\"" : ",\"") + std::string("item-number-") + std::to_string(i) + "\"";
  document.sets = "\"pasta\":{\"items\":[" + items + "]},\"sauce\":{\"categories\":[\"sauce\"]}";
  EXPECT_THAT(findings_of(document, false), ElementsAre(HasSubstr("item_sets.pasta: it takes ")));
}

}  // namespace
}  // namespace xsell::rules
