#include "sync/tuf_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sync/tuf_publisher.h"

namespace xsell::sync::tuf {
namespace {

using testing::ElementsAre;

struct Collector : ByteSink {
  bool write(std::string_view bytes) override {
    body.append(bytes);
    return true;
  }
  std::string body;
};

TEST(TufClient, FirstRefreshAsksForEachRoleOnceAndTrustsIt) {
  Publisher hq;
  Lane lane(hq);
  const RefreshReport report = lane.refresh();
  EXPECT_FALSE(report.failure.failed()) << report.failure.detail;
  EXPECT_TRUE(report.has_new_targets);
  EXPECT_THAT(hq.requests, ElementsAre("v1/tuf/2.root.json", "v1/tuf/timestamp.json",
                                       "v1/tuf/1.snapshot.json", "v1/tuf/1.targets.json"));
  EXPECT_EQ(lane.store.documents.at("targets"), hq.file("1.targets.json"));
}

TEST(TufClient, SecondRefreshWithNothingNewAsksForRootAndTimestampOnly) {
  Publisher hq;
  Lane lane(hq);
  lane.refresh();
  hq.requests.clear();
  const RefreshReport report = lane.refresh();
  EXPECT_FALSE(report.has_new_targets);
  EXPECT_THAT(hq.requests, ElementsAre("v1/tuf/2.root.json", "v1/tuf/timestamp.json"));
}

TEST(TufClient, ResignedTimestampNeedsNoOtherDocument) {
  Publisher hq;
  Lane lane(hq);
  lane.refresh();
  ++hq.timestamp.version;
  hq.put_timestamp();
  hq.requests.clear();
  EXPECT_FALSE(lane.refresh().failure.failed());
  EXPECT_EQ(hq.requests.size(), 2U);
  EXPECT_THAT(lane.trusted(), ElementsAre(1, 2, 1, 1));
}

TEST(TufClient, WithoutConsistentSnapshotsNamesCarryNoVersion) {
  Publisher hq;
  hq.root.has_consistent_snapshots = false;
  hq.root.version = 0;
  hq.publish_root();
  hq.files["v1/tuf/snapshot.json"] = hq.file("1.snapshot.json");
  hq.files["v1/tuf/targets.json"] = hq.file("1.targets.json");
  hq.files.erase("v1/tuf/1.snapshot.json");
  hq.files.erase("v1/tuf/1.targets.json");
  Lane lane(hq);
  EXPECT_FALSE(lane.refresh().failure.failed());
}

TEST(TufClient, NothingIsFetchedWithoutATrustedRoot) {
  Publisher hq;
  MemoryStore store;
  Client client(store, hq);
  EXPECT_EQ(client.refresh(kNow_s).failure.problem, Problem::kNoTrust);
  EXPECT_TRUE(hq.requests.empty());
}

TEST(TufClient, PinnedRootMustBeSignedByItsOwnKeysAndIsTakenOnce) {
  Publisher hq;
  MemoryStore store;
  Client client(store, hq);
  std::string changed = hq.file("1.root.json");
  changed.replace(changed.find("\"threshold\":1"), 13, "\"threshold\":2");
  EXPECT_EQ(client.pin_root(changed).problem, Problem::kSignature);
  EXPECT_FALSE(client.pin_root(hq.file("1.root.json")).failed());
  EXPECT_FALSE(client.pin_root("anything else").failed());
  EXPECT_EQ(store.documents.at("root"), hq.file("1.root.json"));
}

TEST(TufClient, LoadShowsWhatIsTrustedWithoutTheNetwork) {
  Publisher hq;
  Lane lane(hq);
  lane.refresh();
  hq.requests.clear();
  Client offline(lane.store, hq);
  EXPECT_EQ(offline.targets(), nullptr);
  EXPECT_FALSE(offline.load().failed());
  EXPECT_EQ(offline.targets()->version, 1U);
  EXPECT_TRUE(hq.requests.empty());
}

TEST(TufClient, AnInvalidSignatureBesidesEnoughValidOnesIsNoHarm) {
  Publisher hq;
  Lane lane(hq);
  lane.refresh();
  hq.keys["timestamp"].push_back(SigningKey::generate());
  hq.publish_root();
  hq.publish();
  std::string& bytes = hq.files["v1/tuf/timestamp.json"];
  const size_t at = bytes.find("\"sig\":\"") + 7;
  bytes.erase(at, 128);
  EXPECT_FALSE(lane.refresh().failure.failed());
}

TEST(TufClient, UnknownFieldsAreSignedAndPassedOver) {
  Publisher hq;
  const std::string text =
      R"({"signatures":[],"signed":{"_type":"timestamp","expires":"2030-01-01T00:00:00Z",)"
      R"("meta":{"snapshot.json":{"version":1}},"spec_version":"1.0.0","version":1,"x":{"y":[1]}}})";
  EXPECT_THAT(parse_timestamp(text).signed_bytes, testing::HasSubstr(R"("x":{"y":[1]})"));
}

TEST(TufClient, DownloadGivesTheSignedBytes) {
  Publisher hq;
  const std::string content(5000, 'x');
  hq.add_target("rules-1.bundle.zst", content);
  hq.add_target("path/to/file.txt", "below");
  hq.files["v1/targets/path/to/" + sha256_hex("below") + ".file.txt"] = "below";
  hq.publish();
  Lane lane(hq);
  lane.refresh();
  Collector first;
  Collector second;
  const auto& files = lane.client.targets()->files;
  EXPECT_FALSE(lane.client.download(files.at("rules-1.bundle.zst"), first).failed());
  EXPECT_EQ(first.body, content);
  EXPECT_FALSE(lane.client.download(files.at("path/to/file.txt"), second).failed());
  EXPECT_EQ(second.body, "below");
}

TEST(TufClient, A16_targets_that_are_longer_shorter_or_other_than_signed) {
  Publisher hq;
  hq.add_target("rules-1.bundle.zst", std::string(5000, 'x'));
  hq.publish();
  Lane lane(hq);
  lane.refresh();
  const TargetFile file = lane.client.targets()->files.begin()->second;
  std::string& served = hq.files["v1/targets/" + file.hashes.prefix() + ".rules-1.bundle.zst"];

  const auto download = [&] {
    Collector sink;
    const Failure failure = lane.client.download(file, sink);
    EXPECT_LE(sink.body.size(), file.length);
    return failure.problem;
  };
  served += 'x';
  EXPECT_EQ(download(), Problem::kLength);
  served.resize(4999);
  EXPECT_EQ(download(), Problem::kLength);
  served += 'y';
  EXPECT_EQ(download(), Problem::kHash);
  served.clear();
  EXPECT_EQ(download(), Problem::kLength);
}

}  // namespace
}  // namespace xsell::sync::tuf
