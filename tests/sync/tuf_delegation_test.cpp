#include "sync/tuf_delegation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/limits.h"
#include "sync/tuf_signing.h"
#include "tests/sync/tuf_publisher.h"

namespace xsell::sync::tuf {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(TufPattern, MatchesAsAShellDoes) {
  EXPECT_TRUE(matches_pattern("targets/*.tgz", "targets/foo.tgz"));
  EXPECT_FALSE(matches_pattern("targets/*.tgz", "targets/foo.txt"));
  EXPECT_FALSE(matches_pattern("*.tgz", "targets/foo.tgz"));
  EXPECT_TRUE(matches_pattern("foo-version-?.tgz", "foo-version-a.tgz"));
  EXPECT_FALSE(matches_pattern("foo-version-?.tgz", "foo-version-alpha.tgz"));
  EXPECT_TRUE(matches_pattern("*", ""));
  EXPECT_TRUE(matches_pattern("", ""));
  EXPECT_FALSE(matches_pattern("", "a"));
  EXPECT_FALSE(matches_pattern("a", ""));
  EXPECT_FALSE(matches_pattern("?", "/"));
  EXPECT_TRUE(matches_pattern("*/*", "a/b"));
  EXPECT_FALSE(matches_pattern("*/*", "a/b/c"));
  EXPECT_TRUE(matches_pattern("a*b*c", "a-b-b-c"));
  EXPECT_FALSE(matches_pattern("a*b*c", "a-b-b-d"));
  EXPECT_FALSE(matches_pattern("README.md", "readme.md"));
}

TEST(TufPattern, KnowsBrackets) {
  EXPECT_TRUE(matches_pattern("v[0-9].zst", "v7.zst"));
  EXPECT_FALSE(matches_pattern("v[0-9].zst", "vx.zst"));
  EXPECT_TRUE(matches_pattern("v[!0-9].zst", "vx.zst"));
  EXPECT_FALSE(matches_pattern("a[!b]c", "a/c"));
  EXPECT_FALSE(matches_pattern("a[.-0]c", "a/c"));
  EXPECT_TRUE(matches_pattern("[]a]", "]"));
  EXPECT_TRUE(matches_pattern("[a-]", "-"));
  EXPECT_TRUE(matches_pattern("a[b", "a[b"));
  EXPECT_TRUE(matches_pattern("*[ab]*", "xxbxx"));
}

TEST(TufPattern, ManyStarsTakeNoTime) {
  std::string pattern;
  for (int i = 0; i < 2000; ++i) pattern += "a*";
  EXPECT_FALSE(matches_pattern(pattern + 'b', std::string(20000, 'a')));
}

TEST(TufDelegation, CoversByTheHashOfTheName) {
  Delegation delegation;
  const std::string digest = sha256_hex("rules-1.bundle.zst");
  delegation.path_hash_prefixes = {"zz", digest.substr(0, 2)};
  EXPECT_TRUE(delegation.covers("rules-1.bundle.zst"));
  delegation.path_hash_prefixes = {digest + "0"};
  EXPECT_FALSE(delegation.covers("rules-1.bundle.zst"));
  EXPECT_FALSE(Delegation().covers("rules-1.bundle.zst"));
}

// Delegations are given as "parent>child:pattern", with '!' behind a terminating one.
class TufSearch : public testing::Test {
 protected:
  TufSearch() : lane(hq) {}

  void delegate(const std::string& parent, const std::string& child, const std::string& pattern,
                bool is_terminating = false) {
    if (!hq.keys.contains(child)) hq.keys[child].push_back(SigningKey::generate());
    Delegation delegation{.role = child,
                          .signers = role_keys(hq.keys[child], 1),
                          .paths = {pattern},
                          .path_hash_prefixes = {},
                          .is_terminating = is_terminating};
    hq.delegations_of(parent).push_back(std::move(delegation));
    hq.delegated[child];
  }

