// Makes a lane's events of steps: keeps the time, numbers events, transactions and lines, and knows
// prompts by what they offered. Threads: one at a time. Fails: std::runtime_error when a step
// cannot be read. Units: store-local seconds.
#ifndef XSELL_HQ_EXPLAIN_STEP_READER_H_
#define XSELL_HQ_EXPLAIN_STEP_READER_H_

#include <cstdint>
#include <map>
#include <string>

#include "hq/explain/event_words.h"

namespace xsell::hq {

// "rule > item", or "rule" for information.
std::string prompt_title(const std::string& rule, const std::string& item);

class StepReader {
 public:
  // Transactions that say no number count up from behind last_transaction.
  StepReader(std::int64_t begins_at_s, std::uint64_t last_transaction)
      : clock_s_(begins_at_s), last_transaction_(last_transaction) {}

  // By the step's "at", or its "after_s".
  void keep_time(const Json& step);
  std::int64_t local_time_s() const { return clock_s_; }

  // The event, now.
  EventWords read(const Json& step);

  // It was shown; steps may name it, or its rule, from now on.
  void note_prompt(const std::string& title, std::uint64_t prompt_id) {
    prompt_ids_[title] = prompt_id;
  }

 private:
  std::uint64_t prompt_id(const std::string& title) const;

  std::int64_t clock_s_;
  std::int64_t elapsed_s_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t transaction_ = 0;
  std::uint64_t last_transaction_;
  std::uint64_t next_line_ = 1;
  std::map<std::string, std::uint64_t> prompt_ids_;  // by title
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_EXPLAIN_STEP_READER_H_
