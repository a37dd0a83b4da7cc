// The rows of the fault and attack matrix about top-level metadata. After each attack the lane
// trusts what it trusted before, names the problem, and the next honest cycle succeeds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/limits.h"
#include "sync/tuf_signing.h"
#include "tests/sync/tuf_publisher.h"

namespace xsell::sync::tuf {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class TufAttack : public testing::Test {
 protected:
  TufAttack() : lane(hq) { EXPECT_FALSE(lane.refresh().failure.failed()); }

  // Refreshes and expects to be refused with the problem, trust as it was.
  std::string refused(Problem problem) {
    const auto before = lane.store.documents;
    const RefreshReport report = lane.refresh();
    EXPECT_EQ(name_of(report.failure.problem), name_of(problem)) << report.failure.detail;
    EXPECT_EQ(lane.store.documents, before);
    return report.failure.detail;
  }

  // The same for an attack that comes after honest documents of other roles, which may be taken.
  std::string refused_keeping(Problem problem, std::vector<std::string> kept_roles) {
    const auto before = lane.store.documents;
    const RefreshReport report = lane.refresh();
    EXPECT_EQ(name_of(report.failure.problem), name_of(problem)) << report.failure.detail;
    for (const auto& role : kept_roles) {
      EXPECT_EQ(lane.store.documents.at(role), before.at(role)) << role;
    }
    return report.failure.detail;
  }

  void recovers() {
    hq.failures.clear();
    hq.publish();
    const RefreshReport report = lane.refresh();
    EXPECT_FALSE(report.failure.failed()) << report.failure.name() << ": " << report.failure.detail;
    EXPECT_EQ(lane.client.targets()->version, hq.targets.version);
  }

  Publisher hq;
  Lane lane;
};

TEST_F(TufAttack, A01_timestamp_signed_by_an_unknown_key) {
  std::swap(hq.keys["timestamp"], hq.keys["stolen"]);
  hq.keys["timestamp"].push_back(SigningKey::generate());
  hq.publish();
  refused(Problem::kSignature);
  std::swap(hq.keys["timestamp"], hq.keys["stolen"]);
  recovers();
}

TEST_F(TufAttack, A01_timestamp_changed_after_signing) {
  hq.publish();
  std::string& bytes = hq.files["v1/tuf/timestamp.json"];
  const size_t at = bytes.find("\"version\":2");
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at, 11, "\"version\":3");
  refused(Problem::kSignature);
  recovers();
}

TEST_F(TufAttack, A02_one_key_signs_twice_for_a_threshold_of_two) {
  hq.root.timestamp.threshold = 2;
  hq.rotate("timestamp", 2);
  hq.publish_root();
  hq.publish();
  ASSERT_FALSE(lane.refresh().failure.failed());

  auto second = std::move(hq.keys["timestamp"].back());
  hq.keys["timestamp"].pop_back();
  hq.publish();
  refused(Problem::kSignature);

  // The same signature listed twice.
  std::string& bytes = hq.files["v1/tuf/timestamp.json"];
  const size_t from = bytes.find("[{") + 1;
  const std::string signature = bytes.substr(from, bytes.find("}]") + 1 - from);
  bytes.insert(from, signature + ',');
  refused(Problem::kFormat);

  hq.keys["timestamp"].push_back(std::move(second));
  recovers();
}

TEST_F(TufAttack, A02_one_key_under_two_identifiers) {
  Metadata document;
  document.signed_bytes = "{}";
  const SigningKey key = SigningKey::generate();
  const Signature signature = key.sign(document.signed_bytes);
  const std::string raw(signature.begin(), signature.end());
  document.signatures = {{"one", raw}, {"two", raw}};
  const RoleKeys signers{.keys = {{"one", key.public_key()}, {"two", key.public_key()}},
                         .key_ids = {"one", "two"},
                         .threshold = 2};
  EXPECT_THROW(require_signatures(document, signers, "a role"), Error);
}

