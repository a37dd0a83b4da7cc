#ifndef XSELL_HQ_MINE_PACK_H_
#define XSELL_HQ_MINE_PACK_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "hq/mine/history_counts.h"

namespace xsell::hq {

// One association that is worth keeping: who buys the trigger buys the offer, too.
struct MinedRule {
  std::uint32_t trigger = 0;  // item numbers of the basket table
  std::uint32_t offer = 0;
  std::uint32_t joint_count = 0;
  std::int32_t weight = 0;  // fixed point, 65536 = 1
  double p_value = 1;       // of the pair, by chance
  std::int64_t recent_joint_milli = 0;
};

struct PackOptions {
  std::uint32_t min_joint_count = 5;
  double false_discovery_rate = 0.05;
  // 0: 20, and 50 with staples, of which every trigger has its share.
  std::uint32_t max_offers_per_trigger = 0;
  // Keeps offers that are bought as often without the trigger: likely, but no news.
  bool keeps_staples = false;
  // Pairs to leave out whatever their counts, such as variants of each other; may be empty.
  std::function<bool(std::uint32_t, std::uint32_t)> is_excluded;
};

// The rules kept, by trigger and then strongest first, with the counts they rest on.
struct Pack {
  std::uint32_t basket_count = 0;
  std::vector<std::uint32_t> item_counts;
  std::vector<std::int32_t> leaks;  // by item number, fixed point
  // The same counts with baskets that fade with age, in thousandths; see add_recent_counts().
  std::int64_t recent_basket_milli = 0;
  std::vector<std::int64_t> recent_item_milli;
  std::vector<MinedRule> rules;
  std::vector<std::size_t> begins;  // of each item's rules as trigger
  std::uint64_t candidate_count = 0;
  std::uint64_t counted_pairs = 0;     // with the minimum joint count
  std::uint64_t discovered_pairs = 0;  // of those, more often together than by chance
  std::uint64_t excluded_pairs = 0;    // of those, left out by is_excluded

  std::span<const MinedRule> rules_of(std::uint32_t trigger) const {
    return {rules.data() + begins[trigger], begins[trigger + 1] - begins[trigger]};
  }
};

// Unless staples are kept, a rule is kept when its pair passes the false discovery control over all
// pairs of frequent items, the 95% lower bound of its lift is over 1, and it is among its trigger's
// strongest.
Pack build_pack(const PairCounts& counts, const PackOptions& options);

// Counts the baskets [begin, end) once more, each worth half of one that is `half_life_days`
// younger; the last is worth 1. Requires: time order.
void add_recent_counts(Pack& pack, const BasketTable& table, std::size_t begin, std::size_t end,
                       double half_life_days);

// The same of counts that know them already.
void set_recent_counts(Pack& pack, const HistoryCounts& counts);

// Drops the rules that `is_unwanted` says yes to; returns how many.
std::size_t drop_rules(Pack& pack, const std::function<bool(const MinedRule&)>& is_unwanted);

// A leaky noisy-or (Pearl 1988, Henrion 1989) of squared confidences in fixed point: -ln(1 - 0.6
// c^2), c shrunk towards the offer's base rate by 10 baskets. It says which line of a basket is the
// strongest for an offer; lanes without a ranker add it up.
std::int32_t pair_weight(std::uint32_t joint_count, std::uint32_t trigger_count,
                         std::uint32_t offer_count, std::uint32_t basket_count);
// The same of an item's base rate: what speaks for it before anything is scanned.
std::int32_t leak_weight(std::uint32_t item_count, std::uint32_t basket_count);

// 95% lower bound of confidence over the offer's base rate.
double lift_lower_bound(std::uint32_t joint_count, std::uint32_t trigger_count,
                        std::uint32_t offer_count, std::uint32_t basket_count);

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_PACK_H_
