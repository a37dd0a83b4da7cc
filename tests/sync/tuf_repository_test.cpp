#include "sync/tuf_repository.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "sync/folder_fetcher.h"
#include "sync/whole_file.h"
#include "tests/sync/tuf_publisher.h"

namespace xsell::sync::tuf {
namespace {

namespace fs = std::filesystem;

class TufRepository : public testing::Test {
 protected:
  TufRepository()
      : folder(fs::temp_directory_path() /
               ("tuf_repository_" +
                std::string(testing::UnitTest::GetInstance()->current_test_info()->name()))),
        repository(folder / "tree", keys),
        fetcher(folder / "tree"),
        client(store, fetcher) {
    fs::remove_all(folder);
    fs::create_directories(folder);
    for (auto* role : {&keys.root, &keys.targets, &keys.snapshot, &keys.timestamp, &keys.control,
                       &keys.rollout}) {
      role->push_back(SigningKey::generate());
    }
    repository.create(kNow_s);
    EXPECT_FALSE(client.pin_root(repository.root_bytes()).failed());
  }
  ~TufRepository() override { fs::remove_all(folder); }

  PublishedVersions publish(const std::string& name, const std::string& bytes,
                            const std::vector<std::string>& remove = {}, int64_t now_s = kNow_s) {
    return repository.publish({{.name = name, .bytes = bytes, .custom = "{\"a\":1}"}}, remove,
                              now_s);
  }

