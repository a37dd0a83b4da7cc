#include "plugin/silence_log.h"

#include <gtest/gtest.h>

#include <memory>

#include "rules/canonical_json.h"
#include "rules/parse.h"

namespace xsell::plugin {
namespace {

std::unique_ptr<rules::CompiledRuleSet> rules_of(int rule_count, uint64_t version) {
  std::string text = R"({"schema":"xsell.rules/1","rules":[)";
  for (int i = 0; i < rule_count; ++i) {
    text += std::string(i == 0 ? "" : ",") + R"({"rule_id":"r)" + std::to_string(1000 + i) +
            R"(","condition":{"basket_has":{"items":["a"]}},"offers":[{"items":["x"]}],
               "prompt":{"operator_text":{"en":"x?"},"reason":{"en":"so"}}})";
  }
  rules::ParsedRules parsed = rules::parse_rules(text + "]}", "rules");
  EXPECT_TRUE(parsed.findings.empty());
  return rules::compile(std::move(parsed.rule_set), rules::Catalogue(), {}, version);
}

std::string text_of(const SilenceLog& log) { return rules::to_canonical_json(log.to_json()); }

class SilenceLogTest : public testing::Test {
 protected:
  uint64_t last_id_ = 0;
  SilenceLog log_{[this] { return ++last_id_; }};
};

TEST_F(SilenceLogTest, TellsTheRuleSetInUseHighestCountsFirst) {
  EXPECT_EQ(text_of(log_), "[]");
  const auto rules = rules_of(2, 7);
  log_.watch(rules.get());
  rules->counters().add(0, rules::DropReason::kInBasket);
  for (int i = 0; i < 3; ++i) rules->counters().add(1, rules::DropReason::kCoolDown);
  log_.watch(rules.get());
  EXPECT_EQ(text_of(log_),
            R"([{"id":1,"left_away":0,"rows":[["r1001","cool_down",3],["r1000","in_basket",1]],)"
            R"("version":7}])");
}

TEST_F(SilenceLogTest, KeepsTheLastCountsOfRuleSetsThatWereReplaced) {
  for (uint64_t version = 1; version <= 5; ++version) {
    const auto rules = rules_of(1, version);
    log_.watch(rules.get());
    rules->counters().add(0, rules::DropReason::kInBasket);
    log_.watch(nullptr);  // read before it is freed
  }
  const rules::JsonValue json = log_.to_json();
  ASSERT_EQ(json.items.size(), SilenceLog::kMaxFormer);
  EXPECT_EQ(json.items[0].find("version")->integer, 5);
  EXPECT_EQ(json.items[2].find("version")->integer, 3);
  EXPECT_NE(json.items[0].find("id")->integer, json.items[1].find("id")->integer);
  EXPECT_EQ(json.items[0].find("rows")->items.size(), 1u);
}

TEST_F(SilenceLogTest, SaysHowManyRowsItLeavesAway) {
  const auto rules = rules_of(static_cast<int>(SilenceLog::kMaxRows) + 10, 1);
  log_.watch(rules.get());
  for (uint32_t rule = 0; rule < SilenceLog::kMaxRows + 10; ++rule) {
    rules->counters().add(rule, rules::DropReason::kInBasket);
  }
  const rules::JsonValue json = log_.to_json();
  EXPECT_EQ(json.items[0].find("rows")->items.size(), SilenceLog::kMaxRows);
  EXPECT_EQ(json.items[0].find("left_away")->integer, 10);
}

}  // namespace
}  // namespace xsell::plugin
