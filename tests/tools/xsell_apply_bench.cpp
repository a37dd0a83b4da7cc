// How long a lane takes to apply a release of 100,000 rules: whole, and by a delta of 1%; to start;
// how much it writes; and whether scans notice. Prints one JSON document.
//   xsell-apply-bench [--rules N] [--changed-percent P] [--rounds N] [--folder F]
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "offline_cache/rules_file_update.h"
#include "plugin/release_apply.h"
#include "plugin/release_compile.h"
#include "plugin/release_shelf.h"
#include "plugin/rules_image.h"
#include "plugin/state_hasher.h"
#include "rules/lane_engine.h"
#include "sync/folder_fetcher.h"
#include "sync/release_fetch.h"
#include "tests/plugin/release_tree.h"
#include "tests/plugin/wait_for.h"
#include "tests/sync/memory_store.h"

namespace xsell::plugin {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;
using tests::ReleaseTree;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

// The number behind this name in a file of /proc/self; 0: not there.
uint64_t read_own(const char* file, std::string_view name) {
  std::ifstream lines(std::string("/proc/self/") + file);
  std::string line;
  while (std::getline(lines, line)) {
    if (line.starts_with(name)) return std::stoull(line.substr(name.size()));
  }
  return 0;
}

uint64_t written_bytes() { return read_own("io", "wchar:"); }

// Resident memory now; the peak counts anew from here.
uint64_t begin_peak() {
  ::malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
  return read_own("status", "VmRSS:") * 1024;
}
uint64_t peak_bytes() { return read_own("status", "VmHWM:") * 1024; }

std::string number(int n) {
  std::string digits = std::to_string(n);
  return std::string(7 - digits.size(), '0') + digits;
}

// Rules as a chain of 5,000 items would have them, about 430 bytes a line.
ReleaseTree::Lines make_lines(int rules, int changed, int version) {
  ReleaseTree::Lines lines = {
      {"policy", R"({"currency":"EUR","id":"policy","max_prompts_per_operator_hour":120})"}};
  for (int i = 0; i < 5'000; ++i) {
    const std::string id = "item/" + number(i);
    lines[id] = R"({"category":"c)" + std::to_string(i % 90) + R"(","id":")" + id +
                R"(","name":{"de":"Artikel )" + number(i * 7919 % 5'000) +
                R"(","en":"Item"},"price":{"amount":)" + std::to_string(99 + i % 900) +
                R"(,"currency":"EUR"}})";
  }
  for (int i = 0; i < 90; ++i) {
    const std::string id = "category/c" + std::to_string(i);
    lines[id] = R"({"id":")" + id + "\"}";
  }
  const int stride = changed == 0 ? 0 : std::max(1, rules / changed);
  for (int i = 0; i < rules; ++i) {
    const std::string id = "rule/" + number(i);
    const int words = stride != 0 && i % stride == 0 ? version : 1;
    lines[id] =
        R"({"condition":{"basket_has":{"items":[")" + number(i * 31 % 5'000) + R"("]}},"id":")" +
        id + R"(","name":"Rule )" + number(i) + R"(","offers":[{"items":[")" +
        number((i * 31 + 7 + i / 5'000) % 5'000) + R"("],"score":"0.)" +
        std::to_string(100 + i * 7 % 900) +
        R"("}],"pacing":{"once_per_transaction":true},"prompt":{"operator_text":{"de":"Dazu )" +
        number(i * 13 % 99'991) + R"( in Ausgabe )" + std::to_string(words) +
        R"(?","en":"That too?"},"reason":{"de":"Wird oft zusammen genommen","en":"Often taken together"}},"relation":"complement"})";
  }
  return lines;
}

// Scans in a loop until it is told to stop, and keeps how long each took.
class Scanner {
 public:
  explicit Scanner(std::unique_ptr<rules::CompiledRuleSet> rules) : rules_(std::move(rules)) {
    thread_ = std::thread([this] { run(); });
  }
  ~Scanner() { stop(); }

  void wait_for_scans(size_t count) const {
    tests::wait_for([&] { return count_ >= count; }, std::chrono::minutes(1));
  }

  Json stop() {
    if (!thread_.joinable()) return {};
    is_stopping_ = true;
    thread_.join();
    std::sort(times_us_.begin(), times_us_.end());
    const auto at = [&](double share) {
      return times_us_[static_cast<size_t>(share * double(times_us_.size() - 1))];
    };
    return {{"scans", times_us_.size()},
            {"p50_us", at(0.5)},
            {"p99_us", at(0.99)},
            {"p999_us", at(0.999)},
            {"max_us", times_us_.back()}};
  }

 private:
  struct Nowhere : rules::OutcomeSink {
    void put(const rules::Outcome&) noexcept override {}
  };

