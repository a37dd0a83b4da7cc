#include "rules/rule_id_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace xsell::rules {
namespace {

RuleIdTable table_of(const std::vector<std::string>& ids) {
  RuleIdTable table;
  for (const std::string& id : ids) table.add(id);
  return table;
}

TEST(RuleIdTable, GivesEveryIdBackAndFindsIt) {
  std::mt19937 random(17);
  std::set<std::string> unlike;
  while (unlike.size() < 1000) {
    std::string id(1 + random() % 63, 'a');
    for (char& c : id) c = static_cast<char>('a' + random() % 3);
    unlike.insert(id);
  }
  const std::vector<std::string> ids(unlike.begin(), unlike.end());
  const RuleIdTable table = table_of(ids);
  ASSERT_EQ(table.size(), ids.size());
  for (std::uint32_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(table.text(i).view(), ids[i]);
    EXPECT_EQ(table.find(ids[i]), i);
  }
  EXPECT_EQ(table.find("zebra"), kNoId);
  EXPECT_EQ(table.find(""), kNoId);
  EXPECT_EQ(RuleIdTable().find("a"), kNoId);
}

TEST(RuleIdTable, NeedsNoOrderToGiveThemBack) {
  const std::vector<std::string> ids{"coffee-filter", "coffee", "", "coffee-filters", "b"};
  const RuleIdTable table = table_of(ids);
  for (std::uint32_t i = 0; i < ids.size(); ++i) EXPECT_EQ(table.text(i).view(), ids[i]);
}

TEST(RuleIdTable, TakesAFewBytesForEachOfMany) {
  RuleIdTable table;
  for (int i = 0; i < 100'000; ++i) {
    std::string id = std::to_string(i);
    table.add("rule-" + std::string(6 - id.size(), '0') + id);
  }
  EXPECT_LT(static_cast<double>(table.bytes()) / 100'000, 5);
}

}  // namespace
}  // namespace xsell::rules
