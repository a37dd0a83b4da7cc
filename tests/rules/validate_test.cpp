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

// A case of budgets or after-sale actions is about its own finding, not about their being
// evaluated.
std::vector<std::string> without_what_lanes_leave_undone(std::vector<std::string> findings,
                                                         const std::string& wanted) {
  if (findings.size() > 1 && wanted.find(" yet") == std::string::npos) {
    std::erase_if(findings,
                  [](const std::string& text) { return text.find(" yet") != std::string::npos; });
  }
  return findings;
}

struct Case {
  const char* name;
  void (*change)(Document&);
  const char* finding;
};

class ValidateCase : public testing::TestWithParam<Case> {};

TEST_P(ValidateCase, IsFoundAlone) {
  Document document;
  GetParam().change(document);
  EXPECT_THAT(without_what_lanes_leave_undone(findings_of(document), GetParam().finding),
              ElementsAre(HasSubstr(GetParam().finding)))
      << document.text();
}

const Case kCases[] = {
    {"no_offer",
     [](Document& d) {
       d.offers = "";
       d.sets = "\"pasta\":{\"categories\":[\"pasta\"]}";
     },
     "offers: 0 offers, but 1 to 3 are shown. Add an offer."},
    {"four_offers",
     [](Document& d) {
       d.offers = R"({"set":"sauce"},{"set":"sauce"},{"set":"sauce"},{"set":"sauce"})";
     },
     "4 offers, but 1 to 3 are shown"},
    {"information_with_offer", [](Document& d) { d.prompt += ",\"kind\":\"information\""; },
     "an information prompt offers no item"},
    {"offer_of_nothing", [](Document& d) { d.offers = R"({"set":"sauce"},{"score":0.5})"; },
     "offers[1]: it offers nothing"},
    {"no_reason", [](Document& d) { d.prompt = R"("operator_text":{"en":"Sauce?"})"; },
     "prompt.reason: nothing tells why: there is neither a reason nor a benefit"},
    {"no_words", [](Document& d) { d.prompt = R"("reason":{"en":"x"})"; },
     "the operator has no words to say"},
    {"no_fallback",
     [](Document& d) { d.prompt = R"("operator_text":{"de":"Soße?"},"reason":{"en":"x"})"; },
     "prompt.operator_text: the fallback language en is missing"},
    {"long_operator_text",
     [](Document& d) {
       d.prompt = R"("reason":{"en":"x"},"operator_text":{"en":")" + std::string(121, 'x') + "\"}";
     },
     "prompt.operator_text.en: this text has 121 characters, more than the 120"},
    {"long_customer_text",
     [](Document& d) { d.prompt += R"(,"customer_text":{"en":")" + std::string(61, 'x') + "\"}"; },
     "prompt.customer_text.en: this text has 61 characters, more than the 60"},
    {"wide_line_display",
     [](Document& d) { d.prompt += R"(,"line_display":{"en":"123456789012345678901"})"; },
     "a line display has 2 rows of 20 characters"},
    {"high_line_display", [](Document& d) { d.prompt += R"(,"line_display":{"en":"1\n2\n3"})"; },
     "a line display has 2 rows of 20 characters"},
    {"line_break", [](Document& d) { d.prompt += R"(,"customer_text":{"en":"1\n2"})"; },
     "this text holds a line break"},
    {"placeholder", [](Document& d) { d.prompt += R"(,"customer_text":{"en":"{ofer}!"})"; },
     "the placeholder {ofer} is not known here. Did you mean \"offer\"?"},
    {"open_placeholder", [](Document& d) { d.prompt += R"(,"customer_text":{"en":"{offer"})"; },
     "a '{' is not closed"},
    {"saving_without_benefit",
     [](Document& d) { d.prompt += R"(,"customer_text":{"en":"-{saving}"})"; },
     "no offer has a benefit with a saving"},
    {"customer_display", [](Document& d) { d.prompt += R"(,"mode":"customer_display")"; },
     "a prompt on the customer display needs words for the customer"},
    {"dialog", [](Document& d) { d.prompt += R"(,"mode":"dialog")"; }, "a dialog stops the sale"},
    {"dates",
     [](Document& d) {
       d.head = R"("effective":"2026-06-03T00:00:00","expires":"2026-06-01T00:00:00",)";
     },
     "the rule expires on 2026-06-01T00:00:00, before it takes effect on 2026-06-03T00:00:00"},
    {"evidence_dates",
     [](Document& d) { d.head = R"("evidence":{"from":"2026-06-03","until":"2026-06-01"},)"; },
     "evidence.until: it lies before evidence.from"},
    {"mined_without_evidence", [](Document& d) { d.head = R"("source":"mined",)"; },
     "a mined rule needs its evidence"},
    {"few_baskets",
     [](Document& d) { d.head = R"("source":"mined","evidence":{"lift":9,"joint_count":4},)"; },
     "only 4 baskets speak for it"},
    {"chance",
     [](Document& d) { d.head = R"("source":"mined","evidence":{"lift":1.2,"joint_count":30},)"; },
     "its 95% lower bound is not over 1"},
    {"all_excluded",
     [](Document& d) {
       d.head = R"("audience":{"business_units":["1"],"exclude_business_units":["1","2"]},)";
     },
     "audience.business_units: all of it is excluded again"},
    {"never_by_frequency", [](Document& d) { d.head = R"("pacing":{"frequency_percent":0},)"; },
     "at 0 percent"},
    {"budget", [](Document& d) { d.head = R"("pacing":{"budget":{"uses":5,"per_store":6}},)"; },
     "one store's allotment is larger than the whole budget"},
    {"amount_currency",
     [](Document& d) {
       d.condition =
           R"({"all":[{"basket_has":{"set":"pasta"}},{"amount":{"min":5,"currency":"USD"}}]})";
     },
     "amounts are in EUR, so that this never holds"},
    {"saving_currency",
     [](Document& d) {
       d.offers =
           R"({"set":"sauce","benefit":{"promotion":"P","saving":{"amount":5,"currency":"USD"}}})";
     },
     "the tills of this rule set count in EUR"},
    {"no_saving",
     [](Document& d) {
       d.offers =
           R"({"set":"sauce","benefit":{"promotion":"P","saving":{"amount":0,"currency":"EUR"}}})";
     },
     "a saving of nothing is none"},
    {"contradiction",
     [](Document& d) {
       d.condition =
           R"({"all":[{"basket_has":{"set":"pasta"}},{"not":{"basket_has":{"set":"pasta"}}}]})";
     },
     "it asks for what it denies"},
    {"every_basket",
     [](Document& d) {
       d.more_rules = R"(,{"rule_id":"s","offers":[{"set":"sauce"}],)"
                      R"("prompt":{"operator_text":{"en":"x"},"reason":{"en":"x"}}})";
     },
     "without a condition the rule speaks to every basket"},
    {"offers_its_trigger",
     [](Document& d) {
       d.offers = R"({"set":"pasta"})";
       d.sets = "\"pasta\":{\"categories\":[\"pasta\"]}";
     },
     "the rule offers exactly what triggers it"},
    {"same_class",
     [](Document& d) {
       d.condition = R"({"basket_has":{"items":["P1"]}})";
       d.offers = R"({"items":["P2"]})";
       d.sets = "";
     },
     "trigger and offer are all of the class \"pasta\""},
    {"overlap",
     [](Document& d) {
       d.condition = R"({"basket_has":{"categories":["pasta","sauce"]}})";
       d.sets = "\"sauce\":{\"categories\":[\"sauce\"]}";
     },
     "warning: rule r, offers[0]: some of what it offers triggers it too"},
    {"empty_target",
     [](Document& d) {
       d.offers = R"({"categories":["sauce"],"exclude_categories":["food"]})";
       d.sets = "\"pasta\":{\"categories\":[\"pasta\"]}";
     },
     "no item of the catalogue is meant"},
    {"empty_trigger",
     [](Document& d) {
       d.condition = R"({"basket_has":{"categories":["pasta"],"price":{"min":90000}}})";
       d.sets = "\"sauce\":{\"categories\":[\"sauce\"]}";
     },
     "no item of the catalogue is in this selection"},
    {"out_of_assortment",
     [](Document& d) {
       d.offers = R"({"items":["X1"]})";
       d.sets = "\"pasta\":{\"categories\":[\"pasta\"]}";
     },
     "nothing of it is in the assortment"},
    {"never_suggest",
     [](Document& d) {
       d.offers = R"({"items":["T1"],"minimum_customer_age":18})";
       d.sets = "\"pasta\":{\"categories\":[\"pasta\"]}";
     },
     "the policy says never to suggest any of it"},
    {"age",
     [](Document& d) {
       d.offers = R"({"categories":["wine"]})";
       d.sets = "\"pasta\":{\"categories\":[\"pasta\"]}";
     },
     "offers[0].minimum_customer_age: it offers what is sold from 18 years on, to customers whose "
     "age nobody checked. Write "
     "\"minimum_customer_age\": 18."},
    {"empty_set", [](Document& d) { d.sets += ",\"x\":{}"; },
     "item_sets.x: this set names no items"},
    {"unused_set", [](Document& d) { d.sets += ",\"x\":{\"items\":[\"P1\"]}"; },
     "item_sets.x: no rule uses this set"},
    {"never_suggest_unknown",
     [](Document& d) { d.policy = R"("never_suggest_categories":["tobaco"])"; },
     "warning: policy.never_suggest_categories: there is no category \"tobaco\". Did you mean "
     "\"tobacco\"?"},
    {"coupon", [](Document& d) { d.head = R"("after_sale":[{"kind":"receipt_coupon"}],)"; },
     "after_sale[0].coupon"},
    {"receipt_text", [](Document& d) { d.head = R"("after_sale":[{"kind":"receipt_text"}],)"; },
     "receipt_text needs words"},
    {"consent",
     [](Document& d) { d.head = R"("after_sale":[{"kind":"follow_up","channel":"email"}],)"; },
     "nobody is written to without consent"},
    {"not_evaluated_condition",
     [](Document& d) {
       d.condition = R"({"all":[{"basket_has":{"set":"pasta"}},{"context":{"flag":"rain"}}]})";
     },
     "warning: rule r, condition.context: lanes do not evaluate context yet, so that they skip "
     "this rule"},
    {"not_evaluated_limit",
     [](Document& d) { d.offers = R"({"set":"sauce","select":{"limit":2}})"; },
     "warning: rule r, offers[0].select.limit: lanes choose one item of each offer so far"},
    {"salt", [](Document& d) { d.policy += R"(,"experiment":{"id":"e","hold_out_percent":10})"; },
     "a hold-out needs a salt"},
    {"cap_of_nothing", [](Document& d) { d.policy += ",\"max_prompts_per_transaction\":0"; },
     "with a cap of 0 prompts"},
    {"rivals",
     [](Document& d) {
       d.more_rules =
           R"(,{"rule_id":"s","condition":{"basket_has":{"set":"pasta"}},"offers":[{"set":"sauce"}],)"
           R"("prompt":{"operator_text":{"en":"x"},"reason":{"en":"x"}}})";
     },
     "warning: rule s, condition: it always competes with the rule r"},
    {"loop",
     [](Document& d) {
       d.more_rules =
           R"(,{"rule_id":"s","condition":{"basket_has":{"set":"sauce"}},"offers":[{"set":"pasta"}],)"
           R"("prompt":{"operator_text":{"en":"x"},"reason":{"en":"x"}}})";
     },
     "warning: rule r: these rules lead from one to the next and back: r, s"},
    {"mined_words",
     [](Document& d) {
       d.pairs = R"({"trigger":"P1","offer":"S1","weight":5})";
       d.policy += R"(,"mined":{"operator_text":{"en":"{offer}?"}})";
     },
     "policy.mined.reason: mined prompts have no words"},
    {"pair_twice",
     [](Document& d) {
       d.pairs =
           R"({"trigger":"P1","offer":"S1","weight":5},{"trigger":"P1","offer":"S1","weight":6})";
       d.policy += R"(,"mined":{"enabled":false})";
     },
     "pairs P1>S1: the pair is there twice"},
    {"pair_with_itself",
     [](Document& d) {
       d.pairs = R"({"trigger":"P1","offer":"P1","weight":5})";
       d.policy += R"(,"mined":{"enabled":false})";
     },
     "pairs P1>P1: the item is offered with itself"},
    {"pair_of_unknown",
     [](Document& d) {
       d.pairs = R"({"trigger":"P1","offer":"Z","weight":5})";
       d.policy += R"(,"mined":{"enabled":false})";
     },
     "pairs P1>Z: there is no item \"Z\""},
    {"pair_counts",
     [](Document& d) {
       d.pairs =
           R"({"trigger":"P1","offer":"S1","weight":5,"joint_count":9,"trigger_count":8,"offer_count":9,)"
           R"("basket_count":99})";
       d.policy += R"(,"mined":{"enabled":false})";
     },
     "its counts contradict each other"},
};

INSTANTIATE_TEST_SUITE_P(Each, ValidateCase, testing::ValuesIn(kCases),
                         [](const testing::TestParamInfo<Case>& each) {
                           return std::string(each.param.name);
                         });

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