TEST_F(TufAttack, A02_a_role_that_lists_a_key_twice) {
  hq.rotate("snapshot");
  ++hq.root.version;
  hq.root.snapshot = role_keys(hq.keys["snapshot"], 1);
  hq.put_root();
  std::string& bytes = hq.files["v1/tuf/2.root.json"];
  const std::string id = '"' + hq.keys["snapshot"][0].public_key().key_id() + '"';
  bytes.replace(bytes.find('[' + id + ']'), id.size() + 2, '[' + id + ',' + id + ']');
  refused(Problem::kFormat);
}

TEST_F(TufAttack, A03_older_validly_signed_timestamp) {
  const std::string old_timestamp = hq.file("timestamp.json");
  hq.publish();
  ASSERT_FALSE(lane.refresh().failure.failed());
  hq.files["v1/tuf/timestamp.json"] = old_timestamp;
  EXPECT_THAT(refused(Problem::kRollback), HasSubstr("version 1 is older"));
  recovers();
}

TEST_F(TufAttack, A03_older_timestamp_after_a_restart) {
  const std::string old_timestamp = hq.file("timestamp.json");
  hq.publish();
  ASSERT_FALSE(lane.refresh().failure.failed());
  hq.files["v1/tuf/timestamp.json"] = old_timestamp;
  Client restarted(lane.store, hq);
  EXPECT_EQ(restarted.refresh(kNow_s).failure.problem, Problem::kRollback);
}

TEST_F(TufAttack, A04_new_timestamp_names_an_older_snapshot) {
  const MetaFile old_snapshot = hq.timestamp.snapshot;
  hq.publish();
  ASSERT_FALSE(lane.refresh().failure.failed());
  ++hq.timestamp.version;
  hq.timestamp.snapshot = old_snapshot;
  hq.put_timestamp();
  refused(Problem::kRollback);
  recovers();
}

TEST_F(TufAttack, A04_new_snapshot_names_older_targets) {
  const MetaFile old_targets = hq.snapshot.meta["targets.json"];
  hq.publish();
  ASSERT_FALSE(lane.refresh().failure.failed());
  ++hq.snapshot.version;
  hq.snapshot.meta["targets.json"] = old_targets;
  hq.put_snapshot();
  ++hq.timestamp.version;
  hq.timestamp.snapshot = {.version = hq.snapshot.version};
  hq.put_timestamp();
  refused_keeping(Problem::kRollback, {"root", "snapshot", "targets"});
  recovers();
}

TEST_F(TufAttack, A05_snapshot_drops_a_role) {
  hq.snapshot.meta["control.json"] = {.version = 1};
  hq.publish();
  ASSERT_FALSE(lane.refresh().failure.failed());
  hq.snapshot.meta.erase("control.json");
  hq.publish();
  EXPECT_THAT(refused_keeping(Problem::kRoleRemoved, {"root", "snapshot", "targets"}),
              HasSubstr("control.json"));
  hq.snapshot.meta["control.json"] = {.version = 1};
  recovers();
}

TEST_F(TufAttack, A06_same_timestamp_version_with_other_content) {
  const std::string trusted = hq.file("timestamp.json");
  hq.timestamp.snapshot.version = 100;
  hq.put_timestamp();
  const RefreshReport report = lane.refresh();
  EXPECT_FALSE(report.failure.failed());
  EXPECT_EQ(lane.store.documents.at("timestamp"), trusted);
  ASSERT_EQ(report.notices.size(), 1U);
  EXPECT_THAT(report.notices[0], HasSubstr(sha256_hex(trusted)));
  EXPECT_THAT(report.notices[0], HasSubstr(sha256_hex(hq.file("timestamp.json"))));
}

