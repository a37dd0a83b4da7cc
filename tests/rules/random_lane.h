// Random rule sets small enough that much happens, and random events that fit them. The same seed
// gives the same.
#ifndef XSELL_TESTS_RULES_RANDOM_LANE_H_
#define XSELL_TESTS_RULES_RANDOM_LANE_H_

#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "rules/catalogue.h"
#include "rules/event.h"
#include "rules/model.h"

namespace xsell::rules {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  // 0 to sides - 1. The remainder, not a distribution: those differ between standard libraries.
  int roll(int sides) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(sides)); }
  bool chance(int percent) { return roll(100) < percent; }

 private:
  std::mt19937_64 engine_;
};

Catalogue random_catalogue(Dice& dice);
RuleSet random_rule_set(Dice& dice);

// A till that acts at random. Feedback names the prompt's place in the last answer: each lane puts
// its own id in.
class RandomTill {
 public:
  explicit RandomTill(Dice& dice) : dice_(dice) {}

  // The event's views live until the next call.
  const Event& next(std::size_t prompts_shown);
  // What is parked is gone, as after a restart of the till. Requires: no transaction is open.
  void restart() { parked_.clear(); }
  bool is_in_transaction() const { return transaction_ != 0; }
  // The place of the prompt that the event is about; -1: none.
  int prompt_place() const { return prompt_place_; }

 private:
  void act(std::size_t prompts_shown);
  void act_on_lines();
  void begin();
  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

  Dice& dice_;
  Event event_;
  std::deque<std::string> texts_;
  std::vector<std::string_view> segments_;
  std::vector<NearMiss> near_misses_;
  std::vector<std::uint64_t> lines_;
  struct Parked {
    std::uint64_t transaction;
    std::vector<std::uint64_t> lines;
  };
  std::vector<Parked> parked_;
  std::uint64_t next_line_ = 1;
  std::uint64_t transaction_ = 0;
  std::uint64_t last_transaction_ = 0;
  std::uint64_t sequence_ = 0;
  std::int64_t local_s_ = 1780480800;  // 2026-06-03T10:00:00
  std::int64_t monotonic_s_ = 1000;
  bool is_in_tender_ = false;
  int prompt_place_ = -1;
};

}  // namespace xsell::rules

#endif  // XSELL_TESTS_RULES_RANDOM_LANE_H_
