#include "hq/outcome_store.h"

#include <algorithm>
#include <optional>

namespace xsell::hq {
namespace {

using offline_cache::Statement;
using offline_cache::Transaction;

constexpr std::string_view kAddOutcome =
    "INSERT INTO outcomes (device, epoch, sequence, digest, received_at, kind, arm, experiment,"
    "  prompt_id, rule_set_version, rule_id, offer, relation, is_mined, offered_item, trigger_item,"
    "  trigger_line, business_unit, workstation, business_day, local_time_s, operator_id,"
    "  host_transaction, transaction_number, original_business_unit, original_workstation,"
    "  original_business_day, original_number, transaction_end, reason,"
    "  shown_ms, response_ms, resulting_line, quantity_milli, amount_minor, currency, line_count,"
    "  prompt_count, is_voided, is_returned) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
    "  ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

template <typename Enum>
int number(Enum value) {
  return static_cast<int>(value);
}

// An unsigned identifier in SQLite's signed integer, bit for bit.
std::int64_t bits(std::uint64_t value) { return static_cast<std::int64_t>(value); }

void add_outcome(Statement& statement, std::string_view device, std::uint64_t epoch,
                 const IncomingRecord& record, std::int64_t now_s) {
  const rules::Outcome& o = record.outcome;
  statement.run(
      device, bits(epoch), bits(record.first_sequence), record.digest, now_s, number(o.kind),
      number(o.arm), o.experiment.view(), bits(o.prompt_id), bits(o.rule_set_version),
      o.rule_id.view(), std::int64_t{o.offer}, number(o.relation), o.is_mined,
      o.offered_item.view(), o.trigger_item.view(), bits(o.trigger_line), o.business_unit.view(),
      o.workstation.view(), o.business_day.view(), o.local_time_s, o.operator_id.view(),
      bits(o.transaction), bits(o.transaction_number), o.original_business_unit.view(),
      o.original_workstation.view(), o.original_business_day.view(), bits(o.original_number),
      number(o.transaction_end), number(o.reason), o.shown_ms, o.response_ms,
      bits(o.resulting_line), o.quantity_milli, o.amount_minor, o.currency.view(),
      std::int64_t{o.line_count}, std::int64_t{o.prompt_count}, o.is_voided, o.is_returned);
}

// Of a statement that gives one row of one number, or none.
std::optional<std::int64_t> value_of(Statement& query) {
  std::optional<std::int64_t> value;
  if (query.step()) value = query.column_int64(0);
  query.reset();
  return value;
}

}  // namespace

struct OutcomeStore::Statements {
  explicit Statements(HqStore& store)
      : watermark(
            store.prepare("SELECT acked_through FROM watermarks WHERE device = ? AND epoch = ?")),
        find(store.prepare(
            "SELECT digest FROM outcomes WHERE device = ? AND epoch = ? AND sequence = ?")),
        find_rejected(store.prepare("SELECT digest, reason FROM rejected_outcomes "
                                    "WHERE device = ? AND epoch = ? AND sequence = ?")),
        add_outcome(store.prepare(kAddOutcome)),
        add_rejected(
            store.prepare("INSERT INTO rejected_outcomes (device, epoch, sequence, digest, reason) "
                          "VALUES (?, ?, ?, ?, ?)")),
        add_lost(store.prepare(
            "INSERT INTO lost_outcomes (device, epoch, first_sequence, last_sequence, loss_class, "
            "  count) VALUES (?, ?, ?, ?, ?, ?)")),
        found_after_all(store.prepare(
            "UPDATE lost_outcomes SET count = max(0, count - 1) "
            "WHERE device = ? AND epoch = ? AND first_sequence <= ? AND last_sequence >= ?")),
        set_watermark(store.prepare(
            "INSERT INTO watermarks (device, epoch, acked_through) VALUES (?, ?, ?) "
            "ON CONFLICT (device, epoch) DO UPDATE SET acked_through = excluded.acked_through")) {}

