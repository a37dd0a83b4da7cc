// The body of POST /v1/outcomes: one zstd frame over lines of JSON: a header, then one outcome or
// tombstone a line.
//   {"schema":"xsell.outcomes/1","epoch":E,"first":F,"last":L,"count":N}
//   {"seq":17,"outcome":{...}}
//   {"seq":18,"last":40,"class":"detail","count":23}      a dropped run, with the sequence numbers
//   that it takes up
// Classes: detail, outcome, total, held_out; acknowledged for what HQ had and lost.
// Whose batch it is, the request's signature says, never the body.
#ifndef XSELL_SYNC_OUTCOME_BATCH_H_
#define XSELL_SYNC_OUTCOME_BATCH_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sync/limits.h"

namespace xsell::rules {
struct Outcome;
}

namespace xsell::sync {

inline constexpr std::size_t kMaxBatchRecords = limits::kOutcomeBatchEvents;
inline constexpr std::size_t kMaxBatchBytes = limits::kOutcomeBatchBytes;  // as sent
inline constexpr std::size_t kMaxBatchInflated = limits::kOutcomeBatchInflatedBytes;
inline constexpr std::size_t kMaxOutcomeBytes = limits::kOutcomeBytes;  // one outcome's JSON

// One outcome as a JSON object without line breaks: the closed list of fields of the outcome
// record, nothing else.
std::string encode_outcome(const rules::Outcome& outcome);

// Fails: nothing for what is not exactly such an object; *why says so.
bool decode_outcome(std::string_view json, rules::Outcome& outcome, std::string* why = nullptr);

// What HQ keeps of a record's bytes to tell a replay from a clone, and what a checker sums up.
std::int64_t outcome_digest(std::string_view json);

struct BatchRecord {
  std::uint64_t first_sequence = 0;
  std::uint64_t last_sequence = 0;  // equal to first_sequence unless a tombstone
  bool is_tombstone = false;
  std::uint64_t count = 1;   // outcomes a tombstone stands for
  std::string loss_class;    // of a tombstone, or of the tombstone that the outcome may become
  std::string outcome_json;  // empty for a tombstone
};

struct OutcomeBatch {
  std::uint64_t epoch = 0;
  std::vector<BatchRecord> records;  // in sequence order, without gaps
};

// The longest head of the batch that fits the caps (never empty unless the batch is).
struct EncodedBatch {
  std::string bytes;
  std::size_t record_count = 0;
  std::uint64_t last_sequence = 0;
};
EncodedBatch encode_batch(const OutcomeBatch& batch, std::size_t max_records = kMaxBatchRecords);

// HQ's side. Checks caps, order and gaps within the batch, and that each outcome is one JSON
// object; what it says is for decode_outcome, so that one bad outcome does not refuse its
// neighbours.
struct DecodedBatch {
  std::optional<OutcomeBatch> batch;
  std::string error;  // when there is none
  bool is_too_large = false;
};
DecodedBatch decode_batch(std::string_view bytes);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_OUTCOME_BATCH_H_
