// The rule sets that ship as examples must be without fault, in both their languages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "rules/parse.h"
#include "rules/validate.h"

namespace xsell::rules {
namespace {

std::string read_file(const std::string& name) {
  std::ifstream file(std::string(XSELL_SOURCE_DIR) + "/rules/examples/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> texts(const std::vector<Finding>& findings) {
  std::vector<std::string> out;
  for (const Finding& finding : findings) out.push_back(to_text(finding));
  return out;
}

TEST(Examples, AreWithoutAFinding) {
  const ParsedItems items = parse_items(read_file("store.items.json"), "store.items.json");
  const ParsedRules rules = parse_rules(read_file("store.rules.json"), "store.rules.json");
  EXPECT_THAT(texts(items.findings), testing::IsEmpty());
  EXPECT_THAT(texts(rules.findings), testing::IsEmpty());
  EXPECT_THAT(texts(validate(rules.rule_set, &items.catalogue)), testing::IsEmpty());
}

TEST(Examples, SpeakEnglishAndGerman) {
  const ParsedRules rules = parse_rules(read_file("store.rules.json"), "store.rules.json");
  ASSERT_GE(rules.rule_set.rules.size(), 9U);
  for (const Rule& rule : rules.rule_set.rules) {
    for (const LocalisedText* text : {&rule.prompt.operator_text, &rule.prompt.customer_text,
                                      &rule.prompt.line_display, &rule.prompt.reason}) {
      EXPECT_TRUE(text->has("en") && text->has("de")) << rule.rule_id;
    }
  }
  for (const Item& item : parse_items(read_file("store.items.json"), "").catalogue.items) {
    EXPECT_TRUE(item.name.has("en") && item.name.has("de")) << item.key.view();
  }
}

}  // namespace
}  // namespace xsell::rules
