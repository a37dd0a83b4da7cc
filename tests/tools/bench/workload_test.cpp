#include "tests/tools/bench/workload.h"

#include <gtest/gtest.h>

#include "tests/offline_cache/temporary_folder.h"

namespace xsell::bench {
namespace {

Workload draw(const std::string& kind, std::uint64_t seed) {
  tests::TemporaryFolder folder;
  WorkloadName name;
  name.folder = folder.path();
  name.kind = kind;
  name.rule_count = 2000;
  write_workload(name, seed);
  return read_workload(name);
}

TEST(Workload, SpeaksOnlyOfItemsAndCategoriesThereAre) {
  for (const char* kind : {"flat", "zipf", "cond"}) {
    const Workload workload = draw(kind, 1);
    const auto items = static_cast<std::int32_t>(workload.items.size());
    ASSERT_EQ(workload.rules.size(), 2000u);
    ASSERT_EQ(workload.baskets.size(), 1000u);
    for (const RuleRecord& rule : workload.rules) {
      for (const std::int32_t item : {rule.item1, rule.item2, rule.absent_item}) {
        ASSERT_GE(item, -1);
        ASSERT_LT(item, items);
      }
      for (const std::int32_t category : {rule.category, rule.absent_category}) {
        ASSERT_GE(category, -1);
        ASSERT_LT(category, workload.category_count);
      }
      ASSERT_LT(rule.offer < 0 ? ~rule.offer : rule.offer,
                rule.offer < 0 ? workload.category_count : items);
    }
    for (const Basket& basket : workload.baskets) {
      for (const std::int32_t item : basket.items) {
        ASSERT_GE(item, 0);
        ASSERT_LT(item, items);
      }
    }
  }
}

TEST(Workload, IsTheSameForTheSameSeed) {
  const Workload first = draw("zipf", 7);
  const Workload again = draw("zipf", 7);
  const Workload other = draw("zipf", 8);
  ASSERT_EQ(first.rules.size(), again.rules.size());
  std::size_t different = 0;
  for (std::size_t i = 0; i < first.rules.size(); ++i) {
    EXPECT_EQ(first.rules[i].offer, again.rules[i].offer);
    EXPECT_EQ(first.rules[i].score, again.rules[i].score);
    different += first.rules[i].offer != other.rules[i].offer;
  }
  EXPECT_GT(different, first.rules.size() / 2);
}

}  // namespace
}  // namespace xsell::bench
