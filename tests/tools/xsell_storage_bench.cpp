// xsell-storage-bench: how fast outcomes come to disk, at the lane and at HQ. Prints JSON.
#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "hq/outcome_store.h"
#include "hq/store.h"
#include "offline_cache/lane_store.h"
#include "rules/outcome.h"
#include "sync/outcome_batch.h"
#include "tests/offline_cache/temporary_folder.h"

namespace {

using xsell::offline_cache::DataFolder;
using xsell::offline_cache::LaneStore;
using xsell::offline_cache::LossClass;
using xsell::offline_cache::OutboxRecord;
using Clock = std::chrono::steady_clock;

// An outcome with about all that a real one holds.
std::string outcome_json(std::uint64_t number) {
  xsell::rules::Outcome outcome;
  outcome.kind = xsell::rules::OutcomeKind::kAcceptedScan;
  outcome.prompt_id = number;
  outcome.rule_set_version = 42;
  outcome.transaction = 1'900'000'000'000 + number / 4;
  outcome.transaction_number = number / 4;
  outcome.local_time_s = 1'780'000'000 + static_cast<std::int64_t>(number);
  outcome.shown_ms = 12'345;
  outcome.response_ms = 2'345;
  outcome.quantity_milli = 1'000;
  outcome.amount_minor = 1'999;
  outcome.resulting_line = 7;
  outcome.arm = xsell::rules::ExperimentArm::kTreated;
  outcome.transaction_end = xsell::rules::TransactionEnd::kFinalised;
  outcome.relation = 1;
  outcome.rule_id.assign("phone-then-case");
  outcome.offered_item.assign("04012345678901");
  outcome.trigger_item.assign("04012345678918");
  outcome.experiment.assign("spring");
  outcome.business_unit.assign("0217");
  outcome.workstation.assign("3");
  outcome.operator_id.assign("b1946ac92492d234");
  outcome.business_day.assign("2026-11-23");
  outcome.currency.assign("EUR");
  return xsell::sync::encode_outcome(outcome);
}

// Events a second of `step`, which does `events` of them at a time.
double rate(double seconds, std::uint64_t events, const std::function<void()>& step) {
  const auto start = Clock::now();
  std::uint64_t done = 0;
  std::chrono::duration<double> passed{};
  do {
    step();
    done += events;
    passed = Clock::now() - start;
  } while (passed.count() < seconds);
  return static_cast<double>(done) / passed.count();
}

double outbox_rate(const std::string& folder, double seconds, std::size_t group) {
  const DataFolder data(folder + "/lane-" + std::to_string(group));
  LaneStore store(
      data, {.new_epoch = [] { return std::uint64_t{7}; }, .digest = xsell::sync::outcome_digest});
  const std::string bytes = outcome_json(1);
  const std::vector<OutboxRecord> records(group, {LossClass::kOutcome, 1, bytes});
  std::uint64_t commits = 0;
  return rate(seconds, group, [&] {
    store.commit(records);
    // What is sent goes, as it does at a lane.
    if (++commits * group % 20'000 < group) store.ack_through(7, store.next_sequence() - 1);
  });
}

void measure_outbox(const std::string& place, double seconds, nlohmann::ordered_json& result) {
  const double one_by_one = outbox_rate(place, seconds, 1);
  result["outbox_one_by_one_per_s"] = static_cast<std::int64_t>(one_by_one);
  for (const std::size_t group : {10, 50, 200}) {
    const double grouped = outbox_rate(place, seconds, group);
    result["outbox_groups_of_" + std::to_string(group) + "_per_s"] =
        static_cast<std::int64_t>(grouped);
    result["times_" + std::to_string(group)] = grouped / one_by_one;
  }
}

double ingestion_rate(const std::string& folder, double seconds, std::size_t batch_size) {
  xsell::hq::HqStore store(folder + "/hq.db");
  xsell::hq::OutcomeStore outcomes(store);
  constexpr std::size_t kLanes = 20;
  std::vector<std::uint64_t> next(kLanes, 1);
  std::vector<std::vector<std::string>> batches(kLanes);
  std::size_t at = 0;
  double encoding_s = 0;
  std::uint64_t taken = 0;
  const double all = rate(seconds, batch_size, [&] {
    // The lane's part, which is not HQ's time.
    const auto start = Clock::now();
    const std::size_t lane = at++ % kLanes;
    xsell::sync::OutcomeBatch batch{7, {}};
    for (std::size_t i = 0; i < batch_size; ++i) {
      const std::uint64_t sequence = next[lane]++;
      batch.records.push_back({sequence, sequence, false, 1, {}, outcome_json(sequence)});
    }
    const std::string wire = xsell::sync::encode_batch(batch).bytes;
    encoding_s += std::chrono::duration<double>(Clock::now() - start).count();

    const auto decoded = xsell::sync::decode_batch(wire);
    const std::string device = "device-" + std::to_string(lane);
    outcomes.append(device, *decoded.batch, 1'780'000'000);
    taken += batch_size;
  });
  const double passed_s = static_cast<double>(taken) / all;
  return static_cast<double>(taken) / (passed_s - encoding_s);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("How fast outcomes come to disk, at the lane and at HQ.", "xsell-storage-bench");
  std::string folder;
  double seconds = 2;
  bool is_hq_only = false;
  app.add_option("--folder", folder, "On which disk (else the one for temporary files)");
  app.add_option("--seconds", seconds, "For each figure")->capture_default_str();
  app.add_flag("--hq-only", is_hq_only, "Ingestion at HQ alone");
  CLI11_PARSE(app, argc, argv);
  try {
    const xsell::tests::TemporaryFolder temporary;
    const std::string place = folder.empty() ? temporary.path() : folder;
    std::filesystem::create_directories(place);
    nlohmann::ordered_json result;
    result["outcome_bytes"] = outcome_json(1'000'000).size();
    if (!is_hq_only) measure_outbox(place, seconds, result);
    result["ingestion_batches_of_500_per_s"] =
        static_cast<std::int64_t>(ingestion_rate(place, seconds, 500));
    std::cout << result.dump(2) << "\n";
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "xsell-storage-bench: " << error.what() << "\n";
    return 1;
  }
}
