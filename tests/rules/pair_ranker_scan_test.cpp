// A pack of 200,000 pairs on the scan path.
#include <gtest/gtest.h>

#include "rules/customer_ranker.h"
#include "tests/rules/counting_allocator.h"
#include "tests/rules/ranker_pack.h"

namespace xsell::rules {
namespace {

TEST(PairRankerScan, AllocatesNothing) {
  const RankerPack pack(4000, 50);
  PairRanker ranker(pack.pairs, pack.index);
  const std::uint64_t before = tests::allocation_count();
  std::int64_t sum = 0;
  for (std::uint32_t basket = 0; basket < 20; ++basket) {
    for (std::uint32_t line = 0; line < 100; ++line) {
      ranker.add((basket * 37 + line * 101) % 4000);
      ranker.refresh();
      for (const RankedOffer& offer : ranker.offers()) sum += offer.score;
      if (line % 10 == 9) ranker.remove((basket * 37 + line * 101) % 4000);
    }
    for (std::uint32_t line = 0; line < 100; ++line)
      ranker.remove((basket * 37 + line * 101) % 4000);
    ranker.refresh();
    EXPECT_TRUE(ranker.offers().empty());
  }
  EXPECT_EQ(tests::allocation_count(), before);
  EXPECT_NE(sum, 0);
}

TEST(PairRankerScan, KnownCustomersAllocateNothing) {
  const RankerPack pack(4000, 50);
  PairRanker lines(pack.pairs, pack.index);
  CustomerRanker ranker(lines, pack.index);
  CustomerPast past;
  const std::uint64_t before = tests::allocation_count();
  std::int64_t sum = 0;
  for (std::uint32_t basket = 0; basket < 20; ++basket) {
    past.clear();
    for (std::uint32_t i = 0; i < kMaxRecentItems; ++i) {
      past.items.push({(basket * 53 + i * 15) % 4000, static_cast<std::int32_t>(i % 7),
                       static_cast<std::int32_t>(i)});
    }
    past.visits = static_cast<std::int32_t>(basket);
    ranker.identify(past);
    for (std::uint32_t line = 0; line < 100; ++line) {
      lines.add((basket * 37 + line * 101) % 4000);
      lines.refresh();
      ranker.refresh();
      EXPECT_GE(ranker.offers().size(), lines.offers().size());
      for (const RankedOffer& offer : ranker.offers()) sum += offer.score;
    }
    for (std::uint32_t line = 0; line < 100; ++line)
      lines.remove((basket * 37 + line * 101) % 4000);
    lines.refresh();
    ranker.refresh();
    EXPECT_EQ(ranker.offers().size(), kMaxRecentItems);
    ranker.forget();
    EXPECT_TRUE(ranker.offers().empty());
  }
  EXPECT_EQ(tests::allocation_count(), before);
  EXPECT_NE(sum, 0);
}

}  // namespace
}  // namespace xsell::rules