  void run() {
    rules::LaneScope scope;
    scope.business_unit = "1";
    scope.currency = rules::Currency::from_text("EUR").value();
    Nowhere nowhere;
    rules::LaneEngine engine(scope, &nowhere);
    engine.adopt(rules_.get());
    times_us_.reserve(4'000'000);
    uint64_t transaction = 0;
    uint64_t sequence = 0;
    int item = 0;
    while (!is_stopping_ && times_us_.size() < times_us_.capacity()) {
      scan(engine, rules::EventKind::kTransactionBegin, ++transaction, ++sequence, 0, "");
      for (uint64_t line = 1; line <= 12; ++line) {
        item = (item + 37) % 5'000;
        const auto start = Clock::now();
        scan(engine, rules::EventKind::kLineAdded, transaction, ++sequence, line, number(item));
        times_us_.push_back(
            std::chrono::duration<double, std::micro>(Clock::now() - start).count());
      }
      scan(engine, rules::EventKind::kTransactionFinalised, transaction, ++sequence, 0, "");
      count_ = times_us_.size();
    }
  }

  static void scan(rules::LaneEngine& engine, rules::EventKind kind, uint64_t transaction,
                   uint64_t sequence, uint64_t line, const std::string& item) {
    rules::Event event;
    event.kind = kind;
    event.transaction = transaction;
    event.sequence = sequence;
    event.monotonic_ns = sequence * 1'000'000'000;
    event.local_time_s = ReleaseTree::kNow_s;
    event.line.line = line;
    event.line.item = item;
    event.line.quantity_milli = 1'000;
    engine.on_event(event);
  }

  std::unique_ptr<rules::CompiledRuleSet> rules_;
  std::vector<double> times_us_;
  std::atomic<size_t> count_{0};
  std::atomic<bool> is_stopping_{false};
  std::thread thread_;
};

struct Measured {
  double ms = 0;
  uint64_t written = 0;
  uint64_t memory = 0;  // at its peak, over what was taken before
};

template <typename Work>
Measured measure(Work work) {
  const uint64_t memory_before = begin_peak();
  const uint64_t written_before = written_bytes();
  const auto start = Clock::now();
  work();
  return {ms_since(start), written_bytes() - written_before, peak_bytes() - memory_before};
}

void require(const sync::Failure& failure) {
  if (failure.failed()) throw std::runtime_error(failure.detail);
}

// The files alone: what is on disk and durable, not parsed.
class OntoFile : public sync::DeltaSink {
 public:
  OntoFile(offline_cache::RulesFiles& files, uint64_t base) : files_(files), base_(base) {}
  bool on_header(const sync::DeltaHeader&) override {
    update.emplace(files_, base_, offline_cache::RulesFileUpdate::Base::kTaken);
    return true;
  }
  bool on_put(std::string_view id, std::string_view line) override {
    update->put(id, line);
    return true;
  }
  bool on_remove(std::string_view id) override {
    update->remove(id);
    return true;
  }
  std::optional<offline_cache::RulesFileUpdate> update;

 private:
  offline_cache::RulesFiles& files_;
  const uint64_t base_;
};

Json summary(const std::vector<Measured>& rounds) {
  std::vector<double> ms, written, memory;
  for (const Measured& round : rounds) {
    ms.push_back(round.ms);
    written.push_back(double(round.written));
    memory.push_back(double(round.memory));
  }
  return {{"median_ms", median(ms)},
          {"min_ms", *std::min_element(ms.begin(), ms.end())},
          {"written_bytes", uint64_t(median(written))},
          {"peak_memory_bytes", uint64_t(median(memory))}};
}

