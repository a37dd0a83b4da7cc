#include <gtest/gtest.h>

#include "tests/sync/tuf_publisher.h"

namespace xsell::sync::tuf {
namespace {

const std::string kTricks[] = {
    "../trust.db",
    "/etc/passwd",
    "a/../../b",
    "a//b",
    "./a",
    ".hidden",
    "a/.hidden",
    "%2e%2e%2fb",
    "a%2fb",
    "a\\b",
    "a b",
    "a?b",
    "a#b",
    "a\nb",
    "c:",
    "dir/",
    "",
    "-rf",
    "caf\xc3\xa9",
    std::string("a\0b", 3),
    std::string(257, 'a'),
};

TEST(TargetName, A46_path_tricks_in_target_names) {
  Publisher hq;
  for (const std::string& name : kTricks) hq.add_target(name, "x");
  hq.publish();
  Lane lane(hq);
  ASSERT_FALSE(lane.refresh().failure.failed());
  ASSERT_EQ(lane.client.targets()->files.size(), std::size(kTricks));
  hq.requests.clear();
  struct : ByteSink {
    bool write(std::string_view) override { return true; }
  } sink;
  for (const auto& [name, file] : lane.client.targets()->files) {
    EXPECT_EQ(lane.client.download(file, sink).problem, Problem::kUntrustedName) << name;
  }
  EXPECT_TRUE(hq.requests.empty());
}

TEST(TargetName, OrdinaryNamesAreSafe) {
  for (const char* name : {"rules-12.bundle.zst", "a/b/c.txt", "_x", "A9"}) {
    EXPECT_TRUE(is_safe_target_name(name)) << name;
  }
}

}  // namespace
}  // namespace xsell::sync::tuf