  const fs::path folder;
  RepositoryKeys keys;
  Repository repository;
  MemoryStore store;
  FolderFetcher fetcher;
  Client client;
};

TEST_F(TufRepository, ClientFollowsEveryPublish) {
  EXPECT_FALSE(client.refresh(kNow_s).failure.failed());
  EXPECT_TRUE(client.targets()->files.empty());
  const PublishedVersions versions = publish("rules-1.bundle.zst", "one");
  EXPECT_EQ(versions.targets, 2U);
  EXPECT_EQ(versions.timestamp, 2U);
  publish("rules-2.bundle.zst", "two", {"rules-1.bundle.zst"});
  const RefreshReport report = client.refresh(kNow_s);
  EXPECT_FALSE(report.failure.failed()) << report.failure.detail;
  ASSERT_EQ(client.targets()->files.size(), 1U);
  const TargetFile file = client.targets()->files.at("rules-2.bundle.zst");
  EXPECT_EQ(file.custom, "{\"a\":1}");
  EXPECT_EQ(read_whole_file(repository.target_path(file)), "two");
}

TEST_F(TufRepository, ResigningKeepsTheHeadFresh) {
  publish("rules-1.bundle.zst", "one");
  constexpr int64_t kHour_s = 3600;
  for (int64_t now_s = kNow_s; now_s < kNow_s + 100 * kDay_s; now_s += kHour_s * 24) {
    repository.resign(now_s);
    const RefreshReport report = client.refresh(now_s);
    ASSERT_FALSE(report.failure.failed()) << report.failure.detail;
  }
  EXPECT_EQ(client.targets()->version, 4U);
  EXPECT_LT(client.snapshot()->version, 32U);
  EXPECT_EQ(client.timestamp()->version, 102U);
}

TEST_F(TufRepository, ResigningNeedsOnlineKeysOnly) {
  publish("rules-1.bundle.zst", "one");
  keys.root.clear();
  keys.targets.clear();
  EXPECT_NO_THROW(repository.resign(kNow_s + 60 * kDay_s));
  EXPECT_FALSE(client.refresh(kNow_s + 60 * kDay_s).failure.failed());
  EXPECT_THROW(publish("rules-2.bundle.zst", "two"), std::runtime_error);
  EXPECT_FALSE(client.refresh(kNow_s + 60 * kDay_s).failure.failed());
}

TEST_F(TufRepository, InterruptedPublishIsInvisibleAndTheNextOneWorks) {
  publish("rules-1.bundle.zst", "one");
  const std::string timestamp = read_whole_file(folder / "tree/v1/tuf/timestamp.json");
  publish("rules-2.bundle.zst", "two");
  write_whole_file(folder / "tree/v1/tuf/timestamp.json", timestamp);  // never got to the end
  EXPECT_FALSE(client.refresh(kNow_s).failure.failed());
  EXPECT_TRUE(client.targets()->files.contains("rules-1.bundle.zst"));
  EXPECT_FALSE(client.targets()->files.contains("rules-2.bundle.zst"));
  publish("rules-3.bundle.zst", "three");
  EXPECT_FALSE(client.refresh(kNow_s).failure.failed());
  EXPECT_TRUE(client.targets()->files.contains("rules-3.bundle.zst"));
  EXPECT_FALSE(client.targets()->files.contains("rules-2.bundle.zst"));
}

TEST_F(TufRepository, PoliciesReachTheClientWithoutARelease) {
  follow_policies(client);
  publish("rules-1.bundle.zst", "one");
  keys.root.clear();
  keys.targets.clear();
  repository.put_policy(PolicyRole::kControl, R"({"off":true})", kNow_s);
  repository.put_policy(PolicyRole::kRollout, R"({"ring":1})", kNow_s);
  EXPECT_FALSE(client.refresh(kNow_s).failure.failed());
  EXPECT_EQ(trusted_policy(client, PolicyRole::kControl)->json, R"({"off":true})");
  EXPECT_EQ(trusted_policy(client, PolicyRole::kRollout)->json, R"({"ring":1})");
  EXPECT_EQ(repository.policy(PolicyRole::kRollout)->json, R"({"ring":1})");
  EXPECT_EQ(repository.current_files().size(), 9U);

  for (int64_t day = 1; day < 20; ++day) repository.resign(kNow_s + day * kDay_s);
  EXPECT_FALSE(client.refresh(kNow_s + 20 * kDay_s).failure.failed());
  const auto renewed = trusted_policy(client, PolicyRole::kControl);
  EXPECT_EQ(renewed->json, R"({"off":true})");
  EXPECT_GT(renewed->expires_s, kNow_s + 20 * kDay_s);
  keys.control.clear();
  EXPECT_THROW(repository.put_policy(PolicyRole::kControl, "{}", kNow_s), Error);
}

TEST_F(TufRepository, ResigningRenewsARootBeforeItsEnd) {
  repository.resign(kNow_s + 200 * kDay_s);
  EXPECT_EQ(repository.root().version, 1U);
  repository.resign(kNow_s + 300 * kDay_s);
  EXPECT_EQ(repository.root().version, 2U);
  EXPECT_FALSE(client.refresh(kNow_s + 300 * kDay_s).failure.failed());
  EXPECT_EQ(client.root()->version, 2U);
}

TEST_F(TufRepository, A46_refuses_names_that_could_leave_the_folder_or_collide) {
  EXPECT_THROW(publish("../x", "x"), Error);
  EXPECT_THROW(publish("a/../x", "x"), Error);
  publish("rules.zst", "x");
  EXPECT_THROW(publish("Rules.zst", "x"), Error);
}

TEST_F(TufRepository, CurrentFilesAreAllThatAClientNeeds) {
  publish("rules-1.bundle.zst", "one");
  publish("rules-2.bundle.zst", "two", {"rules-1.bundle.zst"});
  const auto files = repository.current_files();
  for (const auto& file : files) {
    fs::create_directories((folder / "copy" / file).parent_path());
    fs::copy_file(folder / "tree" / file, folder / "copy" / file);
  }
  EXPECT_EQ(files.back(), "v1/tuf/timestamp.json");
  EXPECT_EQ(files.size(), 5U);
  MemoryStore other_store;
  FolderFetcher copy(folder / "copy");
  Client other(other_store, copy);
  EXPECT_FALSE(other.pin_root(repository.root_bytes()).failed());
  EXPECT_FALSE(other.refresh(kNow_s).failure.failed());
  EXPECT_TRUE(other.targets()->files.contains("rules-2.bundle.zst"));
}

TEST_F(TufRepository, LeavesNoTemporaryFiles) {
  publish("rules-1.bundle.zst", "one");
  for (const auto& entry : fs::recursive_directory_iterator(folder / "tree")) {
    EXPECT_NE(entry.path().extension(), ".new") << entry.path();
  }
}

TEST_F(TufRepository, FolderFetcherReadsFilesOnly) {
  std::string body;
  EXPECT_EQ(fetcher.fetch_all("v1/tuf/9.root.json", 10, body).problem, Problem::kNotFound);
  EXPECT_EQ(fetcher.fetch_all("v1/tuf/1.root.json", 10, body).problem, Problem::kTooLarge);
  EXPECT_EQ(fetcher.fetch_all("../source", 10, body).problem, Problem::kUntrustedName);
  EXPECT_EQ(fetcher.fetch_all("v1", 10, body).problem, Problem::kStorage);
  fs::create_symlink("/dev/zero", folder / "tree/v1/zero");
  EXPECT_EQ(fetcher.fetch_all("v1/zero", 10, body).problem, Problem::kStorage);
}

}  // namespace
}  // namespace xsell::sync::tuf
