#include "hq/report/outcome_report.h"

#include <map>
#include <utility>

#include "hq/report/corrections.h"
#include "rules/model.h"
#include "rules/outcome.h"

namespace xsell::hq {
namespace {

using offline_cache::Statement;
using rules::ExperimentArm;
using rules::OutcomeKind;
using rules::TransactionEnd;

TransactionKey read_key(const Statement& row, int first) {
  TransactionKey key{std::string(row.column_text(first)), std::string(row.column_text(first + 1)),
                     std::string(row.column_text(first + 2)), row.column_int64(first + 3), 0};
  if (key.number == 0) key.host_transaction = row.column_int64(first + 4);
  return key;
}

bool replaces_a_line(std::int64_t relation) {
  return relation == static_cast<int>(rules::Relation::upsell) ||
         relation == static_cast<int>(rules::Relation::substitute);
}

// Figures of one group, with the eligible transactions it needs to tell apart.
class GroupBuilder {
 public:
  void add_prompt(OutcomeKind kind, bool is_kept) {
    if (kind == OutcomeKind::kHeldOut) return;
    ++figures_.acceptance.n;
    switch (kind) {
      case OutcomeKind::kAcceptedTouch:
        ++figures_.accepted_touch;
        break;
      case OutcomeKind::kAcceptedScan:
        ++figures_.accepted_scan;
        break;
      case OutcomeKind::kDeclined:
        ++figures_.declined;
        break;
      case OutcomeKind::kExpired:
        ++figures_.expired;
        break;
      default:
        ++figures_.withdrawn;
        break;
    }
    const bool is_accepted =
        kind == OutcomeKind::kAcceptedTouch || kind == OutcomeKind::kAcceptedScan;
    if (is_accepted && is_kept) ++figures_.acceptance.successes;
  }

  // A transaction is attached when any of its offers of this group was bought and kept.
  void add_transaction(const TransactionKey& key, bool is_held_out, bool is_kept) {
    bool& is_attached = transactions_[is_held_out ? 1 : 0][key];
    is_attached = is_attached || is_kept;
  }

  PromptFigures finish(std::string name) {
    figures_.name = std::move(name);
    Rate* const rates[] = {&figures_.attach_treated, &figures_.attach_held_out};
    for (std::size_t arm = 0; arm < transactions_.size(); ++arm) {
      for (const auto& [key, is_attached] : transactions_[arm]) {
        ++rates[arm]->n;
        if (is_attached) ++rates[arm]->successes;
      }
    }
    return figures_;
  }

 private:
  PromptFigures figures_;
  std::array<std::map<TransactionKey, bool>, 2> transactions_;
};

void read_prompts(HqStore& store, const TimeRange& range, ReportGroup group,
                  const Corrections& corrections, OutcomeReport& report) {
  static constexpr const char* kGroupColumns[] = {"rule_id", "offered_item", "business_unit"};
  Statement rows = store.prepare(
      std::string("SELECT ") + kGroupColumns[static_cast<std::size_t>(group)] +
      ", kind, arm, relation, offered_item, quantity_milli, is_voided, transaction_end,"
      "  business_unit, workstation, business_day, transaction_number, host_transaction "
      "FROM outcomes WHERE local_time_s >= ? AND local_time_s < ? AND kind BETWEEN ? AND ?");
  rows.bind_all(range.from_s, range.until_s, static_cast<int>(OutcomeKind::kAcceptedTouch),
                static_cast<int>(OutcomeKind::kHeldOut));
  std::map<std::string, GroupBuilder> groups;
  GroupBuilder cross_sell, replacing;
  while (rows.step()) {
    const TransactionKey key = read_key(rows, 8);
    if (rows.column_int64(7) != static_cast<int>(TransactionEnd::kFinalised)) continue;
    if (corrections.is_post_voided(key)) continue;
    const auto kind = static_cast<OutcomeKind>(rows.column_int64(1));
    const bool is_held_out = rows.column_int64(2) == static_cast<int>(ExperimentArm::kHeldOut);
    const std::int64_t kept_milli =
        rows.column_int64(5) -
        corrections.returned_quantity_milli(key, std::string(rows.column_text(4)));
    const bool is_kept = kept_milli > 0 && rows.column_int64(6) == 0;
    GroupBuilder& total = replaces_a_line(rows.column_int64(3)) ? replacing : cross_sell;
    for (GroupBuilder* builder : {&groups[std::string(rows.column_text(0))], &total}) {
      builder->add_prompt(kind, is_kept);
      builder->add_transaction(key, is_held_out, kept_milli > 0);
    }
    if (is_held_out) report.has_hold_out = true;
  }
  for (auto& [name, builder] : groups) report.groups.push_back(builder.finish(name));
  report.cross_sell = cross_sell.finish("cross-sell");
  report.replacing = replacing.finish("upsell and substitute");
}

void read_baskets(HqStore& store, const TimeRange& range, const Corrections& corrections,
                  OutcomeReport& report) {
  Statement rows = store.prepare(
      "SELECT arm, prompt_count, amount_minor, currency, shown_ms, business_unit, workstation,"
      "  business_day, transaction_number, host_transaction FROM outcomes "
      "WHERE local_time_s >= ? AND local_time_s < ? AND kind = ? AND transaction_end = ?");
  rows.bind_all(range.from_s, range.until_s, static_cast<int>(OutcomeKind::kBasket),
                static_cast<int>(TransactionEnd::kFinalised));
  std::map<std::string, BasketFigures> by_currency;
  while (rows.step()) {
    const TransactionKey key = read_key(rows, 5);
    if (corrections.is_post_voided(key)) continue;
    BasketFigures& figures = by_currency[std::string(rows.column_text(3))];
    ++figures.all_transactions;
    if (rows.column_int64(1) == 0) continue;
    const bool is_held_out = rows.column_int64(0) == static_cast<int>(ExperimentArm::kHeldOut);
    const std::int64_t net_minor = rows.column_int64(2) - corrections.returned_amount_minor(key);
    (is_held_out ? figures.held_out : figures.treated).add(static_cast<double>(net_minor));
    (is_held_out ? figures.held_out_seconds : figures.treated_seconds)
        .add(static_cast<double>(rows.column_int64(4)) / 1000);
    if (is_held_out) report.has_hold_out = true;
  }
  for (auto& [currency, figures] : by_currency) {
    figures.currency = currency;
    report.baskets.push_back(figures);
  }
}

}  // namespace

OutcomeReport make_outcome_report(HqStore& store, const TimeRange& range, ReportGroup group) {
  OutcomeReport report;
  const Corrections corrections(store);
  read_prompts(store, range, group, corrections, report);
  read_baskets(store, range, corrections, report);
  Statement lost = store.prepare("SELECT coalesce(sum(count), 0) FROM lost_outcomes");
  if (lost.step()) report.lost_outcomes = static_cast<std::uint64_t>(lost.column_int64(0));
  return report;
}

}  // namespace xsell::hq
