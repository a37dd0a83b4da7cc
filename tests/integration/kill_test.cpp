// kill -9 at random points of the real lane program, and now and then of the real headquarters.
// XSELL_KILLS says how often, XSELL_SEED repeats a run of up to 500 kills (a longer one is made of
// such, seeded one after the other), XSELL_KILLED_LANES how many lanes at a time.
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <iostream>
#include <random>
#include <thread>
#include <vector>

#include "offline_cache/database.h"
#include "tests/integration/hq_program.h"
#include "tests/plugin/wait_for.h"
#include "tests/tools/outcome_checker.h"

namespace xsell {
namespace {

using namespace std::chrono_literals;
using tests::wait_for;

constexpr uint64_t kRoundStep = 1'000'000;
// Then a new lane and a new HQ, whose books are short enough to be checked often.
constexpr uint64_t kKillsInALife = 500;

uint64_t number_from(const char* variable, uint64_t otherwise) {
  const char* text = ::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

class KilledLane {
 public:
  KilledLane() {
    hq_.serve();
    hq_.publish("First words", 5);
    tests::write_text(folder_.file("xsell.json"), "{}");
    // HQ gives a connection up that stands still for ten seconds, as on a machine that others use.
    tests::ProgramResult enrolled;
    EXPECT_TRUE(wait_for(
        [&] {
          enrolled = tests::run_program({XSELL_PROGRAM, "--config", folder_.file("xsell.json"),
                                         "--data-folder", data(), "enroll", hq_.enrolment_token()});
          return enrolled.code == 0;
        },
        180s))
        << enrolled.err;
  }

  std::string data() const { return folder_.file("lane"); }
  std::string hq_database() const { return hq_.file("hq/hq.db"); }
  tests::HqProgram& hq() { return hq_; }

  // Sells baskets round * 1,000,000 + 1, 2, 3 ... until it is killed.
  std::unique_ptr<tests::ChildProcess> start(uint64_t round) {
    std::string script = "wait ready 20\n";
    for (uint64_t basket = 1; basket <= 500; ++basket) {
      script += "basket " + std::to_string(round * kRoundStep + basket) + "\nITEM-" +
                std::to_string(basket % 5 + 1) + "\nITEM-9\nend\npause 0.004\n";
    }
    return run(script + "pause 600\n");
  }

  std::unique_ptr<tests::ChildProcess> start_without_selling() {
    return run("wait ready 20\npause 600\n");
  }

  int64_t pending() const {
    const nlohmann::json status =
        nlohmann::json::parse(tests::read_text(data() + "/status.json"), nullptr, false);
    return status.is_object() ? status.value("outcomes_pending", int64_t{-1}) : -1;
  }

  // The lane that is running has sold a basket.
  bool has_sold() const {
    return tests::read_text(folder_.file("lane.log")).find("\"event\":\"transaction_finalised\"") !=
           std::string::npos;
  }

  std::string status() const {
    return tests::read_text(data() + "/status.json") + tests::read_text(hq_.file("serve.log"));
  }

 private:
  std::unique_ptr<tests::ChildProcess> run(const std::string& script) {
    tests::write_text(folder_.file("script"), script);
    std::filesystem::remove(data() + "/status.json");  // what the one before has left
    return std::make_unique<tests::ChildProcess>(
        std::vector<std::string>{XSELL_LANE_PROGRAM, "--plugin", XSELL_MODULE, "--config",
                                 folder_.file("xsell.json"), "--data-folder", data(), "--json",
                                 "--script", folder_.file("script")},
        folder_.file("lane.log"));
  }

  tests::HqProgram hq_;
  tests::TemporaryFolder folder_;
};

// Most die while they start or sell, some while they send.
int milliseconds_to_live(std::mt19937_64& random) {
  const uint64_t longest = random() % 32 == 0 ? 1'500 : random() % 4 == 0 ? 300 : 60;
  return static_cast<int>(random() % longest);
}

// One lane and its HQ, killed so often; then all that the till sold is there, once.
void kill_often(uint64_t kills, uint64_t seed) {
  std::mt19937_64 random(seed);
  KilledLane lane;
  uint64_t hq_kills = 0;
  {
    // There is something to lose from the start, however slow the machine.
    const auto program = lane.start(0);
    ASSERT_TRUE(wait_for([&] { return lane.hq().count_rows("outcomes") > 0; }, 180s))
        << lane.status();
    program->kill();
  }
  for (uint64_t round = 1; round <= kills; ++round) {
    auto program = lane.start(round);
    // A lane that died three times before its first sale takes its rule set for the culprit.
    if (round % 3 == 0) {
      ASSERT_TRUE(wait_for([&] { return lane.has_sold(); }, 180s)) << lane.status();
    }
    ::poll(nullptr, 0, milliseconds_to_live(random));
    const bool is_hq_killed = random() % 16 == 0;
    if (is_hq_killed) {
      lane.hq().kill();
      ++hq_kills;
    }
    program->kill();
    if (is_hq_killed) lane.hq().serve();
    if (round % 16 == 0) lane.hq().publish("Words " + std::to_string(round), 5);
    if (kills > 100 && round % 50 != 0) continue;
    const tests::CheckResult books = tests::check_outcomes(lane.data(), lane.hq_database());
    ASSERT_TRUE(books.is_good()) << "round " << round << ", seed " << seed << ": "
                                 << books.to_json();
  }
  {
    const auto program = lane.start_without_selling();
    ASSERT_TRUE(wait_for([&] { return lane.pending() == 0; }, 180s)) << lane.status();
  }
  const tests::CheckResult books = tests::check_outcomes(lane.data(), lane.hq_database());
  std::cout << "seed " << seed << ": " << kills << " kills, " << hq_kills << " of HQ; "
            << books.to_json() << std::endl;
  EXPECT_TRUE(books.is_good());
  EXPECT_EQ(books.pending, 0u);
  EXPECT_GT(books.recorded, 0u);

  // The till's own numbers: no basket twice, and of each round all up to the last that was stored.
  offline_cache::Database hq(lane.hq_database(), offline_cache::Database::Profile::kReadOnly);
  offline_cache::Statement rounds = hq.prepare(
      "SELECT transaction_number/?1, count(*), count(DISTINCT transaction_number), "
      "max(transaction_number%?1) FROM outcomes WHERE kind=8 GROUP BY 1");
  rounds.bind(1, kRoundStep);
  while (rounds.step()) {
    EXPECT_EQ(rounds.column_int64(1), rounds.column_int64(2)) << rounds.column_int64(0);
    EXPECT_EQ(rounds.column_int64(2), rounds.column_int64(3)) << rounds.column_int64(0);
  }
}

TEST(Kill, A26_no_outcome_is_lost_doubled_or_invented_wherever_the_lane_dies) {
  const uint64_t kills = number_from("XSELL_KILLS", ::getenv("XSELL_LONG") ? 100'000 : 30);
  // Much of the time is waiting for the moment to kill, so that several lanes may die side by side.
  const uint64_t lanes = number_from("XSELL_KILLED_LANES", kills > 100 ? 6 : 1);
  const uint64_t seed = number_from("XSELL_SEED", std::random_device()());
  std::cout << kills << " kills, XSELL_KILLED_LANES=" << lanes << " XSELL_SEED=" << seed
            << std::endl;
  std::atomic<uint64_t> next_life = 0;
  const uint64_t lives = (kills + kKillsInALife - 1) / kKillsInALife;
  std::vector<std::thread> killers;
  for (uint64_t lane = 0; lane < lanes; ++lane) {
    killers.emplace_back([&] {
      for (uint64_t life = next_life++; life < lives; life = next_life++) {
        try {
          kill_often(std::min(kKillsInALife, kills - life * kKillsInALife), seed + life);
        } catch (const std::exception& error) {
          ADD_FAILURE() << "seed " << seed + life << ": " << error.what();
        }
      }
    });
  }
  for (std::thread& killer : killers) killer.join();
}

}  // namespace
}  // namespace xsell