  Statement watermark, find, find_rejected;
  Statement add_outcome, add_rejected, add_lost, found_after_all, set_watermark;
};

OutcomeStore::OutcomeStore(HqStore& store)
    : store_(store), use_(std::make_unique<Statements>(store)) {}

OutcomeStore::~OutcomeStore() = default;

std::uint64_t OutcomeStore::acked_through(std::string_view device, std::uint64_t epoch) {
  return static_cast<std::uint64_t>(
      value_of(use_->watermark.bind_all(device, bits(epoch))).value_or(0));
}

OutcomeStore::Known OutcomeStore::compare(std::string_view device, std::uint64_t epoch,
                                          const IncomingRecord& record) {
  if (const auto digest =
          value_of(use_->find.bind_all(device, bits(epoch), bits(record.first_sequence))))
    return *digest == record.digest ? Known::kSame : Known::kOther;
  if (const auto digest =
          value_of(use_->find_rejected.bind_all(device, bits(epoch), bits(record.first_sequence))))
    return *digest == record.digest ? Known::kRejected : Known::kOther;
  return Known::kLost;
}

std::string OutcomeStore::reason_of_rejected(std::string_view device, std::uint64_t epoch,
                                             std::uint64_t sequence) {
  Statement& query = use_->find_rejected.bind_all(device, bits(epoch), bits(sequence));
  std::string reason = query.step() ? std::string(query.column_text(1)) : std::string();
  query.reset();
  return reason;
}

void OutcomeStore::add(std::string_view device, std::uint64_t epoch, const IncomingRecord& record,
                       std::int64_t now_s, AppendResult& result) {
  if (record.problem.empty()) {
    add_outcome(use_->add_outcome, device, epoch, record, now_s);
  } else {
    use_->add_rejected.run(device, bits(epoch), bits(record.first_sequence), record.digest,
                           record.problem);
    result.rejected.push_back({record.first_sequence, record.problem});
  }
}

AppendResult OutcomeStore::append(std::string_view device, const IncomingBatch& batch,
                                  std::int64_t now_s) {
  Transaction transaction(store_.database());
  AppendResult result = append_within(transaction, device, batch, now_s);
  transaction.commit();
  return result;
}

AppendResult OutcomeStore::append_within(Transaction&, std::string_view device,
                                         const IncomingBatch& batch, std::int64_t now_s) {
  AppendResult result;
  const std::uint64_t stored = acked_through(device, batch.epoch);
  result.acked_through = stored;
  if (batch.records.empty()) return result;
  if (batch.records.front().first_sequence > stored + 1) {
    result.kind = AppendResult::Kind::kGap;
    return result;
  }
  // All of it is compared before anything is written.
  std::vector<Known> known(batch.records.size(), Known::kNew);
  for (std::size_t i = 0; i < batch.records.size(); ++i) {
    const IncomingRecord& record = batch.records[i];
    if (record.first_sequence > stored) break;
    if (record.is_tombstone) continue;
    known[i] = compare(device, batch.epoch, record);
    if (known[i] == Known::kOther) {
      result.kind = AppendResult::Kind::kConflict;
      result.acked_through = record.first_sequence - 1;
      return result;
    }
  }
  for (std::size_t i = 0; i < batch.records.size(); ++i) {
    const IncomingRecord& record = batch.records[i];
    if (record.is_tombstone) {
      if (record.last_sequence <= stored) continue;
      const std::uint64_t first = std::max(record.first_sequence, stored + 1);
      const std::uint64_t numbers = record.last_sequence - first + 1;
      use_->add_lost.run(device, bits(batch.epoch), bits(first), bits(record.last_sequence),
                         record.loss_class, bits(std::min(record.count, numbers)));
      continue;
    }
    switch (known[i]) {
      case Known::kSame:
      case Known::kOther:
        break;
      case Known::kRejected:
        result.rejected.push_back({record.first_sequence,
                                   reason_of_rejected(device, batch.epoch, record.first_sequence)});
        break;
      case Known::kLost:
        // It was given up once, and is here after all.
        use_->found_after_all.run(device, bits(batch.epoch), bits(record.first_sequence),
                                  bits(record.first_sequence));
        [[fallthrough]];
      case Known::kNew:
        add(device, batch.epoch, record, now_s, result);
        break;
    }
  }
  result.acked_through = std::max(stored, batch.records.back().last_sequence);
  if (result.acked_through > stored)
    use_->set_watermark.run(device, bits(batch.epoch), bits(result.acked_through));
  return result;
}

}  // namespace xsell::hq