TEST_F(TufAttack, A07_frozen_head_is_good_until_it_expires) {
  EXPECT_FALSE(lane.refresh(hq.timestamp.expires_s - 1).failure.failed());
  const RefreshReport report = lane.refresh(hq.timestamp.expires_s);
  EXPECT_EQ(report.failure.problem, Problem::kExpired);
  EXPECT_THAT(lane.trusted(), ElementsAre(1, 1, 1, 1));
  EXPECT_NE(lane.client.targets(), nullptr);
}

TEST_F(TufAttack, A08_expired_timestamp) {
  hq.timestamp.expires_s = kNow_s;
  hq.publish();
  refused(Problem::kExpired);
  hq.timestamp.expires_s = kNow_s + kDay_s;
  recovers();
}

TEST_F(TufAttack, A08_expired_snapshot) {
  hq.snapshot.expires_s = kNow_s - 1;
  hq.publish();
  refused_keeping(Problem::kExpired, {"root", "snapshot", "targets"});
  hq.snapshot.expires_s = kNow_s + kDay_s;
  recovers();
}

TEST_F(TufAttack, A08_expired_targets) {
  hq.targets.expires_s = kNow_s - 1;
  hq.publish();
  refused_keeping(Problem::kExpired, {"root", "targets"});
  hq.targets.expires_s = kNow_s + kDay_s;
  recovers();
}

TEST_F(TufAttack, A08_expired_root_advances_the_chain_but_nothing_else) {
  hq.root.expires_s = kNow_s - 1;
  hq.publish_root();
  hq.publish();
  const RefreshReport report = lane.refresh();
  EXPECT_EQ(report.failure.problem, Problem::kExpired);
  EXPECT_THAT(lane.trusted(), ElementsAre(2, 1, 1, 1));
  hq.root.expires_s = kNow_s + kDay_s;
  hq.publish_root();
  recovers();
}

TEST_F(TufAttack, A08_expired_intermediate_root_is_no_obstacle) {
  hq.root.expires_s = kNow_s - 1;
  hq.publish_root();
  hq.root.expires_s = kNow_s + kDay_s;
  hq.publish_root();
  EXPECT_FALSE(lane.refresh().failure.failed());
  EXPECT_THAT(lane.trusted(), ElementsAre(3, 1, 1, 1));
}

TEST_F(TufAttack, A09_snapshot_with_targets_of_another_release) {
  hq.publish();
  const std::string old_targets = hq.file("2.targets.json");
  hq.publish();
  hq.files["v1/tuf/3.targets.json"] = old_targets;
  refused_keeping(Problem::kHash, {"targets"});
  recovers();
}

TEST_F(TufAttack, A09_snapshot_of_another_release_without_hashes) {
  const std::string old_snapshot = hq.file("1.snapshot.json");
  hq.publish();
  hq.timestamp.snapshot = {.version = 2};
  ++hq.timestamp.version;
  hq.put_timestamp();
  hq.files["v1/tuf/2.snapshot.json"] = old_snapshot;
  refused_keeping(Problem::kVersion, {"snapshot", "targets"});
  recovers();
}

TEST_F(TufAttack, A09_document_of_another_role_in_place) {
  hq.publish();
  hq.files["v1/tuf/timestamp.json"] = hq.file("2.snapshot.json");
  refused(Problem::kFormat);
  recovers();
}

TEST_F(TufAttack, A10_fast_forward_of_timestamp_and_snapshot_ends_with_new_keys) {
  hq.timestamp.version = hq.snapshot.version = hq.targets.version = limits::kMaxVersion - 1;
  hq.publish();
  ASSERT_FALSE(lane.refresh().failure.failed());
  ASSERT_THAT(lane.trusted(),
              ElementsAre(1, limits::kMaxVersion, limits::kMaxVersion, limits::kMaxVersion));

  hq.timestamp.version = hq.snapshot.version = hq.targets.version = 5;
  hq.publish();
  EXPECT_EQ(lane.refresh().failure.problem, Problem::kRollback);

  hq.rotate("timestamp");
  hq.rotate("snapshot");
  hq.publish_root();
  hq.publish();
  const RefreshReport report = lane.refresh();
  EXPECT_FALSE(report.failure.failed()) << report.failure.detail;
  EXPECT_THAT(lane.trusted(), ElementsAre(2, 7, 7, 7));
}

