// xsell-checker LANE-DATA HQ-DB: is everything that a lane recorded at HQ, once and unchanged?
#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "tests/tools/outcome_checker.h"

namespace {

constexpr int kExitGood = 0;
constexpr int kExitBad = 1;
constexpr int kExitUsage = 2;
constexpr int kExitCannotCheck = 3;

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Compares what a stopped lane recorded with HQ's database and prints one line of JSON.",
      "xsell-checker");
  std::string lane_folder;
  std::string hq_database;
  app.add_option("LANE-DATA", lane_folder, "The lane's data folder; its till must be stopped")
      ->required();
  app.add_option("HQ-DB", hq_database, "HQ's database: hq.db in its folder")->required();
  app.footer(
      "recorded      outcomes that the lane numbered; acknowledged, pending: of these\n"
      "stored        at HQ; tombstoned: given up, with their numbers; rejected: unreadable\n"
      "foreign       at HQ from another life of this disk (an older image, a copy)\n"
      "lost          acknowledged, but not at HQ       duplicate  at HQ twice\n"
      "invented      at HQ, but never recorded here    altered    at HQ with other content\n"
      "Exit codes: 0 nothing is lost, doubled, invented or altered; 1 something is; 2 wrong "
      "usage;\n"
      "3 it cannot be checked.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitGood : kExitUsage;
  }
  try {
    const xsell::tests::CheckResult result = xsell::tests::check_outcomes(lane_folder, hq_database);
    std::cout << result.to_json() << "\n";
    return result.is_good() ? kExitGood : kExitBad;
  } catch (const std::exception& error) {
    std::cerr << "xsell-checker: " << error.what() << "\n";
    return kExitCannotCheck;
  }
}
