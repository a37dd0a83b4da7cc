// Outcome batches as lanes send them, to measure how they are taken in.
#ifndef XSELL_TESTS_TOOLS_SAMPLE_BATCHES_H_
#define XSELL_TESTS_TOOLS_SAMPLE_BATCHES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "rules/outcome.h"
#include "sync/outcome_batch.h"

namespace xsell::benchmark {

// An outcome with about all that a real one holds.
inline std::string sample_outcome(std::uint64_t number) {
  rules::Outcome outcome;
  outcome.kind = rules::OutcomeKind::kAcceptedScan;
  outcome.prompt_id = number;
  outcome.rule_set_version = 42;
  outcome.transaction = 1'900'000'000'000 + number / 4;
  outcome.transaction_number = number / 4;
  outcome.local_time_s = 1'780'000'000 + static_cast<std::int64_t>(number);
  outcome.shown_ms = 12'345;
  outcome.response_ms = 2'345;
  outcome.quantity_milli = 1'000;
  outcome.amount_minor = 1'999;
  outcome.resulting_line = 7;
  outcome.arm = rules::ExperimentArm::kTreated;
  outcome.transaction_end = rules::TransactionEnd::kFinalised;
  outcome.relation = 1;
  outcome.rule_id.assign("phone-then-case");
  outcome.offered_item.assign("04012345678901");
  outcome.trigger_item.assign("04012345678918");
  outcome.experiment.assign("spring");
  outcome.business_unit.assign("0217");
  outcome.workstation.assign("3");
  outcome.operator_id.assign("b1946ac92492d234");
  outcome.business_day.assign("2026-11-23");
  outcome.currency.assign("EUR");
  return sync::encode_outcome(outcome);
}

// One lane's batches on the wire, one after the other: of epoch 7, from sequence 1 on.
inline std::vector<std::string> sample_batches(std::size_t count, std::size_t batch_size) {
  std::vector<std::string> batches;
  for (std::size_t i = 0; i < count; ++i) {
    sync::OutcomeBatch batch{7, {}};
    for (std::size_t j = 0; j < batch_size; ++j) {
      const std::uint64_t sequence = i * batch_size + j + 1;
      batch.records.push_back({sequence, sequence, false, 1, {}, sample_outcome(sequence)});
    }
    batches.push_back(sync::encode_batch(batch).bytes);
  }
  return batches;
}

}  // namespace xsell::benchmark

#endif  // XSELL_TESTS_TOOLS_SAMPLE_BATCHES_H_
