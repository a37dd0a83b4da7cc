#include "sync/tuf_draft.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/folder_fetcher.h"
#include "sync/tuf_repository.h"
#include "sync/tuf_signing.h"
#include "tests/sync/tuf_publisher.h"

namespace xsell::sync::tuf {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<SigningKey> new_keys(size_t count) {
  std::vector<SigningKey> keys;
  while (keys.size() < count) keys.push_back(SigningKey::generate());
  return keys;
}

// A repository with one key a role, and a lane that follows it.
class TufDraft : public testing::Test {
 protected:
  TufDraft()
      : folder(fs::temp_directory_path() /
               ("tuf_draft_" +
                std::string(testing::UnitTest::GetInstance()->current_test_info()->name()))),
        repository(folder, keys),
        fetcher(folder),
        lane(store, fetcher) {
    fs::remove_all(folder);
    for (auto* role : {&keys.root, &keys.targets, &keys.snapshot, &keys.timestamp, &keys.control,
                       &keys.rollout}) {
      *role = new_keys(1);
    }
    repository.create(kNow_s);
    follow_policies(lane);
    EXPECT_FALSE(lane.pin_root(repository.root_bytes()).failed());
  }
  ~TufDraft() override { fs::remove_all(folder); }

  std::string refresh() {
    const RefreshReport report = lane.refresh(kNow_s);
    if (!report.role_failures.empty()) return "role " + report.role_failures[0].role;
    return std::string(report.failure.name());
  }

  std::vector<std::string> missing(const Draft& draft) const {
    std::vector<std::string> result;
    for (const NeededSignatures& needed : needed_signatures(draft, repository.present())) {
      if (!needed.is_met()) {
        result.push_back(needed.role + ' ' + std::to_string(needed.count) + '/' +
                         std::to_string(needed.signers.threshold));
      }
    }
    return result;
  }

  // Puts two of three new keys in place of the targets key.
  std::vector<SigningKey> need_two_of_three() {
    std::vector<SigningKey> approvers = new_keys(3);
    Draft draft = repository.draft_keys("targets", role_keys(approvers, 2), kNow_s);
    repository.sign(draft);
    for (const SigningKey& key : approvers) sign_draft(draft, key, repository.present());
    repository.apply(draft, kNow_s);
    keys.targets.clear();
    return approvers;
  }

