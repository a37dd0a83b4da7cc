#include "tests/tools/bench/publisher.h"

#include <time.h>

#include <chrono>

#include "rules/rule_compiler.h"

namespace xsell::bench {
namespace {

double ms_since(std::chrono::steady_clock::time_point start) {
  const std::chrono::duration<double, std::milli> passed = std::chrono::steady_clock::now() - start;
  return passed.count();
}

double thread_cpu_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

}  // namespace

Compiled compile_workload(const Workload& workload, Pacing pacing) {
  const rules::Catalogue catalogue = catalogue_of(workload);
  const std::vector<rules::ItemSet> no_sets;
  RuleWriter writer(workload, pacing);
  Compiled out;
  const auto start = std::chrono::steady_clock::now();
  const double cpu_start = thread_cpu_ms();
  rules::TextTable parts;
  rules::RuleRecorder recorder(parts);
  rules::RuleCompiler compiler(policy_of(pacing), no_sets, catalogue, rules::LaneScope(), 1, parts);
  compiler.reserve(workload.rules.size());
  for (const RuleRecord& record : workload.rules)
    compiler.add(recorder.record(writer.write(record)));
  const auto placing = std::chrono::steady_clock::now();
  out.rules = compiler.finish();
  out.compile_ms = ms_since(placing);
  out.load_ms = ms_since(start);
  out.load_cpu_ms = thread_cpu_ms() - cpu_start;
  return out;
}

Publisher::Publisher(const Workload& workload)
    : workload_(workload), thread_([this] { publish_until_stopped(); }) {}

Publisher::~Publisher() {
  is_stopping_ = true;
  thread_.join();
  delete offered_.exchange(nullptr);
  delete retired_.exchange(nullptr);
}

void Publisher::retire(rules::CompiledRuleSet* rules) {
  while (retired_.load() != nullptr) std::this_thread::yield();
  retired_ = rules;
}

void Publisher::publish_until_stopped() {
  while (!is_stopping_) {
    delete offered_.exchange(compile_workload(workload_, Pacing::off).rules.release());
    delete retired_.exchange(nullptr);
  }
}

}  // namespace xsell::bench
