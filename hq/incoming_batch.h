// A batch of outcomes as the store takes it: read, checked and summed up, all of which needs no
// store and may be done on any thread.
#ifndef XSELL_HQ_INCOMING_BATCH_H_
#define XSELL_HQ_INCOMING_BATCH_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/outcome.h"
#include "sync/outcome_batch.h"

namespace xsell::hq {

struct IncomingRecord {
  std::uint64_t first_sequence = 0;
  std::uint64_t last_sequence = 0;  // equal to first_sequence unless a tombstone
  bool is_tombstone = false;
  std::uint64_t count = 1;  // outcomes a tombstone stands for
  std::string loss_class;   // of a tombstone
  std::int64_t digest = 0;  // of an outcome's bytes as they came
  std::string problem;      // why it is not what an outcome looks like; else empty
  rules::Outcome outcome;   // unless there is a problem
};

struct IncomingBatch {
  std::uint64_t epoch = 0;
  std::vector<IncomingRecord> records;  // in sequence order, without gaps
};

IncomingBatch read_records(const sync::OutcomeBatch& batch);

}  // namespace xsell::hq

#endif  // XSELL_HQ_INCOMING_BATCH_H_
