// Compares what a stopped lane recorded with what HQ has of it.
// Fails: throws CannotCheck when there is nothing to compare, or the lane is running.
#ifndef XSELL_TESTS_TOOLS_OUTCOME_CHECKER_H_
#define XSELL_TESTS_TOOLS_OUTCOME_CHECKER_H_

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace xsell::tests {

struct CannotCheck : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Counts of outcomes, over all epochs that the lane knows.
struct CheckResult {
  std::uint64_t epochs = 0;
  std::uint64_t recorded = 0;      // sequence numbers that the lane gave out
  std::uint64_t acknowledged = 0;  // of these, HQ has acknowledged
  std::uint64_t pending = 0;       // of these, still waiting at the lane
  std::uint64_t stored = 0;        // at HQ, under this lane's numbers
  std::uint64_t tombstoned = 0;    // at HQ as given up
  std::uint64_t rejected = 0;      // at HQ as unreadable; the lane keeps the bytes
  std::uint64_t foreign = 0;  // at HQ from another life of this disk: an image or a copy, where
                              // this lane or an alarm of HQ's knows of one

  std::uint64_t lost = 0;             // acknowledged, but not at HQ
  std::uint64_t duplicate = 0;        // at HQ, and recorded again under another epoch's numbers
  std::uint64_t invented = 0;         // at HQ, never recorded here
  std::uint64_t altered = 0;          // at HQ with other content
  std::vector<std::string> examples;  // of what is wrong, at most ten

  bool is_good() const { return lost + duplicate + invented + altered == 0; }
  std::string to_json() const;  // one line
};

CheckResult check_outcomes(const std::string& lane_folder, const std::string& hq_database);

}  // namespace xsell::tests

#endif  // XSELL_TESTS_TOOLS_OUTCOME_CHECKER_H_
