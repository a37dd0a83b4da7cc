#include "plugin/handover.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>

namespace xsell::plugin {
namespace {

TEST(Mailbox, GivesBackWhatWasNeverTaken) {
  Mailbox<int> mailbox;
  int first = 1;
  int second = 2;
  EXPECT_EQ(mailbox.take(), nullptr);
  EXPECT_EQ(mailbox.put(&first), nullptr);
  EXPECT_EQ(mailbox.put(&second), &first);
  EXPECT_EQ(mailbox.take(), &second);
  EXPECT_EQ(mailbox.take(), nullptr);
}

TEST(Ring, ShowsNothingBeforeItIsPublished) {
  Ring<int, 4> ring;
  EXPECT_TRUE(ring.write(1));
  EXPECT_EQ(ring.readable(), 0u);
  EXPECT_TRUE(ring.has_unpublished());
  ring.publish();
  EXPECT_EQ(ring.readable(), 1u);
  EXPECT_EQ(ring.at(0), 1);
}

TEST(Ring, RefusesWhatDoesNotFit) {
  Ring<int, 2> ring;
  EXPECT_TRUE(ring.write(1));
  EXPECT_TRUE(ring.write(2));
  EXPECT_FALSE(ring.write(3));
  ring.publish();
  ring.pop(1);
  EXPECT_TRUE(ring.write(3));
  ring.publish();
  EXPECT_EQ(ring.at(0), 2);
  EXPECT_EQ(ring.at(1), 3);
}

TEST(Ring, KeepsOrderBetweenThreads) {
  constexpr int kCount = 100'000;
  Ring<int, 64> ring;
  std::thread producer([&] {
    for (int i = 0; i < kCount;) {
      if (ring.write(i)) ++i;
      ring.publish();
    }
  });
  for (int expected = 0; expected < kCount;) {
    const size_t readable = ring.readable();
    for (size_t i = 0; i < readable; ++i) ASSERT_EQ(ring.at(i), expected++);
    ring.pop(readable);
  }
  producer.join();
}

TEST(Snapshot, IsNeverHalfOfOne) {
  struct Large {
    std::array<int, 512> values{};
  };
  constexpr int kCount = 20'000;
  Snapshot<Large> snapshot;
  EXPECT_EQ(snapshot.take(), nullptr);
  std::thread writer([&] {
    Large large;
    for (int i = 1; i <= kCount; ++i) {
      large.values.fill(i);
      snapshot.put(large);
    }
  });
  int newest = 0;
  while (newest != kCount) {
    const Large* taken = snapshot.take();
    if (!taken) continue;
    for (const int value : taken->values) ASSERT_EQ(value, taken->values[0]);
    ASSERT_GT(taken->values[0], newest);
    newest = taken->values[0];
  }
  writer.join();
  EXPECT_EQ(snapshot.take(), nullptr);
}

}  // namespace
}  // namespace xsell::plugin
