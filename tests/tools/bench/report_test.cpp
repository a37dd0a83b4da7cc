#include "tests/tools/bench/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "tests/offline_cache/temporary_folder.h"

namespace xsell::bench {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string figures(const std::string& engine, int rules, int baskets, const std::string& hash) {
  return R"({"engine":")" + engine + R"(","dist":"flat","rules":)" + std::to_string(rules) +
         R"(,"baskets":)" + std::to_string(baskets) +
         R"(,"p50_us":0.5,"p99_us":2,"p999_us":3,"h50":")" + hash.substr(0, 4) + R"(","hall":")" +
         hash + "\"}\n";
}

struct Reported {
  std::string printed;
  std::string chart;
};

Reported report_on(const std::vector<std::string>& lines) {
  const tests::TemporaryFolder folder;
  std::string content;
  for (const std::string& line : lines) content += line;
  tests::write_text(folder.file("results"), content);
  testing::internal::CaptureStdout();
  try {
    report(folder.file("results"), folder.file("chart.svg"));
  } catch (...) {
    testing::internal::GetCapturedStdout();
    throw;
  }
  return {testing::internal::GetCapturedStdout(), tests::read_text(folder.file("chart.svg"))};
}

TEST(Report, RefusesAnswersThatDiffer) {
  EXPECT_THROW(report_on({figures("xsell-engine", 1000, 100, "aaaabbbb"),
                          figures("xsell-so", 1000, 100, "aaaacccc")}),
               std::runtime_error);
}

TEST(Report, ComparesTheFirstBasketsOfShorterRuns) {
  EXPECT_NO_THROW(report_on({figures("xsell-engine", 1000, 1000, "aaaabbbb"),
                             figures("ref-linear-distinct", 1000, 50, "aaaacccc")}));
  EXPECT_THROW(report_on({figures("xsell-engine", 1000, 1000, "aaaabbbb"),
                          figures("ref-linear-distinct", 1000, 50, "ccccbbbb")}),
               std::runtime_error);
}

TEST(Report, LetsEnginesThatRepeatAnOfferAgreeAmongThemselves) {
  EXPECT_NO_THROW(report_on({figures("xsell-engine", 1000, 100, "aaaabbbb"),
                             figures("ref-inc", 1000, 100, "ccccdddd"),
                             figures("sqlite-tuned-disk", 1000, 100, "ccccdddd")}));
}

TEST(Report, TellsHowManyTimesAsLongAsTheBareIndex) {
  const Reported reported = report_on(
      {figures("xsell-engine", 1000, 100, "a"),
       R"({"engine":"ref-inc","dist":"flat","rules":1000,"p50_us":0.25,"p99_us":0.5,"p999_us":1.5})"
       "\n"});
  EXPECT_THAT(reported.printed,
              HasSubstr("| xsell-engine | flat 1000 | ref-inc | 2.0 | 4.0 | 2.0 |"));
}

TEST(Report, DrawsEnginesMeasuredAtSeveralSizes) {
  const Reported reported =
      report_on({figures("xsell-engine", 1000, 100, "a"), figures("xsell-engine", 10000, 100, "b"),
                 figures("xsell-engine-big", 10000, 20, "c")});
  EXPECT_THAT(reported.chart, HasSubstr(">xsell-engine</text>"));
  EXPECT_THAT(reported.chart, Not(HasSubstr("xsell-engine-big")));
}

}  // namespace
}  // namespace xsell::bench
