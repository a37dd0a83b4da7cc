// Mined rules with two antecedents, where they pay: who buys both buys the offer, too.
//
// A rule must say more than the better of its single rules, and more than lanes say without it. The
// first is an exact test beside each of the two (Webb, "Discovering significant patterns", 2007).
// It is not enough: large baskets hold everything, so most triples of a shop with large baskets
// pass. So the scans at which both stand in the basket, and the offer does not yet, are played to
// the fitted ranker: what counts is that the offer came more often than the ranker said.
#ifndef XSELL_HQ_MINE_TWO_ANTECEDENTS_H_
#define XSELL_HQ_MINE_TWO_ANTECEDENTS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "hq/mine/basket_table.h"
#include "hq/mine/pack.h"
#include "rules/ranker.h"

namespace xsell::hq {

struct TwoAntecedentRule {
  std::uint32_t first = 0;  // item numbers, first < second
  std::uint32_t second = 0;
  std::uint32_t offer = 0;
  std::uint32_t both_count = 0;   // baskets with both antecedents
  std::uint32_t joint_count = 0;  // with the offer, too
  double better_confidence = 0;   // of the two single rules
  double p_value = 1;             // of being no better than that one, by chance
  // Played baskets in which the later of the two came before the offer, if that came at all.
  std::uint32_t scans = 0;
  std::uint32_t hits = 0;  // it came
  double expected = 0;     // hits, by the ranker

  double confidence() const { return static_cast<double>(joint_count) / both_count; }
  // That the offer is still to come: shrunk by ten scans towards what the ranker says.
  double chance() const;
};

struct TwoAntecedentOptions {
  // Both antecedents, and all three. The first is raised until the work is within bounds.
  std::uint32_t min_both_count = 20;
  std::uint32_t min_joint_count = 5;
  double min_chance = 0;  // of what is worth a prompt
  double false_discovery_rate = 0.05;
  std::size_t max_rules = 1000;
  std::size_t max_antecedents = 200'000;  // the most frequent ones
  double max_steps = 1e9;                 // about
  // Pairs of antecedent and offer to leave out; may be empty.
  std::function<bool(std::uint32_t, std::uint32_t)> is_excluded;
};

// What was looked at and what stayed.
struct TwoAntecedentSearch {
  std::uint32_t min_both_count = 0;
  std::uint64_t tried = 0;        // antecedents times offers: all of them count as tests
  std::uint64_t significant = 0;  // better than their single rules, and sure enough
  std::vector<TwoAntecedentRule> rules;
};

// Baskets [begin, end), which the pack is made of as well. The work is bounded by the options, by
// the three surest offers of each pair of antecedents, and by some 50,000 baskets to play. Memory:
// a few words a line and a pair.
TwoAntecedentSearch find_two_antecedents(const BasketTable& table, std::size_t begin,
                                         std::size_t end, const Pack& pack,
                                         const rules::Ranker& ranker, bool has_scan_order,
                                         const TwoAntecedentOptions& options);

// The surest share of held-out scans, without such rules and with them.
struct TwoAntecedentTrial {
  std::size_t scans = 0;
  std::size_t prompted_without = 0, hits_without = 0;
  std::size_t prompted_with = 0, hits_with = 0;
  std::size_t by_rule = 0;     // of those prompted with them
  std::int64_t min_score = 0;  // with them: log odds, 65536 = 1

  bool pays() const { return hits_with * prompted_without > hits_without * prompted_with; }
};

struct TwoAntecedents {
  TwoAntecedentSearch search;  // over all baskets; without rules when they don't pay
  TwoAntecedentTrial trial;    // rules of the first four fifths on the last
};

// Tries them on the latest fifth and, when they pay there, finds them in all baskets. `surest`: the
// share of scans to prompt. Requires: a fitted ranker, and the pack of all baskets.
TwoAntecedents mine_two_antecedents(const BasketTable& table, const Pack& pack,
                                    const rules::Ranker& ranker, double surest, bool has_scan_order,
                                    const PackOptions& options);

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_TWO_ANTECEDENTS_H_
