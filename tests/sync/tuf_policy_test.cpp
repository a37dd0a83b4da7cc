#include "sync/tuf_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/tuf_signing.h"
#include "tests/sync/tuf_publisher.h"

namespace xsell::sync::tuf {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class TufPolicy : public testing::Test {
 protected:
  TufPolicy() : lane(hq) {
    follow_policies(lane.client);
    hq.keys["control"].push_back(SigningKey::generate());
    hq.keys["rollout"].push_back(SigningKey::generate());
    delegate();
    hq.publish();
  }

  void delegate() {
    hq.targets.delegations.clear();
    for (const PolicyRole role : kPolicyRoles) {
      hq.targets.delegations.push_back(
          policy_delegation(role, role_keys(hq.keys[name_of(role)], 1)));
    }
  }

  void put(PolicyRole role, const std::string& json) {
    const TargetFile file = policy_target(role, json);
    hq.delegated[name_of(role)].files = {{file.name, file}};
    hq.publish_delegated();
    hq.publish();
  }

  std::string policy(PolicyRole role = PolicyRole::kControl) const {
    const auto found = trusted_policy(lane.client, role);
    return found ? found->json : "none";
  }

  Publisher hq;
  Lane lane;
};

TEST_F(TufPolicy, ThereIsNoneUntilOneIsPublished) {
  EXPECT_FALSE(lane.refresh().failure.failed());
  EXPECT_EQ(policy(), "none");
}

TEST_F(TufPolicy, ARefreshBringsEachAndTellsWhatChanged) {
  put(PolicyRole::kControl, R"({"off":true})");
  RefreshReport report = lane.refresh();
  EXPECT_FALSE(report.failure.failed()) << report.failure.detail;
  EXPECT_THAT(report.changed_roles, ElementsAre("control"));
  EXPECT_EQ(policy(), R"({"off":true})");
  EXPECT_EQ(policy(PolicyRole::kRollout), "none");

  put(PolicyRole::kRollout, R"({"ring":2,"note":"a\nb"})");
  report = lane.refresh();
  EXPECT_EQ(policy(PolicyRole::kRollout), R"({"note":"a\nb","ring":2})");
  EXPECT_THAT(lane.refresh().changed_roles, IsEmpty());
}

TEST_F(TufPolicy, IsThereAfterARestartWithoutTheNetworkAndAfterItExpired) {
  put(PolicyRole::kControl, R"({"off":true})");
  lane.refresh();
  hq.requests.clear();
  Client offline(lane.store, hq);
  follow_policies(offline);
  EXPECT_FALSE(offline.load().failed());
  ASSERT_TRUE(trusted_policy(offline, PolicyRole::kControl));
  EXPECT_EQ(trusted_policy(offline, PolicyRole::kControl)->expires_s,
            hq.delegated["control"].expires_s);
  EXPECT_THAT(hq.requests, IsEmpty());

  hq.timestamp.expires_s = hq.snapshot.expires_s = hq.targets.expires_s = hq.root.expires_s =
      kNow_s + 999 * kDay_s;
  hq.publish_root();
  hq.publish();
  const RefreshReport report = lane.refresh(kNow_s + 30 * kDay_s);
  EXPECT_FALSE(report.failure.failed()) << report.failure.detail;
  ASSERT_EQ(report.role_failures.size(), 1U);
  EXPECT_EQ(report.role_failures[0].failure.problem, Problem::kExpired);
  EXPECT_EQ(policy(), R"({"off":true})");
}

TEST_F(TufPolicy, ComesThroughWhenTargetsHasExpired) {
  ASSERT_FALSE(lane.refresh().failure.failed());
  put(PolicyRole::kControl, R"({"off":true})");
  hq.delegated["control"].expires_s = hq.timestamp.expires_s = hq.snapshot.expires_s =
      kNow_s + 200 * kDay_s;
  put(PolicyRole::kControl, R"({"off":true})");
  const RefreshReport report = lane.refresh(kNow_s + 100 * kDay_s);
  EXPECT_EQ(report.failure.problem, Problem::kExpired);
  EXPECT_EQ(policy(), R"({"off":true})");
}

TEST_F(TufPolicy, ABadOneStopsNoRelease) {
  put(PolicyRole::kControl, R"({"off":true})");
  ASSERT_FALSE(lane.refresh().failure.failed());
  std::swap(hq.keys["control"], hq.keys["stolen"]);
  hq.keys["control"].push_back(SigningKey::generate());
  put(PolicyRole::kControl, R"({"off":false})");
  const RefreshReport report = lane.refresh();
  EXPECT_FALSE(report.failure.failed());
  EXPECT_TRUE(report.has_new_targets);
  ASSERT_EQ(report.role_failures.size(), 1U);
  EXPECT_EQ(report.role_failures[0].role, "control");
  EXPECT_EQ(report.role_failures[0].failure.problem, Problem::kSignature);
  EXPECT_EQ(policy(), R"({"off":true})");
}

TEST_F(TufPolicy, GoesWhenItsKeyIsTakenAway) {
  put(PolicyRole::kControl, R"({"off":true})");
  ASSERT_FALSE(lane.refresh().failure.failed());
  hq.rotate("control");
  delegate();
  hq.publish();
  const RefreshReport report = lane.refresh();
  EXPECT_EQ(report.role_failures[0].failure.problem, Problem::kSignature);
  EXPECT_EQ(policy(), "none");
  put(PolicyRole::kControl, R"({"off":false})");
  EXPECT_THAT(lane.refresh().changed_roles, ElementsAre("control"));
  EXPECT_EQ(policy(), R"({"off":false})");
}

TEST_F(TufPolicy, A03_older_control_document) {
  put(PolicyRole::kControl, R"({"off":true})");
  put(PolicyRole::kControl, R"({"off":false})");
  ASSERT_FALSE(lane.refresh().failure.failed());
  hq.snapshot.meta["control.json"] = {.version = 1};
  hq.publish();
  EXPECT_EQ(lane.refresh().failure.problem, Problem::kRollback);
  EXPECT_EQ(policy(), R"({"off":false})");
}

TEST_F(TufPolicy, A05_snapshot_drops_the_control_role) {
  put(PolicyRole::kControl, R"({"off":true})");
  ASSERT_FALSE(lane.refresh().failure.failed());
  hq.snapshot.meta.erase("control.json");
  hq.publish();
  const RefreshReport report = lane.refresh();
  EXPECT_EQ(report.failure.problem, Problem::kRoleRemoved);
  EXPECT_THAT(report.failure.detail, HasSubstr("control.json"));
  EXPECT_EQ(policy(), R"({"off":true})");
}

TEST_F(TufPolicy, A06_one_control_version_with_two_contents) {
  put(PolicyRole::kControl, R"({"off":true})");
  ASSERT_FALSE(lane.refresh().failure.failed());
  const std::string trusted = hq.file("1.control.json");
  --hq.delegated["control"].version;
  put(PolicyRole::kControl, R"({"off":false})");
  const RefreshReport report = lane.refresh();
  EXPECT_EQ(report.failure.problem, Problem::kEquivocation);
  EXPECT_THAT(report.failure.detail, HasSubstr(sha256_hex(trusted)));
  EXPECT_THAT(report.failure.detail, HasSubstr(sha256_hex(hq.file("1.control.json"))));
  EXPECT_EQ(policy(), R"({"off":true})");
}

TEST_F(TufPolicy, A13_stolen_online_keys_cannot_change_the_kill_switch) {
  put(PolicyRole::kControl, R"({"off":true})");
  ASSERT_FALSE(lane.refresh().failure.failed());
  hq.rotate("control");  // the thief has timestamp, snapshot and rollout, and his own control key
  put(PolicyRole::kControl, R"({"off":false})");
  EXPECT_EQ(lane.refresh().role_failures[0].failure.problem, Problem::kSignature);
  EXPECT_EQ(policy(), R"({"off":true})");
}

TEST_F(TufPolicy, A15_a_stolen_control_key_vouches_for_its_own_document_only) {
  hq.add_target("rules-9.bundle.zst", "evil");
  TargetFile rules = hq.targets.files["rules-9.bundle.zst"];
  hq.targets.files.clear();
  put(PolicyRole::kControl, "{}");
  Targets& control = hq.delegated["control"];
  control.files[rules.name] = rules;
  const TargetFile rollout = policy_target(PolicyRole::kRollout, R"({"ring":4})");
  control.files[rollout.name] = rollout;
  control.delegations = {Delegation{.role = "rollout",
                                    .signers = role_keys(hq.keys["control"], 1),
                                    .paths = {"*"},
                                    .path_hash_prefixes = {},
                                    .is_terminating = false}};
  hq.publish_delegated();
  hq.publish();
  ASSERT_FALSE(lane.refresh().failure.failed());
  EXPECT_TRUE(lane.client.targets()->files.empty());
  EXPECT_EQ(policy(PolicyRole::kRollout), "none");
  TargetFile found;
  EXPECT_EQ(lane.client.find_target(rules.name, kNow_s, found).problem, Problem::kNotFound);
  EXPECT_EQ(lane.client.find_target(rollout.name, kNow_s, found).problem, Problem::kNotFound);
}

TEST_F(TufPolicy, MustBeAnObject) {
  EXPECT_THROW(policy_target(PolicyRole::kControl, "[]"), Error);
  EXPECT_THROW(policy_target(PolicyRole::kControl, "{\"a\":1.5}"), Error);
  EXPECT_THROW(policy_target(PolicyRole::kControl, "{"), Error);
}

}  // namespace
}  // namespace xsell::sync::tuf
