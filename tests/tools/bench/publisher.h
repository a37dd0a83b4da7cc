// Another thread that goes on compiling a workload and handing it over, as a lane's worker does
// when release after release comes. Threads: take() and retire() are the scan thread's.
#ifndef XSELL_TESTS_TOOLS_BENCH_PUBLISHER_H_
#define XSELL_TESTS_TOOLS_BENCH_PUBLISHER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

#include "rules/compiled_rules.h"
#include "rules/release_records.h"
#include "tests/tools/bench/documents.h"
#include "tests/tools/bench/workload.h"

namespace xsell::bench {

// A workload as a lane keeps it between releases: the rules as records, read once.
struct Release {
  rules::Policy policy;
  rules::Catalogue catalogue;
  rules::TextTable parts;
  rules::RecordList rules;
};
Release release_of(const Workload& workload, Pacing pacing);

// From records to a rule set ready to answer.
struct Compiled {
  std::unique_ptr<rules::CompiledRuleSet> rules;
  double load_ms = 0;
  double load_cpu_ms = 0;
  double compile_ms = 0;
};
Compiled compile(const Release& release);

class Publisher {
 public:
  explicit Publisher(const Workload& workload);
  ~Publisher();
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  // The newest that was not taken yet; null when there is none.
  rules::CompiledRuleSet* take() { return offered_.exchange(nullptr); }
  // One that is in use no more; freed on the other thread.
  void retire(rules::CompiledRuleSet* rules);

 private:
  void publish_until_stopped();

  const Release release_;
  std::atomic<rules::CompiledRuleSet*> offered_{nullptr};
  std::atomic<rules::CompiledRuleSet*> retired_{nullptr};
  std::atomic<bool> is_stopping_{false};
  std::thread thread_;
};

}  // namespace xsell::bench

#endif  // XSELL_TESTS_TOOLS_BENCH_PUBLISHER_H_
