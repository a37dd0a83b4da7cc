// Documents that were cut off or damaged on the way: never a crash, and never a silent loss.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "rules/parse.h"
#include "rules/release_lines.h"
#include "rules/validate.h"
#include "tests/rules/example_document.h"

namespace xsell::rules {
namespace {

std::string damaged(std::string text, std::mt19937& random) {
  static constexpr std::string_view kBytes("{}[]\",:0-.eE\\un/t \n\x00\xc3\xff", 22);
  for (unsigned i = 1 + random() % 3; i > 0; --i) {
    const std::size_t at = random() % text.size();
    switch (random() % 3) {
      case 0:
        text[at] = kBytes[random() % kBytes.size()];
        break;
      case 1:
        text.erase(at, 1 + random() % 4);
        break;
      default:
        text.insert(at, text.substr(random() % text.size(), random() % 12));
    }
  }
  return text;
}

void expect_places(const std::vector<Finding>& findings, const std::string& text) {
  for (const Finding& finding : findings) {
    ASSERT_GT(finding.line, 0U) << to_text(finding) << "\n" << text;
    ASSERT_GT(finding.column, 0U) << to_text(finding) << "\n" << text;
    ASSERT_FALSE(finding.message.empty()) << text;
  }
}

TEST(DamagedDocument, EveryPrefixIsAnErrorWithItsPlace) {
  const std::string whole(kExampleDocument);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto findings = parse_rules(whole.substr(0, size), "f").findings;
    ASSERT_TRUE(has_errors(findings)) << size;
    ASSERT_NO_FATAL_FAILURE(expect_places(findings, whole.substr(0, size)));
  }
}

TEST(DamagedDocument, IsReadOrRefusedWithPlacesAndNeverCrashes) {
  std::mt19937 random(7);
  int accepted = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::string text = damaged(std::string(kExampleDocument), random);
    const ParsedRules parsed = parse_rules(text, "f");
    ASSERT_NO_FATAL_FAILURE(expect_places(parsed.findings, text));
    if (has_errors(parsed.findings)) continue;
    ++accepted;
    validate(parsed.rule_set, nullptr);
    RuleSetBuilder builder;
    for (const ReleaseLine& line : to_release_lines(parsed.rule_set, {})) {
      ASSERT_EQ(builder.add(line.bytes), LineResult::added) << builder.message() << "\n" << text;
    }
    RuleSet in_order = parsed.rule_set;
    in_order.put_in_order();
    ASSERT_EQ(builder.take_rule_set(), in_order) << text;
  }
  EXPECT_GT(accepted, 100) << "too few documents survive to test what follows";
}

TEST(DamagedLine, IsAddedSkippedOrRefusedWithAReason) {
  std::mt19937 random(11);
  const auto lines = to_release_lines(parse_rules(kExampleDocument, "f").rule_set, {});
  for (int i = 0; i < 10'000; ++i) {
    RuleSetBuilder builder;
    const std::string bytes = damaged(lines[random() % lines.size()].bytes, random);
    const LineResult result = builder.add(bytes);
    ASSERT_TRUE(result == LineResult::added || !builder.message().empty()) << bytes;
    ASSERT_EQ(builder.skipped_count(), result == LineResult::skipped ? 1U : 0U) << bytes;
  }
}

}  // namespace
}  // namespace xsell::rules
