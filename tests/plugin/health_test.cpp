#include "plugin/health.h"

#include <gtest/gtest.h>

#include <cstring>

#include "rules/strict_json.h"

namespace xsell::plugin {
namespace {

Health some_health() {
  Health health;
  health.state = XSELL_HEALTH_READY;
  health.connection = XSELL_CONNECTION_PUSH;
  health.ready_version = 7;
  health.business_unit = "0217";
  health.message = std::string(600, 'm');
  health.outcomes_dropped = 12;
  health.outcomes_refused = 3;
  return health;
}

TEST(HealthBoard, FillsTheTillsStructWhateverItsSize) {
  HealthBoard board;
  board.set(some_health());
  board.counters().events = 5;
  struct Later {
    xsell_health known;
    uint64_t appended = 9;
  } later;
  std::memset(&later.known, 0x55, sizeof later.known);
  later.known.struct_size = sizeof later;
  board.write(&later.known);
  EXPECT_EQ(later.known.struct_size, sizeof(xsell_health));
  EXPECT_EQ(later.known.ready_version, 7u);
  EXPECT_EQ(later.known.events, 5u);
  EXPECT_STREQ(later.known.business_unit, "0217");
  EXPECT_EQ(std::strlen(later.known.message), 511u);
  EXPECT_EQ(later.appended, 0u);
}

TEST(HealthBoard, IsReadableAsJson) {
  HealthBoard board;
  board.set(some_health());
  const rules::JsonDocument json = rules::read_json(board.to_json("1.2.3", 99));
  ASSERT_FALSE(json.error);
  EXPECT_EQ(json.value.find("state")->text, "ready");
  EXPECT_EQ(json.value.find("connection")->text, "push");
  EXPECT_EQ(json.value.find("plugin_version")->text, "1.2.3");
  EXPECT_EQ(json.value.find("updated_s")->integer, 99);
  EXPECT_EQ(json.value.find("outcomes_dropped")->integer, 12);
  EXPECT_EQ(json.value.find("outcomes_refused")->integer, 3);
}

}  // namespace
}  // namespace xsell::plugin
