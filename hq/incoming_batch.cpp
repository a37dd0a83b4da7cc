#include "hq/incoming_batch.h"

namespace xsell::hq {

IncomingBatch read_records(const sync::OutcomeBatch& batch) {
  IncomingBatch incoming;
  incoming.epoch = batch.epoch;
  incoming.records.reserve(batch.records.size());
  for (const sync::BatchRecord& from : batch.records) {
    IncomingRecord& record = incoming.records.emplace_back();
    record.first_sequence = from.first_sequence;
    record.last_sequence = from.last_sequence;
    record.is_tombstone = from.is_tombstone;
    if (from.is_tombstone) {
      record.count = from.count;
      record.loss_class = from.loss_class;
      continue;
    }
    record.digest = sync::outcome_digest(from.outcome_json);
    sync::decode_outcome(from.outcome_json, record.outcome, &record.problem);
  }
  return incoming;
}

}  // namespace xsell::hq
