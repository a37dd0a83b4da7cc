// The transaction at the lane: what the host said at its begin, how it stands, and its prompts.
// Threads: one at a time. Allocates nothing.
#ifndef XSELL_RULES_TRANSACTION_H_
#define XSELL_RULES_TRANSACTION_H_

#include <cstdint>

#include "rules/event.h"
#include "rules/fixed_vector.h"
#include "rules/outcome.h"
#include "rules/promotions.h"
#include "rules/prompt_log.h"

namespace xsell::rules {

struct TransactionFacts {
  std::uint64_t id = 0;
  std::uint64_t number = 0;
  std::uint64_t hash = 0;  // of all that names it: arms and frequencies are drawn from it
  std::int64_t begin_ms = 0;
  TransactionType type = TransactionType::kSale;
  ExperimentArm arm = ExperimentArm::kNone;
  bool is_open = false;
  bool is_training = false;
  bool is_in_tender = false;
  bool is_post_void = false;
  bool is_search_owed = false;  // what was silent before may speak now: look at the whole basket
  FixedText<32> business_unit;
  FixedText<32> workstation;
  FixedText<16> business_day;
  Promotions promotions;

  bool is_recorded() const { return is_open && !is_training; }
  bool may_speak() const {
    return is_open && !is_training && !is_in_tender && !is_post_void &&
           type == TransactionType::kSale;
  }
};

struct Transaction : TransactionFacts {
  PromptLog log;

  // As new. What ended prompts leave in the log's memory is not worth wiping.
  void reset() {
    static_cast<TransactionFacts&>(*this) = TransactionFacts();
    log.clear();
  }
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_TRANSACTION_H_
