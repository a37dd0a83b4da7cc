#include "hq/report/corrections.h"

#include <cstdlib>

#include "rules/outcome.h"

namespace xsell::hq {

using offline_cache::Statement;
using rules::OutcomeKind;

Corrections::Corrections(HqStore& store) {
  Statement rows = store.prepare(
      "SELECT kind, original_business_unit, original_workstation, original_business_day,"
      "  original_number, offered_item, quantity_milli, amount_minor FROM outcomes "
      "WHERE kind IN (?, ?) AND original_number <> 0");
  rows.bind_all(static_cast<int>(OutcomeKind::kReturned),
                static_cast<int>(OutcomeKind::kPostVoided));
  while (rows.step()) {
    TransactionKey key{std::string(rows.column_text(1)), std::string(rows.column_text(2)),
                       std::string(rows.column_text(3)), rows.column_int64(4), 0};
    if (rows.column_int64(0) == static_cast<int>(OutcomeKind::kPostVoided)) {
      post_voided_.insert(std::move(key));
      continue;
    }
    // Some hosts write returned quantities and amounts as negative numbers, others don't.
    amounts_[key] += std::abs(rows.column_int64(7));
    quantities_[{std::move(key), std::string(rows.column_text(5))}] +=
        std::abs(rows.column_int64(6));
  }
}

std::int64_t Corrections::returned_amount_minor(const TransactionKey& key) const {
  const auto found = amounts_.find(key);
  return found == amounts_.end() ? 0 : found->second;
}

std::int64_t Corrections::returned_quantity_milli(const TransactionKey& key,
                                                  const std::string& item) const {
  const auto found = quantities_.find({key, item});
  return found == quantities_.end() ? 0 : found->second;
}

}  // namespace xsell::hq
