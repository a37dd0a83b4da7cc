#include "tests/tools/stored_outcome.h"

namespace xsell::tests {

const char* const kStoredColumns =
    "sequence, digest, kind, arm, experiment, prompt_id, rule_set_version, rule_id, offer, "
    "relation, is_mined, offered_item, trigger_item, trigger_line, business_unit, workstation, "
    "business_day, local_time_s, operator_id, host_transaction, transaction_number, "
    "original_business_unit, original_workstation, original_business_day, original_number, "
    "transaction_end, reason, shown_ms, response_ms, resulting_line, quantity_milli, "
    "amount_minor, currency, line_count, prompt_count, is_voided, is_returned";

namespace {

// Takes the columns in their order.
class Columns {
 public:
  explicit Columns(const offline_cache::Statement& row) : row_(row) {}

  template <typename Number>
  Columns& operator>>(Number& value) {
    value = static_cast<Number>(row_.column_int64(next_++));
    return *this;
  }
  template <std::size_t Size>
  Columns& operator>>(rules::FixedText<Size>& text) {
    text.assign(row_.column_text(next_++));
    return *this;
  }

 private:
  const offline_cache::Statement& row_;
  int next_ = 0;
};

}  // namespace

StoredOutcome read_stored(const offline_cache::Statement& row) {
  StoredOutcome stored;
  rules::Outcome& o = stored.outcome;
  Columns(row) >> stored.sequence >> stored.digest >> o.kind >> o.arm >> o.experiment >>
      o.prompt_id >> o.rule_set_version >> o.rule_id >> o.offer >> o.relation >> o.is_mined >>
      o.offered_item >> o.trigger_item >> o.trigger_line >> o.business_unit >> o.workstation >>
      o.business_day >> o.local_time_s >> o.operator_id >> o.transaction >> o.transaction_number >>
      o.original_business_unit >> o.original_workstation >> o.original_business_day >>
      o.original_number >> o.transaction_end >> o.reason >> o.shown_ms >> o.response_ms >>
      o.resulting_line >> o.quantity_milli >> o.amount_minor >> o.currency >> o.line_count >>
      o.prompt_count >> o.is_voided >> o.is_returned;
  return stored;
}

}  // namespace xsell::tests
