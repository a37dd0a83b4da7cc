// An import that is killed goes on where it was, and what is stored in the end is what one import
// would have stored.
#include <gmock/gmock.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/hq/hq_fixture.h"

namespace xsell::hq {
namespace {

constexpr int kBaskets = 40'000;
constexpr int kLines = 10;
constexpr int kBadLines = 5;  // four before everything else, one behind

class ImportResumeTest : public HqTest {
 protected:
  void SetUp() override {
    HqTest::SetUp();
    init();
    std::ofstream file(path("b.csv"), std::ios::binary);
    file << "basket,time,item\n";
    for (int line = 0; line < kBadLines - 1; ++line) file << "b,some day,i0\n";
    for (int basket = 0; basket < kBaskets; ++basket) {
      for (int line = 0; line < kLines; ++line) {
        file << basket << ",2026-03-01,i" << (basket + line) % 997 << '\n';
      }
    }
    file << "b,another day,i0\n";
  }
  Result import() { return run({"import", "baskets", path("b.csv"), "--json"}); }

  std::int64_t number(const std::string& sql) {
    HqStore store(database_path());
    auto row = store.prepare(sql);
    return row.step() ? row.column_int64(0) : -1;
  }

  // In a process of its own that is killed once some of it is committed.
  void import_until_killed() {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      import();
      ::_exit(0);
    }
    {
      HqStore store(database_path());
      auto rows = store.prepare("SELECT coalesce(max(file_rows), 0) FROM import_progress");
      bool has_some = false;
      while (!has_some && ::waitpid(child, nullptr, WNOHANG) == 0) {
        rows.reset();
        has_some = rows.step() && rows.column_int64(0) > 0;
        rows.reset();
        ::sched_yield();
      }
      ASSERT_TRUE(has_some);
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }

  void expect_all_there() {
    EXPECT_EQ(number("SELECT count(*) FROM baskets"), kBaskets);
    EXPECT_EQ(number("SELECT count(*) FROM basket_lines"), std::int64_t{kBaskets} * kLines);
    EXPECT_EQ(number("SELECT max(line) FROM basket_lines"), kLines);
    EXPECT_EQ(number("SELECT count(*) FROM baskets b JOIN basket_lines l USING (basket_id) JOIN "
                     "items i USING (item_id) WHERE i.item <> 'i' || ((b.basket + l.line - 1) % "
                     "997)"),
              0);
    EXPECT_EQ(number("SELECT count(*) FROM import_progress"), 0);
  }
};

TEST_F(ImportResumeTest, AKilledImportGoesOnWhereItWas) {
  import_until_killed();
  EXPECT_EQ(number("SELECT count(*) FROM imports WHERE finished_at IS NULL"), 1);
  const Result result = import();
  ASSERT_EQ(result.code, kExitOk) << result.err;
  EXPECT_EQ(result.json()["resumed"], true);
  EXPECT_EQ(result.json()["lines"], kBaskets * kLines + kBadLines);
  EXPECT_EQ(result.json()["new_baskets"], kBaskets);
  EXPECT_EQ(result.json()["replaced_baskets"], 0);
  EXPECT_EQ(number("SELECT count(*) FROM imports"), 1);
  expect_all_there();
}

TEST_F(ImportResumeTest, BadLinesFromBeforeAreShownOnceMore) {
  import_until_killed();
  const Result result = import();
  ASSERT_EQ(result.json()["resumed"], true) << result.err;
  EXPECT_EQ(result.json()["bad_lines"], kBadLines);
  const Json bad = result.json()["bad"];
  ASSERT_EQ(bad.size(), 1u);
  EXPECT_EQ(bad[0]["count"], kBadLines);
  ASSERT_EQ(bad[0]["samples"].size(), 3u);
  EXPECT_EQ(bad[0]["samples"][0]["line"], 2);
  EXPECT_EQ(bad[0]["samples"][0]["text"], "b,some day,i0");
  EXPECT_EQ(number("SELECT bad_lines FROM imports"), kBadLines);
}

TEST_F(ImportResumeTest, AFileThatIsAnotherNowIsReadAnew) {
  import_until_killed();
  std::string text;
  {
    std::ifstream file(path("b.csv"), std::ios::binary);
    text.assign(std::istreambuf_iterator<char>(file), {});
  }
  text.insert(text.find('\n') + 1, "0,2026-03-01,i0\n");
  write("b.csv", text);
  const Result result = import();
  ASSERT_EQ(result.code, kExitOk) << result.err;
  EXPECT_EQ(result.json()["resumed"], false);
  EXPECT_EQ(number("SELECT count(*) FROM basket_lines"), std::int64_t{kBaskets} * kLines + 1);
}

}  // namespace
}  // namespace xsell::hq
