#include "hq/outcome_store.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "rules/outcome.h"
#include "sync/sha256.h"

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

std::int64_t digest_of(std::string_view bytes) {
  const sync::Sha256 hash = sync::sha256(bytes);
  std::int64_t digest = 0;
  std::memcpy(&digest, hash.data(), sizeof digest);
  return digest;
}

void add_outcome(Statement& statement, std::string_view device, std::uint64_t epoch,
                 std::uint64_t sequence, std::int64_t digest, std::int64_t now_s,
                 const rules::Outcome& o) {
  statement.run(device, bits(epoch), bits(sequence), digest, now_s, number(o.kind), number(o.arm),
                o.experiment.view(), bits(o.prompt_id), bits(o.rule_set_version), o.rule_id.view(),
                std::int64_t{o.offer}, number(o.relation), o.is_mined, o.offered_item.view(),
                o.trigger_item.view(), bits(o.trigger_line), o.business_unit.view(),
                o.workstation.view(), o.business_day.view(), o.local_time_s, o.operator_id.view(),
                bits(o.transaction), bits(o.transaction_number), o.original_business_unit.view(),
                o.original_workstation.view(), o.original_business_day.view(),
                bits(o.original_number), number(o.transaction_end), number(o.reason), o.shown_ms,
                o.response_ms, bits(o.resulting_line), o.quantity_milli, o.amount_minor,
                o.currency.view(), std::int64_t{o.line_count}, std::int64_t{o.prompt_count},
                o.is_voided, o.is_returned);
}

}  // namespace

std::uint64_t OutcomeStore::acked_through(std::string_view device, std::uint64_t epoch) {
  Statement query =
      store_.prepare("SELECT acked_through FROM watermarks WHERE device = ? AND epoch = ?");
  query.bind_all(device, bits(epoch));
  return query.step() ? static_cast<std::uint64_t>(query.column_int64(0)) : 0;
}

AppendResult OutcomeStore::append(std::string_view device, const sync::OutcomeBatch& batch,
                                  std::int64_t now_s) {
  Transaction transaction(store_.database());
  AppendResult result;
  result.acked_through = acked_through(device, batch.epoch);
  if (batch.records.empty()) return result;
  if (batch.records.front().first_sequence > result.acked_through + 1) {
    result.kind = AppendResult::Kind::kGap;
    return result;
  }
  Statement find =
      store_.prepare("SELECT digest FROM outcomes WHERE device = ? AND epoch = ? AND sequence = ?");
  Statement add = store_.prepare(kAddOutcome);
  Statement add_loss = store_.prepare(
      "INSERT INTO lost_outcomes (device, epoch, first_sequence, last_sequence, loss_class, count) "
      "VALUES (?, ?, ?, ?, ?, ?)");
  std::uint64_t through = result.acked_through;
  for (const sync::BatchRecord& record : batch.records) {
    const bool is_new = record.last_sequence > result.acked_through;
    if (record.is_tombstone) {
      if (!is_new) continue;
      const std::uint64_t first = std::max(record.first_sequence, result.acked_through + 1);
      add_loss.run(device, bits(batch.epoch), bits(first), bits(record.last_sequence),
                   record.loss_class, bits(record.count));
    } else if (is_new) {
      rules::Outcome outcome;
      std::string why;
      if (sync::decode_outcome(record.outcome_json, outcome, &why)) {
        add_outcome(add, device, batch.epoch, record.first_sequence, digest_of(record.outcome_json),
                    now_s, outcome);
      } else {
        result.rejected.push_back({record.first_sequence, why});
      }
    } else {
      find.bind_all(device, bits(batch.epoch), bits(record.first_sequence));
      const bool differs = find.step() && find.column_int64(0) != digest_of(record.outcome_json);
      find.reset();
      if (differs) {
        result.kind = AppendResult::Kind::kConflict;
        result.rejected.clear();
        return result;
      }
    }
    through = std::max(through, record.last_sequence);
  }
  store_
      .prepare(
          "INSERT INTO watermarks (device, epoch, acked_through) VALUES (?, ?, ?) "
          "ON CONFLICT (device, epoch) DO UPDATE SET acked_through = excluded.acked_through")
      .run(device, bits(batch.epoch), bits(through));
  transaction.commit();
  result.acked_through = through;
  return result;
}

}  // namespace xsell::hq
