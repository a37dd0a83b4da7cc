// xsell-storage-bench: how fast outcomes come to disk, at the lane and at HQ. Prints JSON.
#include <CLI/CLI.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "hq/server/outcome_intake.h"
#include "hq/store.h"
#include "offline_cache/lane_store.h"
#include "sync/outcome_batch.h"
#include "tests/offline_cache/temporary_folder.h"
#include "tests/tools/sample_batches.h"

namespace {

using xsell::benchmark::sample_batches;
using xsell::benchmark::sample_outcome;
using xsell::offline_cache::DataFolder;
using xsell::offline_cache::LaneStore;
using xsell::offline_cache::LossClass;
using xsell::offline_cache::OutboxRecord;
using Clock = std::chrono::steady_clock;

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
  const std::string bytes = sample_outcome(1);
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

// Lanes that each have one batch of 500 on the way all the time. A lane's own part, encoding, is
// done before.
double ingestion_rate(const std::string& folder, double seconds, std::size_t batches_a_commit) {
  constexpr std::size_t kLanes = 20;
  constexpr std::size_t kBatchSize = 500;
  constexpr std::size_t kMostBatches = 100;  // of a lane
  const std::vector<std::string> batches = sample_batches(kMostBatches, kBatchSize);

  std::filesystem::create_directories(folder);
  xsell::hq::HqStore store(folder + "/hq.db");
  boost::asio::io_context io;
  xsell::hq::OutcomeIntake intake(
      io, store, [] { return std::int64_t{1'780'000'000}; }, [](const xsell::hq::Device&) {},
      {.batches_a_commit = batches_a_commit});
  std::vector<std::shared_ptr<const xsell::hq::Device>> lanes;
  for (std::size_t i = 0; i < kLanes; ++i) {
    auto lane = std::make_shared<xsell::hq::Device>();
    lane->device = "device-" + std::to_string(i);
    lanes.push_back(std::move(lane));
  }
  std::vector<std::size_t> sent(kLanes, 0);
  std::uint64_t stored = 0;
  const auto work = boost::asio::make_work_guard(io);
  const auto start = Clock::now();
  double passed_s = 0;
  std::function<void(std::size_t)> send_next = [&](std::size_t lane) {
    intake.take(lanes[lane], batches[sent[lane]++], [&, lane](const auto& taken) {
      if (taken.result.acked_through != sent[lane] * kBatchSize)
        throw std::runtime_error("a batch was not stored: " + taken.failure);
      stored += kBatchSize;
      passed_s = std::chrono::duration<double>(Clock::now() - start).count();
      if (passed_s > seconds || sent[lane] == kMostBatches) return io.stop();
      send_next(lane);
    });
  };
  for (std::size_t lane = 0; lane < kLanes; ++lane) send_next(lane);
  io.run();
  return static_cast<double>(stored) / passed_s;
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
    result["outcome_bytes"] = sample_outcome(1'000'000).size();
    if (!is_hq_only) measure_outbox(place, seconds, result);
    result["ingestion_a_commit_each_per_s"] =
        static_cast<std::int64_t>(ingestion_rate(place + "/each", seconds, 1));
    result["ingestion_per_s"] =
        static_cast<std::int64_t>(ingestion_rate(place + "/together", seconds, 16));
    std::cout << result.dump(2) << "\n";
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "xsell-storage-bench: " << error.what() << "\n";
    return 1;
  }
}