TEST_F(TufAttack, A10_rotation_is_not_lost_when_the_cycle_ends_behind_it) {
  hq.timestamp.version = limits::kMaxVersion - 1;
  hq.publish();
  ASSERT_FALSE(lane.refresh().failure.failed());
  hq.timestamp.version = 5;
  hq.rotate("timestamp");
  hq.root.expires_s = kNow_s - 1;
  hq.publish_root();
  hq.publish();
  ASSERT_EQ(lane.refresh().failure.problem, Problem::kExpired);
  hq.root.expires_s = kNow_s + kDay_s;
  hq.publish_root();
  EXPECT_FALSE(lane.refresh().failure.failed());
}

TEST_F(TufAttack, A10_an_added_key_forgets_nothing) {
  hq.keys["timestamp"].push_back(SigningKey::generate());
  const std::string old_timestamp = hq.file("timestamp.json");
  hq.publish();
  ASSERT_FALSE(lane.refresh().failure.failed());
  hq.publish_root();
  hq.files["v1/tuf/timestamp.json"] = old_timestamp;
  EXPECT_EQ(lane.refresh().failure.problem, Problem::kRollback);
}

TEST_F(TufAttack, A11_root_with_a_version_missing) {
  hq.root.version = 2;
  hq.publish_root();
  hq.files["v1/tuf/2.root.json"] = hq.file("3.root.json");
  refused(Problem::kRollback);
}

TEST_F(TufAttack, A11_root_signed_by_new_keys_only) {
  hq.keys["root"].clear();
  hq.keys["root"].push_back(SigningKey::generate());
  hq.publish_root();
  refused(Problem::kSignature);
}

TEST_F(TufAttack, A11_root_signed_by_old_keys_only) {
  auto old_keys = std::move(hq.keys["root"]);
  hq.keys["root"].clear();
  hq.keys["root"].push_back(SigningKey::generate());
  ++hq.root.version;
  hq.root.root = role_keys(hq.keys["root"], 1);
  hq.keys["root"] = std::move(old_keys);
  hq.put_root();
  refused(Problem::kSignature);
}

TEST_F(TufAttack, A11_three_hundred_roots_in_a_row) {
  for (int i = 0; i < 300; ++i) hq.publish_root();
  hq.publish();
  const RefreshReport first = lane.refresh();
  EXPECT_FALSE(first.failure.failed());
  EXPECT_TRUE(first.has_more_roots);
  EXPECT_THAT(lane.trusted(), ElementsAre(1 + limits::kRootsPerCycle, 1, 1, 1));
  const RefreshReport second = lane.refresh();
  EXPECT_FALSE(second.failure.failed());
  EXPECT_FALSE(second.has_more_roots);
  EXPECT_THAT(lane.trusted(), ElementsAre(301, 2, 2, 2));
}

TEST_F(TufAttack, A12_three_years_away_with_every_key_changed_twelve_times) {
  for (int i = 0; i < 12; ++i) {
    for (const char* role : {"root", "timestamp", "snapshot", "targets"}) hq.rotate(role);
    hq.publish_root();
    hq.publish();
  }
  const int64_t now_s = kNow_s + 3 * 365 * kDay_s;
  hq.root.expires_s = hq.targets.expires_s = hq.snapshot.expires_s = hq.timestamp.expires_s =
      now_s + kDay_s;
  hq.publish_root();
  hq.publish();
  const RefreshReport report = lane.refresh(now_s);
  EXPECT_FALSE(report.failure.failed()) << report.failure.detail;
  EXPECT_THAT(lane.trusted(), ElementsAre(14, 14, 14, 14));
}

