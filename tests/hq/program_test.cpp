#include <gmock/gmock.h>

#include "hq/progress.h"
#include "tests/hq/hq_fixture.h"

namespace xsell::hq {
namespace {

using ::testing::HasSubstr;

class ProgramTest : public HqTest {};

TEST_F(ProgramTest, WrongUsageExitsWithTwo) {
  EXPECT_EQ(run({}).code, kExitUsage);
  EXPECT_EQ(run({"frobnicate"}).code, kExitUsage);
  EXPECT_EQ(run({"import"}).code, kExitUsage);
  EXPECT_EQ(run({"audit", "--limit", "none"}).code, kExitUsage);
}

TEST_F(ProgramTest, HelpAndVersionExitWithZero) {
  EXPECT_EQ(run({"--help"}).code, kExitOk);
  EXPECT_EQ(run({"--version"}).code, kExitOk);
}

TEST_F(ProgramTest, EveryCommandExplainsItself) {
  const std::vector<std::vector<std::string>> commands = {{"init"},
                                                          {"user"},
                                                          {"user", "add"},
                                                          {"import"},
                                                          {"import", "baskets"},
                                                          {"import", "items"},
                                                          {"mine"},
                                                          {"lint"},
                                                          {"report"},
                                                          {"status"},
                                                          {"audit"}};
  for (std::vector<std::string> command : commands) {
    command.push_back("--help");
    const Result result = run(command);
    EXPECT_EQ(result.code, kExitOk) << command.front();
    EXPECT_GT(result.out.size(), 200u) << command.front();
  }
}

TEST_F(ProgramTest, FolderThatIsNoHqIsRefusedWithTheMend) {
  const Result result = run({"audit"});
  EXPECT_EQ(result.code, kExitFailed);
  EXPECT_THAT(result.err, HasSubstr("xsell-hq init"));
}

TEST_F(ProgramTest, ErrorsAreADocumentUnderJson) {
  const Result result = run({"audit", "--json"});
  EXPECT_EQ(result.json()["error"]["exit_code"], kExitFailed);
}

TEST(ProgressTest, LineShowsShareRateAndTimeLeft) {
  EXPECT_EQ(Progress::line("baskets.csv", "lines", 25, 100, 5000, 10),
            "baskets.csv  25%  5000 lines  500 lines/s  30 s left");
  EXPECT_EQ(Progress::line("-", "lines", 25, 0, 5000, 10), "-  5000 lines  500 lines/s");
}

TEST(TableTest, CutsAtCodePointsAndAligns) {
  Table table({{"NAME", Table::Align::kLeft, 4}, {"N", Table::Align::kRight}});
  table.add_row({"Käsekuchen", "7"});
  table.add_row({"ab", "12"});
  std::ostringstream out;
  table.print(out);
  EXPECT_EQ(out.str(), "NAME   N\nKäs…   7\nab    12\n");
}

}  // namespace
}  // namespace xsell::hq
