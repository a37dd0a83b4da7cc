#include "rules/suspended_transactions.h"

#include <algorithm>

namespace xsell::rules {

SuspendedTransaction* SuspendedTransactions::find(std::uint64_t transaction) {
  for (SuspendedTransaction& slot : slots_) {
    if (slot.order != 0 && slot.transaction.id == transaction) return &slot;
  }
  return nullptr;
}

SuspendedTransaction& SuspendedTransactions::slot() {
  return *std::min_element(slots_.begin(), slots_.end(),
                           [](const SuspendedTransaction& a, const SuspendedTransaction& b) {
                             return a.order < b.order;
                           });
}

}  // namespace xsell::rules
