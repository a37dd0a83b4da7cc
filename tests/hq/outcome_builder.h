// Outcomes of made-up transactions, stored as if a lane had sent them.
#ifndef XSELL_TESTS_HQ_OUTCOME_BUILDER_H_
#define XSELL_TESTS_HQ_OUTCOME_BUILDER_H_

#include <string>
#include <string_view>

#include "hq/outcome_store.h"
#include "rules/model.h"
#include "rules/outcome.h"
#include "sync/outcome_batch.h"

namespace xsell::hq {

class OutcomeBuilder {
 public:
  static constexpr std::int64_t kDay_s = 1'780'000'000;

  // Begins the next transaction.
  OutcomeBuilder& transaction(rules::ExperimentArm arm) {
    ++number_;
    arm_ = arm;
    prompts_ = 0;
    return *this;
  }
  std::uint64_t number() const { return number_; }

  OutcomeBuilder& prompt(std::string_view rule, std::string_view item, rules::OutcomeKind kind,
                         std::int64_t quantity_milli,
                         rules::Relation relation = rules::Relation::complement) {
    if (kind != rules::OutcomeKind::kHeldOut) {
      rules::Outcome shown = base(rules::OutcomeKind::kShown);
      shown.rule_id.assign(rule);
      add(shown);
    }
    rules::Outcome outcome = base(kind);
    outcome.rule_id.assign(rule);
    outcome.offered_item.assign(item);
    outcome.quantity_milli = quantity_milli;
    outcome.relation = static_cast<std::uint8_t>(relation);
    outcome.transaction_end = rules::TransactionEnd::kFinalised;
    add(outcome);
    ++prompts_;
    return *this;
  }

  OutcomeBuilder& basket(std::int64_t amount_minor, std::int64_t duration_ms = 60'000,
                         rules::TransactionEnd end = rules::TransactionEnd::kFinalised) {
    rules::Outcome outcome = base(rules::OutcomeKind::kBasket);
    outcome.amount_minor = amount_minor;
    outcome.prompt_count = prompts_;
    outcome.shown_ms = duration_ms;
    outcome.transaction_end = end;
    add(outcome);
    return *this;
  }

  OutcomeBuilder& returned(std::uint64_t original, std::string_view item, std::int64_t amount_minor,
                           std::int64_t quantity_milli = 1000) {
    rules::Outcome outcome = correction(rules::OutcomeKind::kReturned, original);
    outcome.offered_item.assign(item);
    outcome.amount_minor = amount_minor;
    outcome.quantity_milli = quantity_milli;
    add(outcome);
    return *this;
  }

  OutcomeBuilder& post_voided(std::uint64_t original) {
    add(correction(rules::OutcomeKind::kPostVoided, original));
    return *this;
  }

  const sync::OutcomeBatch& batch() const { return batch_; }
  void store(HqStore& store, std::string_view device = "lane-1") {
    const AppendResult result = OutcomeStore(store).append(device, read_records(batch_), kDay_s);
    EXPECT_EQ(result.kind, AppendResult::Kind::kStored);
    EXPECT_TRUE(result.rejected.empty());
  }

 private:
  rules::Outcome base(rules::OutcomeKind kind) const {
    rules::Outcome outcome;
    outcome.kind = kind;
    outcome.arm = arm_;
    outcome.rule_set_version = 1;
    outcome.transaction = number_;
    outcome.transaction_number = number_;
    outcome.local_time_s = kDay_s + static_cast<std::int64_t>(number_);
    outcome.business_unit.assign("0217");
    outcome.workstation.assign("1");
    outcome.business_day.assign("2026-05-28");
    outcome.currency.assign("EUR");
    return outcome;
  }

  rules::Outcome correction(rules::OutcomeKind kind, std::uint64_t original) const {
    rules::Outcome outcome = base(kind);
    outcome.transaction_number = 900'000 + original;
    outcome.original_number = original;
    outcome.original_business_unit.assign("0217");
    outcome.original_workstation.assign("1");
    outcome.original_business_day.assign("2026-05-28");
    return outcome;
  }

  void add(const rules::Outcome& outcome) {
    ++sequence_;
    batch_.epoch = 7;
    sync::BatchRecord record;
    record.first_sequence = record.last_sequence = sequence_;
    record.outcome_json = sync::encode_outcome(outcome);
    batch_.records.push_back(record);
  }

  sync::OutcomeBatch batch_;
  rules::ExperimentArm arm_ = rules::ExperimentArm::kNone;
  std::uint64_t number_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint32_t prompts_ = 0;
};

}  // namespace xsell::hq

#endif  // XSELL_TESTS_HQ_OUTCOME_BUILDER_H_