  void publish() {
    hq.publish_delegated();
    hq.publish();
    ASSERT_FALSE(lane.refresh().failure.failed());
    hq.requests.clear();
  }

  // The problem's name, or "found".
  std::string find(const std::string& name) {
    const Failure failure = lane.client.find_target(name, kNow_s, found);
    return failure.failed() ? std::string(failure.name()) : "found";
  }

  std::vector<std::string> asked_roles() const {
    std::vector<std::string> roles;
    for (const std::string& path : hq.requests) {
      const size_t from = path.find('.') + 1;
      roles.push_back(path.substr(from, path.rfind('.') - from));
    }
    return roles;
  }

  Publisher hq;
  Lane lane;
  TargetFile found;
};

TEST_F(TufSearch, GoesDeepFirstInTheOrderWritten) {
  delegate("targets", "A", "*");
  delegate("targets", "B", "*");
  delegate("A", "C", "*");
  delegate("A", "D", "*");
  publish();
  EXPECT_EQ(find("missing"), "not_found");
  EXPECT_THAT(asked_roles(), ElementsAre("A", "C", "D", "B"));
}

TEST_F(TufSearch, EndsBehindATerminatingDelegationAndItsDescendants) {
  delegate("targets", "A", "*");
  delegate("targets", "B", "*");
  delegate("A", "C", "*", true);
  delegate("A", "D", "*");
  delegate("C", "E", "*");
  publish();
  EXPECT_EQ(find("missing"), "not_found");
  EXPECT_THAT(asked_roles(), ElementsAre("A", "C", "E"));
}

TEST_F(TufSearch, CirclesEnd) {
  delegate("targets", "A", "*");
  delegate("A", "B", "*");
  delegate("B", "A", "*");
  publish();
  EXPECT_EQ(find("missing"), "not_found");
  EXPECT_THAT(asked_roles(), ElementsAre("A", "B"));
}

TEST_F(TufSearch, LooksIntoSoManyRolesOnly) {
  for (size_t i = 0; i < limits::kDelegationsPerSearch + 8; ++i) {
    delegate("targets", "role" + std::to_string(i), "*");
  }
  publish();
  EXPECT_EQ(find("missing"), "not_found");
  EXPECT_EQ(hq.requests.size(), limits::kDelegationsPerSearch);
}

TEST_F(TufSearch, EveryRoleOfTheChainMustCoverTheName) {
  delegate("targets", "A", "team-a/*");
  delegate("A", "B", "*");
  hq.delegated["B"].files["other"] = {.name = "other", .length = 1, .hashes = {}, .custom = {}};
  hq.delegated["A"].files["other"] = hq.delegated["B"].files["other"];
  publish();
  EXPECT_EQ(find("other"), "not_found");
  EXPECT_THAT(hq.requests, IsEmpty());
}

TEST_F(TufSearch, FindsAndDownloadsWhatADelegatedRoleDescribes) {
  delegate("targets", "A", "team/*.txt");
  hq.add_target("team/a.txt", "hello");
  hq.delegated["A"].files = std::move(hq.targets.files);
  hq.targets.files.clear();
  hq.files["v1/targets/team/" + sha256_hex("hello") + ".a.txt"] = "hello";
  publish();
  ASSERT_EQ(find("team/a.txt"), "found");
  struct : ByteSink {
    bool write(std::string_view bytes) override { return body.append(bytes), true; }
    std::string body;
  } sink;
  EXPECT_FALSE(lane.client.download(found, sink).failed());
  EXPECT_EQ(sink.body, "hello");
}

TEST_F(TufSearch, TrustedDelegatedMetadataIsNotFetchedAgain) {
  delegate("targets", "A", "*");
  publish();
  find("missing");
  hq.requests.clear();
  Client restarted(lane.store, hq);
  ASSERT_FALSE(restarted.refresh(kNow_s).failure.failed());
  EXPECT_EQ(restarted.find_target("missing", kNow_s, found).problem, Problem::kNotFound);
  EXPECT_THAT(hq.requests, ElementsAre("v1/tuf/2.root.json", "v1/tuf/timestamp.json"));
}

TEST_F(TufSearch, ARoleIsTrustedOnlyUnderTheKeysOfThePathThatLedToIt) {
  delegate("targets", "A", "a/*");
  delegate("targets", "B", "b/*");
  delegate("A", "shared", "a/*");
  delegate("B", "shared", "b/*");
  std::vector<SigningKey> others;
  others.push_back(SigningKey::generate());
  hq.delegations_of("B").back().signers = role_keys(others, 1);
  for (const char* name : {"a/x", "b/x"}) {
    hq.delegated["shared"].files[name] = {.name = name, .length = 1, .hashes = {}, .custom = {}};
  }
  publish();
  EXPECT_EQ(find("a/x"), "found");
  EXPECT_EQ(find("b/x"), "signature");
}

TEST_F(TufSearch, ARoleThatTheSnapshotDoesNotListIsNotAskedFor) {
  delegate("targets", "A", "*");
  hq.publish_delegated();
  hq.snapshot.meta.erase("A.json");
  hq.publish();
  ASSERT_FALSE(lane.refresh().failure.failed());
  hq.requests.clear();
  EXPECT_EQ(find("missing"), "not_found");
  EXPECT_THAT(hq.requests, IsEmpty());
}

TEST_F(TufSearch, A08_expired_delegated_role) {
  delegate("targets", "A", "*");
  hq.delegated["A"].expires_s = kNow_s - 1;
  publish();
  EXPECT_EQ(find("missing"), "expired");
  EXPECT_FALSE(lane.store.documents.contains("A"));
}

TEST_F(TufSearch, A09_delegated_document_of_another_release) {
  delegate("targets", "A", "*");
  publish();
  const std::string old = hq.file("1.A.json");
  publish();
  hq.files["v1/tuf/2.A.json"] = old;
  EXPECT_EQ(find("missing"), "hash");
  hq.snapshot.meta["A.json"].hashes.reset();
  hq.publish();
  ASSERT_FALSE(lane.refresh().failure.failed());
  EXPECT_EQ(find("missing"), "version");
}

TEST_F(TufSearch, A46_path_tricks_in_role_names) {
  for (const char* role : {"../x", "/etc/passwd", "?", "#", "a b", "..", "x\ny", "\xc3\xa9"}) {
    delegate("targets", role, "*");
  }
  publish();
  EXPECT_EQ(find("missing"), "not_found");
  EXPECT_THAT(hq.requests,
              ElementsAre("v1/tuf/1...%2Fx.json", "v1/tuf/1.%2Fetc%2Fpasswd.json",
                          "v1/tuf/1.%3F.json", "v1/tuf/1.%23.json", "v1/tuf/1.a%20b.json",
                          "v1/tuf/1....json", "v1/tuf/1.x%0Ay.json", "v1/tuf/1.%C3%A9.json"));
}

TEST_F(TufSearch, TopLevelRolesCannotBeDelegated) {
  for (const char* role : {"root", "timestamp", "snapshot", "targets", ""}) {
    Targets targets;
    targets.version = 1;
    targets.delegations.push_back(Delegation{.role = role,
                                             .signers = {},
                                             .paths = {"*"},
                                             .path_hash_prefixes = {},
                                             .is_terminating = false});
    EXPECT_THROW(parse_targets(sign_document(targets, {})), Error) << role;
  }
}

TEST_F(TufSearch, NeedsTrustedTargets) {
  Publisher other;
  Lane fresh(other);
  EXPECT_EQ(fresh.client.find_target("x", kNow_s, found).problem, Problem::kNoTrust);
}

}  // namespace
}  // namespace xsell::sync::tuf
