// How many instructions the engine takes for a fixed trace, counted by valgrind: a figure without
// noise, so that what makes scans dearer is seen when it comes.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/offline_cache/temporary_folder.h"
#include "tests/tools/bench/workload.h"

namespace xsell::bench {
namespace {

constexpr double kTolerance = 0.08;

// Of all events of the trace together, each basket replayed twice. g++ 12; update them, with the
// reason in the commit, when a change is worth its price.
#ifdef NDEBUG
constexpr double kExpected = 8'536'000;
#else
constexpr double kExpected = 9'350'000;
#endif

bool can_run(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

double counted_in(const std::string& path) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("totals:")) return std::stod(line.substr(7));
  }
  return 0;
}

TEST(InstructionCount, OfAFixedTraceStaysWhereItWas) {
#if !defined(__GNUC__) || defined(__clang__) || __GNUC__ != 12 || !defined(__OPTIMIZE__) || \
    !defined(__x86_64__)
  GTEST_SKIP() << "the figure is that of g++ 12 at -O1 and -O2 on x86-64";
#endif
  if (!can_run("valgrind --version"))
    GTEST_SKIP() << "valgrind is not installed, so nothing counts instructions";
  tests::TemporaryFolder folder;
  WorkloadName name;
  name.folder = folder.path();
  name.kind = "flat";
  name.rule_count = 2000;
  write_workload(name, 20260601);
  const std::string counts = folder.file("counts");
  const std::string command =
      "valgrind --tool=callgrind '--toggle-collect=xsell::rules::LaneEngine::on_event*' "
      "--callgrind-out-file=" +
      counts + " " XSELL_BENCH " scan " + folder.path() +
      " flat 2000 --baskets 100 --passes 1 --no-paced >" + folder.file("out") + " 2>&1";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  const double counted = counted_in(counts);
  ASSERT_GT(counted, 0);
  EXPECT_NEAR(counted / kExpected, 1, kTolerance)
      << static_cast<long long>(counted) << " instructions instead of "
      << static_cast<long long>(kExpected);
}

}  // namespace
}  // namespace xsell::bench
