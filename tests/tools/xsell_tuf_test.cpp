// xsell-tuf, run as the public TUF conformance suite runs it: over its command line and HTTP,
// judged by exit code, by the files it leaves and by what it asked for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <ctime>
#include <filesystem>
#include <mutex>

#include "sync/percent_encoding.h"
#include "sync/tuf_signing.h"
#include "sync/whole_file.h"
#include "tests/integration/child_process.h"
#include "tests/sync/tuf_publisher.h"
#include "tests/tools/tuf/plain_http_server.h"

namespace xsell::tests {
namespace {

namespace fs = std::filesystem;
using namespace sync::tuf;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class XsellTuf : public testing::Test {
 protected:
  XsellTuf() : server([this](const std::string& path) { return answer(path); }) {
    std::string pattern = (fs::temp_directory_path() / "xsell-tuf-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    const int64_t now_s = std::time(nullptr);  // the program has no other clock
    hq.root.expires_s = hq.targets.expires_s = hq.snapshot.expires_s = hq.timestamp.expires_s =
        now_s + 30 * kDay_s;
    hq.root.version = 0;
    hq.publish_root();
    hq.publish();
  }
  ~XsellTuf() override { fs::remove_all(folder); }

  std::optional<std::string> answer(const std::string& path) {
    const std::lock_guard lock(mutex);
    const std::string metadata = "/repo/metadata/";
    const std::string targets = "/repo/targets/";
    std::string name;
    if (path.starts_with(metadata)) name = "v1/tuf/" + path.substr(metadata.size());
    if (path.starts_with(targets)) name = "v1/targets/" + path.substr(targets.size());
    asked.push_back(path.substr(path.rfind('/') + 1));
    const auto found = hq.files.find(name);
    return found == hq.files.end() ? std::nullopt : std::optional(found->second);
  }

  // What the server's thread and the test share is handed over by the lock, before and after.
  int run(std::vector<std::string> arguments) {
    {
      const std::lock_guard lock(mutex);
      asked.clear();
    }
    arguments.insert(arguments.begin(), {XSELL_TUF_PROGRAM, "--metadata-dir", metadata_dir()});
    const ProgramResult result = run_program(arguments);
    const std::lock_guard lock(mutex);
    said = result.err;
    return result.code;
  }

  int init() {
    sync::write_whole_file(folder / "initial_root.json", hq.file("1.root.json"));
    return run({"init", folder / "initial_root.json"});
  }
  int refresh() { return run({"--metadata-url", server.url() + "/repo/metadata/", "refresh"}); }
  int download(const std::vector<std::string>& names) {
    std::vector<std::string> arguments = {"--metadata-url", server.url() + "/repo/metadata"};
    for (const std::string& name : names)
      arguments.insert(arguments.end(), {"--target-name", name});
    arguments.insert(arguments.end(), {"--target-dir", folder / "targets", "--target-base-url",
                                       server.url() + "/repo/targets", "download"});
    return run(arguments);
  }

  std::string metadata_dir() const { return folder / "metadata"; }
  std::vector<std::string> trusted_files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(metadata_dir())) {
      names.push_back(entry.path().filename());
    }
    return names;
  }
  std::string trusted(const std::string& role) const {
    return sync::read_whole_file(fs::path(metadata_dir()) / (role + ".json"));
  }
  std::vector<std::string> downloaded() const {
    std::vector<std::string> contents;
    for (const auto& entry : fs::directory_iterator(folder / "targets")) {
      contents.push_back(sync::read_whole_file(entry.path()));
    }
    return contents;
  }

