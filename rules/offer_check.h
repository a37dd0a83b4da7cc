// Whether an entry may be offered now, for all but pacing: time, audience, condition, and the
// offered item itself. Threads: one at a time. Allocates nothing.
#ifndef XSELL_RULES_OFFER_CHECK_H_
#define XSELL_RULES_OFFER_CHECK_H_

#include <cstdint>
#include <span>

#include "rules/basket_state.h"
#include "rules/lane_context.h"
#include "rules/pass_memo.h"
#include "rules/rule_index.h"
#include "rules/silence.h"
#include "rules/stock_table.h"

namespace xsell::rules {

// Everything an offer is judged by. A view for the length of one event.
struct Situation {
  const RuleIndex& index;
  const BasketState& basket;
  const LaneContext& lane;
  const StockTable& stock;
  PassMemo& passes;
  std::uint64_t rotation = 0;  // the transaction's ordinal, for offers that take turns
};

// What stands between a gate and its entry: kNone when nothing does.
DropReason refusal_of_gate(const Situation& now, std::uint32_t gate);

// Whether this item may be offered by this entry: not in the basket, in stock, of age, within
// price, of another class.
DropReason refusal_of_item(const Situation& now, std::uint32_t rule, std::uint32_t gate,
                           std::uint32_t item);
DropReason refusal_of_mined_item(const Situation& now, std::uint32_t item);

// The item to offer: the entry's own, or the first of its list that may be offered and is of no
// product in `taken`. kNoId with the reason when there is none.
std::uint32_t choose_item(const Situation& now, const Entry& entry, std::uint32_t gate,
                          std::span<const std::uint32_t> taken, DropReason& reason);

// All of the above and what the rule asks of the basket: whether an open prompt may stay.
DropReason refusal_of_open(const Situation& now, std::uint32_t rule, std::uint32_t gate,
                           std::uint32_t item);

// Whether lines that come to the basket can end such a prompt only by being what it offers.
bool outlives_additions(const RuleIndex& index, std::uint32_t rule, std::uint32_t gate);

}  // namespace xsell::rules

#endif  // XSELL_RULES_OFFER_CHECK_H_