TEST_F(TufAttack, A13_stolen_online_keys_bring_no_new_targets) {
  hq.rotate("targets");  // the thief has timestamp and snapshot, and his own targets key
  hq.add_target("rules-9.bundle.zst", "evil");
  hq.publish();
  refused_keeping(Problem::kSignature, {"root", "targets"});
}

TEST_F(TufAttack, A14_one_of_two_targets_keys_stolen) {
  hq.root.targets.threshold = 2;
  hq.rotate("targets", 3);
  hq.publish_root();
  hq.publish();
  ASSERT_FALSE(lane.refresh().failure.failed());
  hq.keys["targets"].erase(hq.keys["targets"].begin() + 1, hq.keys["targets"].end());
  hq.add_target("rules-9.bundle.zst", "evil");
  hq.publish();
  EXPECT_THAT(refused_keeping(Problem::kSignature, {"root", "targets"}),
              HasSubstr("1 of 2 valid signatures"));
}

TEST_F(TufAttack, A16_documents_over_their_caps) {
  hq.publish();
  hq.files["v1/tuf/timestamp.json"].append(limits::kTimestampBytes, ' ');
  refused(Problem::kTooLarge);
  hq.publish();
  hq.files["v1/tuf/" + std::to_string(hq.snapshot.version) + ".snapshot.json"] += ' ';
  refused_keeping(Problem::kTooLarge, {"snapshot", "targets"});
  hq.files["v1/tuf/2.root.json"] = std::string(limits::kRootBytes + 1, ' ');
  refused(Problem::kTooLarge);
  hq.files.erase("v1/tuf/2.root.json");
  recovers();
}

TEST_F(TufAttack, A17_metadata_as_deep_or_doubled_as_can_be) {
  hq.files["v1/tuf/timestamp.json"] = std::string(8000, '[') + std::string(8000, ']');
  refused(Problem::kFormat);
  hq.files["v1/tuf/timestamp.json"] = R"({"signed":{},"signed":{},"signatures":[]})";
  refused(Problem::kFormat);
  recovers();
}

TEST_F(TufAttack, A19_refresh_goes_on_where_the_network_failed) {
  hq.publish();
  hq.failures["v1/tuf/2.targets.json"] = {Problem::kTransport, NetError::kClosed, "cut"};
  const RefreshReport report = lane.refresh();
  EXPECT_EQ(report.failure.name(), "closed");
  EXPECT_THAT(lane.trusted(), ElementsAre(1, 2, 2, 1));
  hq.failures.clear();
  hq.requests.clear();
  EXPECT_FALSE(lane.refresh().failure.failed());
  EXPECT_THAT(hq.requests,
              ElementsAre("v1/tuf/2.root.json", "v1/tuf/timestamp.json", "v1/tuf/2.targets.json"));
}

TEST_F(TufAttack, A28_full_disk_keeps_the_old_trust) {
  hq.publish();
  lane.store.is_full = true;
  refused(Problem::kStorage);
  lane.store.is_full = false;
  EXPECT_FALSE(lane.refresh().failure.failed());
}

TEST_F(TufAttack, A29_damaged_stored_metadata_is_fetched_again) {
  lane.store.documents["timestamp"][20] ^= 1;
  lane.store.documents["snapshot"].clear();
  lane.store.documents["targets"] = "{";
  EXPECT_FALSE(lane.refresh().failure.failed());
  EXPECT_THAT(lane.trusted(), ElementsAre(1, 1, 1, 1));
}

TEST_F(TufAttack, A29_damaged_stored_root_is_never_used) {
  std::string& root = lane.store.documents["root"];
  root.replace(root.find("\"version\":1"), 11, "\"version\":2");
  hq.requests.clear();
  EXPECT_EQ(lane.refresh().failure.problem, Problem::kSignature);
  EXPECT_TRUE(hq.requests.empty());
}

}  // namespace
}  // namespace xsell::sync::tuf
