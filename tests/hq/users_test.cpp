#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/hq/hq_fixture.h"

namespace xsell::hq {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class UsersTest : public HqTest {};

TEST_F(UsersTest, InitMakesAPrivateFolderAndAnAdminOnce) {
  const Result first = run({"init", "--json"});
  ASSERT_EQ(first.code, kExitOk) << first.err;
  EXPECT_THAT(first.json()["token"].get<std::string>(), HasSubstr("xsellhq_"));
  for (const char* part : {"", "/keys", "/tls", "/tree"}) {
    struct stat info {};
    ASSERT_EQ(::stat((folder() + part).c_str(), &info), 0) << part;
    EXPECT_EQ(info.st_mode & 0777, 0700u) << part;
  }
  const Result second = run({"init"});
  EXPECT_EQ(second.code, kExitFailed);
  EXPECT_THAT(second.err, HasSubstr("already"));
}

TEST_F(UsersTest, NoOrWrongTokenIsNotAllowed) {
  init();
  use_token("xsellhq_of-somebody-else");
  EXPECT_EQ(run({"user", "list"}).code, kExitNotAllowed);
  variables_.erase("XSELL_HQ_TOKEN");
  const Result result = run({"user", "list"});
  EXPECT_EQ(result.code, kExitNotAllowed);
  EXPECT_THAT(result.err, HasSubstr("XSELL_HQ_TOKEN"));
}

TEST_F(UsersTest, TokenFileTakesTheTokensPlace) {
  init();
  const std::string file = write("token", variables_["XSELL_HQ_TOKEN"] + "\n");
  variables_.erase("XSELL_HQ_TOKEN");
  EXPECT_EQ(run({"--token-file", file, "user", "list"}).code, kExitOk);
  EXPECT_EQ(run({"user", "list", "--token-file", file}).code, kExitOk);
  EXPECT_EQ(run({"--token-file", path("none"), "user", "list"}).code, kExitNotAllowed);
}

TEST_F(UsersTest, RolesReachAsFarAsTheyShould) {
  init();
  const std::string file = write("items.csv", "item,name\nA1,Apple\n");
  const std::string viewer = add_user("vera", "viewer");
  const std::string author = add_user("anna", "author");
  const std::string approver = add_user("paul", "approver");

  use_token(viewer);
  EXPECT_EQ(run({"user", "list"}).code, kExitOk);
  EXPECT_EQ(run({"report"}).code, kExitOk);
  const Result refused = run({"import", "items", file});
  EXPECT_EQ(refused.code, kExitNotAllowed);
  EXPECT_THAT(refused.err, HasSubstr("vera is viewer, and this needs author"));

  use_token(author);
  EXPECT_EQ(run({"import", "items", file}).code, kExitOk);
  EXPECT_EQ(run({"user", "add", "eve", "--role", "admin"}).code, kExitNotAllowed);

  use_token(approver);
  EXPECT_EQ(run({"import", "items", file}).code, kExitOk);
  EXPECT_EQ(run({"user", "remove", "anna"}).code, kExitNotAllowed);
}

TEST_F(UsersTest, RemovedUsersTokenIsVoidAndTheLastAdminStays) {
  init();
  const std::string admin = variables_["XSELL_HQ_TOKEN"];
  const std::string anna = add_user("anna", "author");
  EXPECT_EQ(run({"user", "remove", "anna"}).code, kExitOk);
  EXPECT_EQ(run({"user", "remove", "anna"}).code, kExitFailed);
  EXPECT_EQ(run({"user", "remove", "admin"}).code, kExitFailed);
  use_token(anna);
  EXPECT_EQ(run({"user", "list"}).code, kExitNotAllowed);
  use_token(admin);
  EXPECT_EQ(run({"user", "list"}).code, kExitOk);
}

TEST_F(UsersTest, NamesAreUniqueAndPlain) {
  init();
  add_user("anna", "author");
  EXPECT_EQ(run({"user", "add", "anna", "--role", "viewer"}).code, kExitFailed);
  EXPECT_EQ(run({"user", "add", "a b", "--role", "viewer"}).code, kExitFailed);
  EXPECT_EQ(run({"user", "add", "bert", "--role", "king"}).code, kExitUsage);
}

TEST_F(UsersTest, TokensAreStoredAsHashesOnly) {
  init();
  std::ifstream file(database_path(), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_THAT(bytes, HasSubstr("admin"));
  EXPECT_THAT(bytes, Not(HasSubstr(variables_["XSELL_HQ_TOKEN"])));
}

TEST_F(UsersTest, AuditTellsWhoDidWhatAndCannotBeChanged) {
  init();
  now_s_ += 60;
  add_user("anna", "author");
  const Json entries = run({"audit", "--json"}).json()["entries"];
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0]["action"], "user add");
  EXPECT_EQ(entries[0]["user"], "admin");
  EXPECT_EQ(entries[0]["detail"]["name"], "anna");
  EXPECT_EQ(entries[1]["action"], "init");
  HqStore store(database_path());
  EXPECT_THROW(store.database().execute("DELETE FROM audit"), std::exception);
  EXPECT_THROW(store.database().execute("UPDATE audit SET user = 'eve'"), std::exception);
}

}  // namespace
}  // namespace xsell::hq
