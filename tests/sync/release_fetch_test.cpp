#include "sync/release_fetch.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "sync/whole_file.h"
#include "tests/sync/bundle_sinks.h"
#include "tests/sync/tuf_publisher.h"

namespace xsell::sync {
namespace {

const Lines kLines = {{"item/1", line_of("item/1")}, {"rule/r", line_of("rule/r")}};

class ReleaseFetch : public testing::Test {
 protected:
  ReleaseFetch() : lane(hq) { std::filesystem::remove(part); }
  ~ReleaseFetch() override { EXPECT_FALSE(std::filesystem::exists(part)); }

  void publish(uint64_t version, const std::string& bundle) {
    LineCollector ignored;
    BundleReader reader(ignored);
    reader.write(bundle);
    reader.finish();
    hq.targets.files.clear();
    hq.add_target("rules-" + std::to_string(version) + ".bundle.zst", bundle,
                  release_custom(version, reader.state_hash(), 30));
    hq.publish();
    ASSERT_FALSE(lane.refresh().failure.failed());
  }

  Failure fetch() {
    release = newest_release(*lane.client.targets());
    EXPECT_TRUE(release);
    return release ? fetch_release(lane.client, *release, part, sink) : Failure{};
  }

  tuf::Publisher hq;
  tuf::Lane lane;
  LineCollector sink;
  std::optional<Release> release;
  const std::filesystem::path part =
      std::filesystem::temp_directory_path() /
      ("release_fetch_" +
       std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
};

TEST_F(ReleaseFetch, StreamsTheSignedLines) {
  publish(3, write_bundle(3, kLines));
  const Failure failure = fetch();
  EXPECT_FALSE(failure.failed()) << failure.detail;
  EXPECT_EQ(sink.lines, kLines);
  EXPECT_EQ(release->version, 3U);
  EXPECT_EQ(release->spread_s, 30U);
}

TEST_F(ReleaseFetch, TakesTheHighestVersionByNumber) {
  publish(9, write_bundle(9, kLines));
  const Sha256 other{};
  hq.add_target("rules-10.bundle.zst", "ten", release_custom(10, other, 0));
  hq.add_target("a.delta.zst", "d", R"({"xsell":{"kind":"delta","version":11}})");
  hq.add_target("b.txt", "b", R"({"other":1})");
  hq.add_target("c.txt", "c");
  hq.add_target("../d", "d", release_custom(12, other, 0));
  hq.publish();
  lane.refresh();
  EXPECT_EQ(newest_release(*lane.client.targets())->version, 10U);
}

TEST_F(ReleaseFetch, NothingPublishedIsNoRelease) {
  lane.refresh();
  EXPECT_FALSE(newest_release(*lane.client.targets()));
}

TEST_F(ReleaseFetch, A09_bundle_of_another_version) {
  publish(4, write_bundle(3, kLines));
  EXPECT_EQ(fetch().problem, Problem::kVersion);
}

TEST_F(ReleaseFetch, A33_bundle_with_another_state_hash_than_signed) {
  publish(4, write_bundle(4, kLines));
  auto& file = hq.targets.files.begin()->second;
  file.custom = release_custom(4, sha256("other"), 0);
  hq.publish();
  lane.refresh();
  EXPECT_EQ(fetch().problem, Problem::kStateHash);
}

TEST_F(ReleaseFetch, NothingReachesTheSinkBeforeTheHashIsRight) {
  publish(3, write_bundle(3, kLines));
  for (auto& [path, bytes] : hq.files) {
    if (path.starts_with("v1/targets/")) bytes.back() = static_cast<char>(bytes.back() ^ 1);
  }
  EXPECT_EQ(fetch().problem, Problem::kHash);
  EXPECT_TRUE(sink.lines.empty());
}

TEST_F(ReleaseFetch, DamagedBundleThatWasSignedIsRefused) {
  publish(3, "<html>");
  EXPECT_EQ(fetch().problem, Problem::kBundle);
}

TEST_F(ReleaseFetch, A28_no_room_for_the_download) {
  publish(3, write_bundle(3, kLines));
  release = newest_release(*lane.client.targets());
  EXPECT_EQ(fetch_release(lane.client, *release, "/nowhere/part", sink).problem, Problem::kStorage);
  if (std::filesystem::exists("/dev/full")) {
    const std::filesystem::path full = part.string() + "_full";
    std::filesystem::create_symlink("/dev/full", full);
    EXPECT_EQ(fetch_release(lane.client, *release, full, sink).problem, Problem::kStorage);
  }
}

TEST_F(ReleaseFetch, AbsurdlyLongBundleIsNotEvenAskedFor) {
  publish(3, write_bundle(3, kLines));
  release = newest_release(*lane.client.targets());
  release->file.length = limits::kBundleWireBytes + 1;
  hq.requests.clear();
  EXPECT_EQ(fetch_release(lane.client, *release, part, sink).problem, Problem::kTooLarge);
  EXPECT_TRUE(hq.requests.empty());
}

}  // namespace
}  // namespace xsell::sync
