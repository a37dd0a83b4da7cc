// Parked transactions: their prompts and lines, until they are recalled or pushed out by newer
// ones. Threads: one at a time. Allocates: in the constructor only.
#ifndef XSELL_RULES_SUSPENDED_TRANSACTIONS_H_
#define XSELL_RULES_SUSPENDED_TRANSACTIONS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rules/basket_state.h"
#include "rules/fixed_vector.h"
#include "rules/item_key.h"
#include "rules/lane_context.h"
#include "rules/rule_index.h"
#include "rules/transaction.h"

namespace xsell::rules {

inline constexpr std::size_t kMaxSuspended = 4;
inline constexpr std::size_t kMaxSuspendedLines = 256;

// A line without ids of a rule set, which may be another one at the recall.
struct SuspendedLine {
  BasketLine line;
  ItemKey item;
  FixedText<64> category;
};

struct SuspendedTransaction {
  Transaction transaction;
  LaneContext customer;        // its customer's part
  std::uint64_t rule_set = 0;  // serial of the rule set its ids belong to
  std::uint64_t order = 0;     // of suspension; 0: free
  FixedVector<SuspendedLine, kMaxSuspendedLines> lines;
};

class SuspendedTransactions {
 public:
  SuspendedTransactions() : slots_(kMaxSuspended) {}

  SuspendedTransaction* find(std::uint64_t transaction);
  // A free slot, or the one suspended first, which the caller must end before it is filled anew.
  SuspendedTransaction& slot();
  void take_order(SuspendedTransaction& slot) { slot.order = ++last_order_; }

 private:
  std::vector<SuspendedTransaction> slots_;
  std::uint64_t last_order_ = 0;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_SUSPENDED_TRANSACTIONS_H_
