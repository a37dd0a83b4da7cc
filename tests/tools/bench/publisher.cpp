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

Release release_of(const Workload& workload, Pacing pacing) {
  Release release;
  release.policy = policy_of(pacing);
  release.catalogue = catalogue_of(workload);
  RuleWriter writer(workload, pacing);
  rules::RuleRecorder recorder(release.parts);
  std::string packed;
  for (const RuleRecord& record : workload.rules) {
    const rules::RuleRecord& rule = recorder.record(writer.write(record));
    packed.clear();
    rules::PackWriter pack(packed);
    pack(rule);
    release.rules.add(rule.rule_id, packed);
  }
  return release;
}

Compiled compile(const Release& release) {
  const std::vector<rules::ItemSet> no_sets;
  Compiled out;
  const auto start = std::chrono::steady_clock::now();
  const double cpu_start = thread_cpu_ms();
  rules::RuleCompiler compiler(release.policy, no_sets, release.catalogue, rules::LaneScope(), 1,
                               release.parts);
  compiler.reserve(release.rules.size());
  rules::RuleRecord rule;
  for (std::size_t i = 0; i < release.rules.size(); ++i) {
    rules::PackReader(release.rules.record(i))(rule);
    rule.rule_id = release.rules.name(i);
    compiler.add(rule);
  }
  const auto placing = std::chrono::steady_clock::now();
  out.rules = compiler.finish();
  out.compile_ms = ms_since(placing);
  out.load_ms = ms_since(start);
  out.load_cpu_ms = thread_cpu_ms() - cpu_start;
  return out;
}

Publisher::Publisher(const Workload& workload)
    : release_(release_of(workload, Pacing::off)), thread_([this] { publish_until_stopped(); }) {}

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
    delete offered_.exchange(compile(release_).rules.release());
    delete retired_.exchange(nullptr);
  }
}

}  // namespace xsell::bench