  std::mutex mutex;
  Publisher hq;
  std::vector<std::string> asked;
  std::string said;
  PlainHttpServer server;
  fs::path folder;
};

TEST_F(XsellTuf, InitKeepsTheRootAndAsksForNothing) {
  EXPECT_EQ(init(), 0);
  EXPECT_THAT(trusted_files(), ElementsAre("root.json"));
  EXPECT_EQ(trusted("root"), hq.file("1.root.json"));
  EXPECT_THAT(asked, IsEmpty());
}

TEST_F(XsellTuf, RefreshAsksInOrderAndKeepsTheExactBytes) {
  ASSERT_EQ(init(), 0);
  hq.files["v1/tuf/timestamp.json"] += " \n";
  EXPECT_EQ(refresh(), 0) << said;
  EXPECT_THAT(asked,
              ElementsAre("2.root.json", "timestamp.json", "2.snapshot.json", "2.targets.json"));
  EXPECT_THAT(trusted_files(),
              UnorderedElementsAre("root.json", "timestamp.json", "snapshot.json", "targets.json"));
  EXPECT_EQ(trusted("timestamp"), hq.file("timestamp.json"));
  EXPECT_EQ(trusted("targets"), hq.file("2.targets.json"));
}

TEST_F(XsellTuf, ABadFirstRootIsNeverUsed) {
  std::string& root = hq.files["v1/tuf/1.root.json"];
  const std::string honest = root;
  root.replace(root.find("\"version\":1"), 11, "\"version\":7");
  init();
  EXPECT_EQ(refresh(), 1);
  EXPECT_THAT(asked, IsEmpty());
}

TEST_F(XsellTuf, FollowsRootsAndForgetsWhatRevokedKeysSigned) {
  ASSERT_EQ(init(), 0);
  ASSERT_EQ(refresh(), 0);
  hq.rotate("timestamp");
  hq.rotate("root");
  hq.timestamp.version = 0;
  hq.publish_root();
  hq.publish();
  EXPECT_EQ(refresh(), 0) << said;
  EXPECT_EQ(trusted("root"), hq.file("2.root.json"));
  EXPECT_EQ(parse_timestamp(trusted("timestamp")).version, 1U);
}

TEST_F(XsellTuf, RefusesWhatIsUnsignedAndKeepsWhatCameBefore) {
  ASSERT_EQ(init(), 0);
  ASSERT_EQ(refresh(), 0);
  const std::string snapshot = trusted("snapshot");
  std::swap(hq.keys["snapshot"], hq.keys["stolen"]);
  hq.keys["snapshot"].push_back(sync::SigningKey::generate());
  hq.publish();
  EXPECT_EQ(refresh(), 1);
  EXPECT_THAT(said, testing::HasSubstr("signature"));
  EXPECT_EQ(trusted("snapshot"), snapshot);
  EXPECT_EQ(trusted("timestamp"), hq.file("timestamp.json"));
}

TEST_F(XsellTuf, ExpiredByTheSystemClock) {
  ASSERT_EQ(init(), 0);
  hq.targets.expires_s = std::time(nullptr) - 5;
  hq.publish();
  EXPECT_EQ(refresh(), 1);
  EXPECT_THAT(said, testing::HasSubstr("expired"));
}

TEST_F(XsellTuf, DownloadsBelowFoldersAndDoesNotDownloadTwice) {
  ASSERT_EQ(init(), 0);
  hq.add_target("path/to/file.txt", "content");
  hq.files["v1/targets/path/to/" + sync::sha256_hex("content") + ".file.txt"] = "content";
  hq.publish();
  EXPECT_EQ(download({"path/to/file.txt"}), 0) << said;
  EXPECT_THAT(downloaded(), ElementsAre("content"));
  EXPECT_EQ(download({"path/to/file.txt"}), 0);
  EXPECT_THAT(asked, ElementsAre("2.root.json", "timestamp.json"));
}

TEST_F(XsellTuf, ReplacesAChangedTargetUnderTheSameFileName) {
  ASSERT_EQ(init(), 0);
  hq.add_target("file.txt", "one");
  hq.publish();
  ASSERT_EQ(download({"file.txt"}), 0);
  hq.add_target("file.txt", "two");
  hq.publish();
  ASSERT_EQ(download({"file.txt"}), 0);
  EXPECT_THAT(downloaded(), ElementsAre("two"));
  hq.add_target("file.txt", "three");
  hq.files["v1/targets/" + sync::sha256_hex("three") + ".file.txt"] = "xxxxx";
  hq.publish();
  EXPECT_EQ(download({"file.txt"}), 1);
  EXPECT_THAT(downloaded(), ElementsAre("two"));
}

TEST_F(XsellTuf, SeveralTargetsStopAtTheFirstThatFails) {
  ASSERT_EQ(init(), 0);
  for (const char* name : {"a", "b", "c"}) hq.add_target(name, name);
  hq.files.erase("v1/targets/" + sync::sha256_hex("b") + ".b");
  hq.publish();
  EXPECT_EQ(download({"a", "b", "c"}), 1);
  EXPECT_THAT(downloaded(), ElementsAre("a"));
}

TEST_F(XsellTuf, WithoutConsistentSnapshotsNamesAreBare) {
  hq.root.has_consistent_snapshots = false;
  hq.root.version = 0;
  hq.publish_root();
  hq.add_target("file.txt", "content");
  hq.publish();
  hq.files["v1/tuf/snapshot.json"] = hq.file("3.snapshot.json");
  hq.files["v1/tuf/targets.json"] = hq.file("3.targets.json");
  hq.files["v1/targets/file.txt"] = "content";
  ASSERT_EQ(init(), 0);
  EXPECT_EQ(download({"file.txt"}), 0) << said;
  EXPECT_THAT(asked, ElementsAre("2.root.json", "timestamp.json", "snapshot.json", "targets.json",
                                 "file.txt"));
}

TEST_F(XsellTuf, TakesSha512AndRefusesUnknownHashes) {
  hq.add_target("file.txt", "content");
  TargetFile& file = hq.targets.files["file.txt"];
  Sha512Hasher hasher;
  hasher.add("content");
  file.hashes = {.sha256 = std::nullopt, .sha512 = hasher.finish()};
  hq.files["v1/targets/" + file.hashes.prefix() + ".file.txt"] = "content";
  hq.add_target("other.txt", "content");
  hq.targets.files["other.txt"].hashes = {};
  hq.publish();
  ASSERT_EQ(init(), 0);
  EXPECT_EQ(download({"file.txt"}), 0) << said;
  EXPECT_EQ(download({"other.txt"}), 1);
  EXPECT_THAT(downloaded(), ElementsAre("content"));
}

TEST_F(XsellTuf, A46_strange_role_names_stay_in_the_folder) {
  for (const char* role : {"?", "#", "/delegatedrole", "../delegatedrole"}) {
    hq.keys[role].push_back(sync::SigningKey::generate());
    hq.targets.delegations.push_back(Delegation{.role = role,
                                                .signers = role_keys(hq.keys[role], 1),
                                                .paths = {"*"},
                                                .path_hash_prefixes = {},
                                                .is_terminating = false});
    hq.delegated[role].expires_s = hq.root.expires_s;
  }
  hq.publish_delegated();
  hq.publish();
  ASSERT_EQ(init(), 0);
  EXPECT_EQ(download({"nonexistent target"}), 1);
  EXPECT_THAT(trusted_files(),
              UnorderedElementsAre("root.json", "timestamp.json", "snapshot.json", "targets.json",
                                   "%3F.json", "%23.json", "%2Fdelegatedrole.json",
                                   "..%2Fdelegatedrole.json"));
  EXPECT_THAT(asked, testing::IsSupersetOf({"1.%3F.json", "1.%23.json", "1.%2Fdelegatedrole.json",
                                            "1...%2Fdelegatedrole.json"}));
}

TEST_F(XsellTuf, EveryOtherFailureIsOneToo) {
  ASSERT_EQ(init(), 0);
  EXPECT_EQ(run({"--metadata-url", "https://localhost/", "refresh"}), 1);
  EXPECT_EQ(run({"--metadata-url", "http://127.0.0.1:1/", "refresh"}), 1);
  EXPECT_EQ(run({"--metadata-url", server.url() + "/elsewhere/", "refresh"}), 1);
  EXPECT_EQ(run({"refresh"}), 1);
  EXPECT_EQ(run({"--no-such-option", "refresh"}), 1);
  EXPECT_EQ(run({"init", folder / "no such file"}), 1);
}

}  // namespace
}  // namespace xsell::tests
