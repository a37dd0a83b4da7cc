// A lane to replay baskets on: the engine by itself, or the shared library as a till loads it.
#ifndef XSELL_TESTS_TOOLS_BENCH_LANE_UNDER_TEST_H_
#define XSELL_TESTS_TOOLS_BENCH_LANE_UNDER_TEST_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "rules/prompt.h"
#include "tests/tools/bench/documents.h"
#include "tests/tools/bench/workload.h"

namespace xsell::bench {

// What setting the lane up took, beyond what the program had read before.
struct SetUp {
  double load_ms = 0;      // from the rules' records to a lane that answers
  double restart_ms = 0;   // the same of a second start, where there are two
  double load_cpu_ms = 0;  // of this processor time, where it is this thread's own
  double compile_ms = 0;   // of that, ranking and placing
  double index_mb = 0;
  std::uint64_t rules_active = 0;
  std::uint64_t releases = 0;  // taken over since
};

// The rules of one answer, best first.
struct RulesShown {
  std::size_t count = 0;
  std::array<std::uint32_t, rules::kMaxAnswerPrompts> rules{};
};

class Publisher;

class LaneUnderTest {
 public:
  virtual ~LaneUnderTest() = default;
  virtual std::string_view name() const = 0;
  virtual const SetUp& set_up() const = 0;

  // Opens the transaction and tells the customer's group and segment; what this takes is not a
  // scan's.
  virtual void begin(const Basket& basket) = 0;
  // The till has the code in its hands before it tells of it: prepare is not timed.
  virtual void prepare(int item) = 0;
  virtual void scan() = 0;
  virtual void void_line(std::uint64_t line) = 0;
  virtual void set_quantity(std::uint64_t line, std::int64_t quantity_milli) = 0;
  virtual void end() = 0;
  // What the last scan was answered with; not timed.
  virtual RulesShown shown() const = 0;
};

// With a publisher it takes over what that has ready with each transaction.
std::unique_ptr<LaneUnderTest> make_engine_lane(const Workload& workload, Pacing pacing,
                                                Publisher* publisher = nullptr);

// Writes the workload into a data folder as a release, loads it through the module there.
std::unique_ptr<LaneUnderTest> make_module_lane(const Workload& workload, Pacing pacing,
                                                const std::string& module);

// What a till tells of an item, made beforehand.
class ItemTexts {
 public:
  explicit ItemTexts(const Workload& workload);
  std::string_view code(int item) const { return codes_[static_cast<std::size_t>(item)]; }

 private:
  std::vector<std::string> codes_;
};

// Store-local seconds of a basket; weeks pass from basket to basket, so that time never goes back.
std::int64_t local_time_s(const Basket& basket, std::uint64_t week);

}  // namespace xsell::bench

#endif  // XSELL_TESTS_TOOLS_BENCH_LANE_UNDER_TEST_H_