  const fs::path folder;
  RepositoryKeys keys;
  Repository repository;
  MemoryStore store;
  FolderFetcher fetcher;
  Client lane;
};

TEST_F(TufDraft, EveryRoleGetsNewKeysAndLanesFollow) {
  repository.put_policy(PolicyRole::kControl, R"({"off":true})", kNow_s);
  ASSERT_EQ(refresh(), "none");
  const std::pair<const char*, std::vector<SigningKey>*> roles[] = {
      {"timestamp", &keys.timestamp}, {"snapshot", &keys.snapshot}, {"control", &keys.control},
      {"rollout", &keys.rollout},     {"targets", &keys.targets},   {"root", &keys.root}};
  for (const auto& [role, own] : roles) {
    std::vector<SigningKey> next = new_keys(1);
    const std::string old_id = own->front().public_key().key_id();
    Draft draft = repository.draft_keys(role, role_keys(next, 1), kNow_s);
    own->push_back(std::move(next.front()));  // both are at hand until the change is in force
    repository.sign(draft);
    repository.apply(draft, kNow_s);
    own->erase(own->begin());
    EXPECT_EQ(refresh(), "none") << role;
    repository.resign(kNow_s);
    EXPECT_EQ(refresh(), "none") << role;
    EXPECT_EQ(trusted_policy(lane, PolicyRole::kControl)->json, R"({"off":true})") << role;
    EXPECT_NE(own->front().public_key().key_id(), old_id);
  }
  EXPECT_EQ(lane.root()->version, 5U);  // two of the six are delegated by targets
}

TEST_F(TufDraft, AThresholdOfTwoNeedsTwoApprovers) {
  const std::vector<SigningKey> approvers = need_two_of_three();
  ASSERT_EQ(refresh(), "none");
  const std::string bytes = "rules";
  Draft draft = repository.draft_release({{"rules-1.bundle.zst", bytes, ""}}, {}, kNow_s);
  repository.sign(draft);
  EXPECT_THAT(missing(draft), ElementsAre("targets 0/2"));
  EXPECT_THAT(sign_draft(draft, approvers[0], repository.present()), ElementsAre("targets"));
  EXPECT_THAT(sign_draft(draft, approvers[0], repository.present()), IsEmpty());
  EXPECT_THAT(missing(draft), ElementsAre("targets 1/2"));
  EXPECT_THROW(repository.apply(draft, kNow_s), Error);
  EXPECT_EQ(refresh(), "none");
  EXPECT_TRUE(lane.targets()->files.empty());

  sign_draft(draft, approvers[2], repository.present());
  EXPECT_TRUE(is_signed(draft, repository.present()));
  repository.apply(draft, kNow_s);
  EXPECT_EQ(refresh(), "none");
  EXPECT_TRUE(lane.targets()->files.contains("rules-1.bundle.zst"));
}

TEST_F(TufDraft, SignaturesAreMadeElsewhereAndChecked) {
  const std::vector<SigningKey> approvers = need_two_of_three();
  Draft draft = repository.draft_renewal("targets", kNow_s);
  const PresentState present = repository.present();
  const Targets content = parse_targets(draft["targets"]);
  const std::string id = draft_id(draft);
  add_signature(draft, "targets", sign_as(approvers[1], content), present);
  EXPECT_THAT(missing(draft), ElementsAre("targets 1/2"));
  EXPECT_EQ(draft_id(draft), id);

  KeyIdSignature wrong = sign_as(approvers[0], content);
  wrong.signature[10] = static_cast<char>(wrong.signature[10] ^ 1);
  EXPECT_THROW(add_signature(draft, "targets", wrong, present), Error);
  EXPECT_THROW(add_signature(draft, "targets", sign_as(SigningKey::generate(), content), present),
               Error);
  EXPECT_THROW(add_signature(draft, "root", sign_as(approvers[0], content), present), Error);
  EXPECT_THAT(missing(draft), ElementsAre("targets 1/2"));
}

TEST_F(TufDraft, ARootNeedsTheOldKeysAndTheNew) {
  std::vector<SigningKey> next = new_keys(3);
  Draft draft = repository.draft_keys("root", role_keys(next, 2), kNow_s);
  EXPECT_THAT(missing(draft), ElementsAre("root 0/1", "root 0/2"));
  sign_draft(draft, next[0], repository.present());
  sign_draft(draft, next[2], repository.present());
  EXPECT_THAT(missing(draft), ElementsAre("root 0/1"));
  repository.sign(draft);
  EXPECT_THAT(missing(draft), IsEmpty());
  repository.apply(draft, kNow_s);
  EXPECT_EQ(refresh(), "none");
  EXPECT_EQ(lane.root()->root.threshold, 2U);
}

TEST_F(TufDraft, NothingIsPublishedWithoutTheOnlineKeysOfTheNewRoot) {
  Draft draft = repository.draft_keys("timestamp", role_keys(new_keys(1), 1), kNow_s);
  repository.sign(draft);
  EXPECT_THROW(repository.apply(draft, kNow_s), std::runtime_error);
  EXPECT_EQ(repository.root().version, 1U);
  EXPECT_EQ(refresh(), "none");
}

TEST_F(TufDraft, ADraftThatWasOvertakenIsRefused) {
  Draft draft = repository.draft_renewal("targets", kNow_s);
  repository.sign(draft);
  repository.publish({}, {}, kNow_s);
  try {
    repository.apply(draft, kNow_s);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.failure().problem, Problem::kVersion);
  }
}

}  // namespace
}  // namespace xsell::sync::tuf