int run(int argc, char** argv) {
  CLI::App app("Measures how a lane applies a release.");
  int rule_count = 100'000;
  double changed_percent = 1;
  int rounds = 5;
  std::string folder;
  app.add_option("--rules", rule_count)->capture_default_str();
  app.add_option("--changed-percent", changed_percent)->capture_default_str();
  app.add_option("--rounds", rounds)->capture_default_str();
  app.add_option("--folder", folder, "Where to write; else the system's temporary folder");
  CLI11_PARSE(app, argc, argv);
  if (!folder.empty()) ::setenv("TMPDIR", folder.c_str(), 1);

  const int changed = static_cast<int>(rule_count * changed_percent / 100);
  ReleaseTree tree;
  tests::TemporaryFolder parent;
  const offline_cache::DataFolder data(parent.file("lane"));
  offline_cache::RulesFiles files(data, StateHasher::make);
  sync::tuf::MemoryStore memory;
  sync::FolderFetcher fetcher(tree.path());
  sync::tuf::Client client(memory, fetcher);
  require(client.pin_root(tree.repository().root_bytes()));
  const rules::LaneScope scope;
  const sync::Control nothing_killed;
  uint64_t version = 0;
  const auto publish = [&] {
    ++version;
    tree.publish(version, make_lines(rule_count, changed, int(version)), [&](auto& published) {
      // The bundle, and the delta from two versions before: what a lane whose files take turns
      // uses.
      std::erase_if(published, [&](const auto& file) {
        return file.name.ends_with(".delta.zst") &&
               file.name != "rules-" + std::to_string(version - 2) + "-" + std::to_string(version) +
                                ".delta.zst";
      });
    });
    require(client.refresh(ReleaseTree::kNow_s).failure);
    return *sync::newest_release(*client.targets());
  };
  std::unique_ptr<rules::CompiledRuleSet> rules;
  // As a lane does it: until the rules can be handed over, and then what it saves for the next
  // time.
  std::optional<rules::ReleaseRecords> records;
  const auto apply = [&](const sync::Release& release, uint64_t in_use) {
    AppliedRelease applied =
        apply_release(client, release, files, in_use, Transfer::kDeltaIfOneFits,
                      data.file("release.part"), [&](const auto& header, const auto& lines) {
                        const auto* changes = lines.changes();
                        records.reset();
                        if (changes != nullptr) {
                          records = load_records(files.records_path(changes->base_generation),
                                                 changes->base_state_hash);
                        }
                        const auto make_filter = [&](const rules::Policy& policy) {
                          return RuleFilter(nothing_killed, policy.staleness, false);
                        };
                        rules = compile_release(header, lines, scope, make_filter, records);
                      });
    require(applied.failure);
    return applied;
  };
  const auto save = [&](const offline_cache::RulesFileHeader& header) {
    const ImageKey key{header, scope, {}};
    save_image(files.image_path(header.generation), text_of(key), rules::ImageContent(*rules));
    save_records(files.records_path(header.generation), header.state_hash, records->tidied());
    records.reset();
  };

  Json result = {{"rules", rule_count}, {"changed_rules", changed}, {"rounds", rounds}};
  std::vector<Measured> full, delta_file, delta, saved;
  sync::Release release = publish();
  result["bundle_bytes"] = release.file.length;
  uint64_t in_use = 0;
  for (int round = 0; round < rounds; ++round) {
    files.keep_only({});
    std::optional<AppliedRelease> applied;
    full.push_back(measure([&] { applied = apply(release, 0); }));
    in_use = applied->header.generation;
    save(applied->header);
  }
  result["full_compiled"] = summary(full);
  result["file_bytes"] =
      std::filesystem::file_size(data.file("rules-" + std::to_string(in_use) + ".db"));

  // The second file, then deltas onto the older of the two in turns.
  release = publish();
  const AppliedRelease second = apply(release, in_use);
  in_use = second.header.generation;
  save(second.header);
  Scanner scanner(std::move(rules));
  scanner.wait_for_scans(200'000);
  const Json quiet = scanner.stop();
  for (int round = 0; round < rounds; ++round) {
    release = publish();
    if (release.deltas.size() != 1) throw std::runtime_error("there is no delta");
    result["delta_bytes"] = release.deltas[0].file.length;
    std::optional<AppliedRelease> applied;
    delta.push_back(measure([&] { applied = apply(release, in_use); }));
    if (!applied->is_by_delta) throw std::runtime_error("the delta was not used");
    in_use = applied->header.generation;
    saved.push_back(measure([&] {
      save(applied->header);
      files.check(in_use);
    }));
  }
  result["delta_compiled"] = summary(delta);
  result["delta_saved_afterwards"] = summary(saved);
  for (int round = 0; round < rounds; ++round) {
    release = publish();
    const uint64_t base = files.generations().back();
    delta_file.push_back(measure([&] {
      OntoFile onto(files, base);
      require(
          sync::fetch_delta(client, release, release.deltas[0], data.file("release.part"), onto));
      in_use = onto.update->publish(release.version, release.state_hash).generation;
    }));
  }
  result["delta_on_disk"] = summary(delta_file);

  // As a lane starts: from the lines, which leaves the image, then from that.
  LogQueue log;
  for (const char* from : {"start_from_lines", "start_from_image"}) {
    std::vector<Measured> starts;
    for (int round = 0; round < rounds; ++round) {
      if (from == std::string_view("start_from_lines")) {
        for (const uint64_t generation : files.generations()) {
          offline_cache::remove_file(files.image_path(generation));
          offline_cache::remove_file(files.records_path(generation));
        }
      }
      ReleaseShelf shelf(data, tree.identity(), log);
      starts.push_back(measure([&] {
        if (!shelf.load_newest(scope, {ReleaseTree::kNow_s, 0})) {
          throw std::runtime_error("nothing was loaded");
        }
        shelf.save();
      }));
      shelf.end_use();
    }
    result[from] = summary(starts);
  }

  release = publish();
  Scanner busy_scanner(std::move(rules));
  busy_scanner.wait_for_scans(20'000);
  apply(release, in_use);
  result["scan_alone"] = quiet;
  result["scan_while_applying"] = busy_scanner.stop();
  std::cout << result.dump(2) << "\n";
  return 0;
}

}  // namespace
}  // namespace xsell::plugin

int main(int argc, char** argv) {
  try {
    return xsell::plugin::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "xsell-apply-bench: " << error.what() << "\n";
    return 1;
  }
}
