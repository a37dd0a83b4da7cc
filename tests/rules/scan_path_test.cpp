// What a scan must not do: allocate, lock, call the system.
#include <gtest/gtest.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "rules/compiled_rules.h"
#include "rules/customer_past.h"
#include "rules/lane_engine.h"
#include "tests/rules/counting_allocator.h"
#include "tests/rules/random_lane.h"

namespace xsell::rules {
namespace {

class CountingSink : public OutcomeSink {
 public:
  void put(const Outcome&) noexcept override { ++rows; }
  std::uint64_t rows = 0;
};

// A day at the till, made up beforehand so that only the engine works while it is watched.
class Day {
 public:
  explicit Day(std::uint64_t seed)
      : dice_(seed), catalogue_(random_catalogue(dice_)), rules_(random_rule_set(dice_)) {
    rules_.policy.experiment.id = "e";
    rules_.policy.experiment.hold_out_percent = 20;
    compiled_ = compile(std::move(rules_), std::move(catalogue_), LaneScope());
    engine_ = std::make_unique<LaneEngine>(LaneScope(), &sink_);
    RandomTill till(dice_);
    for (int i = 0; i < kEvents; ++i) {
      words_.push_back(std::make_unique<Words>());
      Words& words = *words_.back();
      words.event = till.next(1);
      words.keep();
    }
  }

  // The rule set is taken over within the day as well: that is part of the scan path.
  void play() {
    engine_->adopt(compiled_.get());
    std::uint64_t prompt = 0;
    for (const auto& words : words_) {
      words->event.prompt_id = prompt;
      const Answer& answer = engine_->on_event(words->event);
      if (answer.count > 0) prompt = answer.view()[0].prompt_id;
      prompts += answer.count;
    }
  }

  std::uint64_t rows() const { return sink_.rows; }
  std::uint64_t prompts = 0;

 private:
  static constexpr int kEvents = 2000;

  // An event with the texts it speaks of.
  struct Words {
    Event event;
    std::string item, category, customer, operator_id, role;
    std::vector<std::string> segments;
    std::vector<std::string_view> segment_views;
    std::vector<NearMiss> near_misses;

    void keep() {
      const auto keep_one = [](std::string& text, std::string_view& view) {
        text = view;
        view = text;
      };
      keep_one(item, event.line.item);
      keep_one(category, event.line.category);
      keep_one(customer, event.customer);
      keep_one(operator_id, event.operator_id);
      keep_one(role, event.operator_role);
      for (const std::string_view segment : event.segments) segments.emplace_back(segment);
      segment_views.assign(segments.begin(), segments.end());
      event.segments = segment_views;
      near_misses.assign(event.near_misses.begin(), event.near_misses.end());
      event.near_misses = near_misses;
    }
  };

  Dice dice_;
  Catalogue catalogue_;
  RuleSet rules_;
  std::unique_ptr<CompiledRuleSet> compiled_;
  CountingSink sink_;
  std::unique_ptr<LaneEngine> engine_;
  std::vector<std::unique_ptr<Words>> words_;
};

TEST(ScanPath, AllocatesNothing) {
  std::uint64_t prompts = 0;
  std::uint64_t rows = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Day day(seed);
    const std::uint64_t before = tests::allocation_count();
    day.play();
    EXPECT_EQ(tests::allocation_count() - before, 0u) << "seed " << seed;
    prompts += day.prompts;
    rows += day.rows();
  }
  EXPECT_GT(prompts, 1000u) << "the days were too quiet to show anything";
  EXPECT_GT(rows, 1000u);
}

// Customers with as long a past as counts, parked and fetched again.
TEST(ScanPath, RemindingKnownCustomersAllocatesNothing) {
  constexpr std::uint32_t kItems = 600;
  std::vector<std::string> keys;
  RuleSet rules;
  for (std::uint32_t item = 0; item < kItems; ++item) keys.push_back("i" + std::to_string(item));
  for (std::uint32_t item = 0; item < kItems; ++item) {
    for (std::uint32_t other = 1; other <= 10; ++other) {
      MinedPair pair;
      pair.trigger = *ItemKey::from_text(keys[item]);
      pair.offer = *ItemKey::from_text(keys[(item + 7 * other) % kItems]);
      pair.joint_count = 20 + other;
      pair.trigger_count = pair.offer_count = 100;
      pair.basket_count = 10'000;
      pair.weight = 100;
      rules.pairs.push_back(pair);
    }
  }
  MinedPolicy& mined = rules.policy.mined;
  mined.ranker.weights[static_cast<std::size_t>(RankerTerm::confidence)] = 65536;
  mined.ranker.surest_scores.assign(kSurestScores, 0);
  mined.replenishment.is_enabled = true;
  mined.replenishment.fit.weights[static_cast<std::size_t>(ReplenishmentTerm::bought_habit)] =
      65536;
  mined.replenishment.fit.surest_scores.assign(kSurestScores, 0);
  mined.replenishment.operator_text.set("en", "{offer} again?");
  mined.replenishment.reason.set("en", "Bought by this customer before");
  const auto compiled = compile(std::move(rules), Catalogue(), LaneScope());
  CountingSink sink;
  LaneEngine engine(LaneScope(), &sink);
  engine.adopt(compiled.get());
  std::vector<RecentPurchase> recent;
  for (std::uint32_t i = 0; i < kMaxRecentItems; ++i) {
    recent.push_back({keys[2 * i], static_cast<std::int32_t>(i % 9), static_cast<std::int32_t>(i)});
  }

  std::uint64_t reminders = 0;
  Event event;
  const auto tell = [&](EventKind kind) -> const Answer& {
    event.kind = kind;
    event.monotonic_ns += 60'000'000'000;
    return engine.on_event(event);
  };
  const std::uint64_t before = tests::allocation_count();
  for (std::uint64_t transaction = 1; transaction <= 50; ++transaction) {
    event.transaction = transaction;
    event.line = {};
    tell(EventKind::kTransactionBegin);
    event.customer = keys[transaction];
    event.has_consent = true;
    event.visits = 10;
    event.recent_items = std::span(recent).subspan(transaction);
    tell(EventKind::kCustomerIdentified);
    event.recent_items = {};
    for (std::uint64_t line = 1; line <= 20; ++line) {
      event.line = {};
      event.line.line = line;
      event.line.item = keys[(transaction * 31 + line * 17) % kItems];
      const Answer& answer = tell(EventKind::kLineAdded);
      for (const Prompt& prompt : answer.view()) {
        if (prompt.relation == Relation::replenishment) ++reminders;
      }
      if (line != 10) continue;
      tell(EventKind::kTransactionSuspended);
      tell(EventKind::kTransactionRecalled);
    }
    tell(EventKind::kTransactionFinalised);
  }
  EXPECT_EQ(tests::allocation_count(), before);
  EXPECT_GT(reminders, 50u);
  EXPECT_GT(sink.rows, 50u);
}

// In a process that the kernel kills at its first call but read, write and exit: a lock that had to
// wait would be one.
TEST(ScanPath, CallsNoSystem) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Day day(seed);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0) ::_exit(77);
      day.play();
      ::syscall(SYS_exit, 0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
      GTEST_SKIP() << "this kernel has no seccomp";
    EXPECT_TRUE(WIFEXITED(status)) << "killed by signal " << WTERMSIG(status) << ", seed " << seed;
  }
}

}  // namespace
}  // namespace xsell::rules
