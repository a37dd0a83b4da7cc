#ifndef XSELL_HQ_REPORT_OUTCOME_REPORT_H_
#define XSELL_HQ_REPORT_OUTCOME_REPORT_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "hq/statistics.h"
#include "hq/store.h"
#include "hq/time_range.h"

namespace xsell::hq {

// A share: successes of n.
struct Rate {
  std::uint64_t n = 0;
  std::uint64_t successes = 0;

  double share() const {
    return n == 0 ? 0 : static_cast<double>(successes) / static_cast<double>(n);
  }
  Interval interval() const { return wilson_interval(successes, n); }
};

// What became of the prompts of one group, and how often its items were in eligible baskets of both
// arms. Transactions that were voided, post-voided or abandoned do not count, and what was returned
// was not bought.
struct PromptFigures {
  std::string name;  // rule id, offered item or store
  Rate acceptance;   // accepted of all that were shown
  std::uint64_t accepted_touch = 0;
  std::uint64_t accepted_scan = 0;
  std::uint64_t declined = 0;
  std::uint64_t expired = 0;
  std::uint64_t withdrawn = 0;
  Rate attach_treated;  // eligible transactions with the offered item
  Rate attach_held_out;
};

// Whole eligible baskets of one currency, by arm; returns are taken off. Units: minor.
struct BasketFigures {
  std::string currency;
  Mean treated;
  Mean held_out;
  Mean treated_seconds;  // duration of the transaction
  Mean held_out_seconds;
  std::uint64_t all_transactions = 0;  // eligible or not
};

struct OutcomeReport {
  std::vector<PromptFigures> groups;   // by name
  PromptFigures cross_sell;            // total without those below
  PromptFigures replacing;             // upsells and substitutes replace a line: never cross-sell
  std::vector<BasketFigures> baskets;  // by currency
  bool has_hold_out = false;
  std::uint64_t lost_outcomes = 0;  // that lanes had to drop, of all time
};

enum class ReportGroup { kRule, kOffer, kStore };

// Of the transactions whose outcomes fall in the range; their returns count whenever they came.
// A transaction is treated or held out as a whole; one without an experiment counts as treated.
OutcomeReport make_outcome_report(HqStore& store, const TimeRange& range, ReportGroup group);

}  // namespace xsell::hq

#endif  // XSELL_HQ_REPORT_OUTCOME_REPORT_H_
