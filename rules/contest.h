// Who gets the places of an answer: open prompts, entries and mined offers, in one order.
// Threads: one at a time. Allocates nothing.
#ifndef XSELL_RULES_CONTEST_H_
#define XSELL_RULES_CONTEST_H_

#include <cstdint>
#include <span>

#include "rules/candidate_search.h"
#include "rules/fixed_vector.h"
#include "rules/pair_evidence.h"
#include "rules/prompt_log.h"
#include "rules/rule_index.h"

namespace xsell::rules {

struct Pick {
  // The lower wins. An entry's own number; of a mined offer the first entry that it outranks.
  std::uint32_t rank = 0;
  std::uint64_t mined_key =
      0;  // of mined offers with one rank the higher wins, then the lower item
  std::uint32_t entry = kNoId;  // kNoId: mined
  std::uint32_t item = kNoId;   // kNoId: not chosen yet, or information
  std::uint32_t identity = kNoId;
  std::uint32_t product = kNoId;
  std::uint32_t gate = 0;
  std::uint64_t prompt_id = 0;  // 0: new
  bool is_mined = false;
  bool was_open = false;  // before this event: the search knew of it
};

Pick pick_of(const PromptRecord& open);

// For picks and for prompts.
template <typename Ranked>
bool outranks(const Ranked& a, const Ranked& b) {
  if (a.rank != b.rank) return a.rank < b.rank;
  if (!a.is_mined || !b.is_mined) return a.is_mined && !b.is_mined;
  return a.mined_key != b.mined_key ? a.mined_key > b.mined_key : a.item < b.item;
}

bool is_same_offer(const Pick& a, const Pick& b);

class Contest {
 public:
  void clear();
  void add(const Pick& pick);
  void add_open(const PromptLog& log);
  void add_found(const RuleIndex& index, std::span<const Contender> found);
  // The best mined offers that are neither open nor refused. Requires: open prompts were added
  // before.
  void add_mined(const Situation& now, const PairEvidence& evidence, const PacingGate& pacing);

  // Best first.
  std::span<const Pick> picks() const { return picks_.span(); }

 private:
  static constexpr std::size_t kMaxMined = 2 * kMaxAnswerPrompts;
  // Prompts open before the event, and those let in during it.
  static constexpr std::size_t kMaxOpen = 2 * kMaxAnswerPrompts;
  static constexpr std::size_t kRoom = kMaxOpen + kMaxAnswerPrompts + kMaxMined;

  FixedVector<Pick, kRoom> picks_;
  FixedVector<std::uint32_t, kMaxOpen> open_products_;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_CONTEST_H_
