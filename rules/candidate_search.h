// Finds the best entries that may be offered now and are not on offer yet: walks the postings of
// the terms that changed, or of all terms held, best entry first, and leaves each list as soon as
// nothing in it can win. Threads: one at a time. Allocates nothing.
#ifndef XSELL_RULES_CANDIDATE_SEARCH_H_
#define XSELL_RULES_CANDIDATE_SEARCH_H_

#include <cstdint>
#include <span>

#include "rules/fixed_vector.h"
#include "rules/offer_check.h"
#include "rules/pacing_gate.h"
#include "rules/prompt.h"
#include "rules/silence.h"

namespace xsell::rules {

// A prompt that is open, or an entry that was found, in the order in which they win.
struct Contender {
  std::uint32_t rank = 0;  // the entry; for a mined prompt, the first entry that it outranks
  std::uint32_t entry = kNoId;
  std::uint32_t identity = kNoId;
  std::uint32_t product = kNoId;  // of an open prompt
  std::uint32_t group = kNoId;
  bool is_open = false;
};

struct SearchLimits {
  std::size_t answer = 1;  // prompts in an answer
  std::size_t found = 1;   // entries worth finding
};

class CandidateSearch {
 public:
  // pacing null: what pacing says does not matter, as for an inquiry.
  CandidateSearch(const Situation& now, const PacingGate* pacing, SilenceCounters& counters,
                  std::span<const std::uint64_t> disabled_rules)
      : now_(now), pacing_(pacing), counters_(counters), disabled_rules_(disabled_rules) {}

  // The prompts on offer, in any order. They keep their places unless better entries need them.
  void start(SearchLimits limits, std::span<const Contender> open);

  void search_changes(const BasketChanges& changes);
  // Looks at the whole basket. Drops are counted when a rule's trigger comes, not each time the
  // lane looks again.
  void search_all(std::span<const PostingKind> kinds, bool is_counting);
  void search_terms(PostingKind kind, std::span<const std::uint32_t> terms);

  // The entries found, best first.
  std::span<const Contender> found() const { return found_.span(); }

 private:
  // Open prompts and found entries together: room for both.
  static constexpr std::size_t kRoom = 2 * kMaxAnswerPrompts;

  void walk(PostingKind kind, std::uint32_t term);
  void consider(const Posting& posting);
  bool may_be_offered(const Posting& posting);
  void insert(const Contender& candidate);
  void search_with_groups(std::span<const PostingKind> kinds);
  std::uint32_t threshold() const;
  bool is_disabled(std::uint32_t rule) const;
  void drop(std::uint32_t rule, DropReason reason);

  const Situation& now_;
  const PacingGate* pacing_;
  SilenceCounters& counters_;
  std::span<const std::uint64_t> disabled_rules_;
  SearchLimits limits_;
  std::span<const Contender> on_offer_;
  FixedVector<Contender, kRoom> open_;   // not superseded, best first
  FixedVector<Contender, kRoom> found_;  // best first
  FixedVector<Contender, kRoom> settled_;
  std::uint32_t threshold_ = kNoId;  // entries from here on cannot win
  bool has_group_conflict_ = false;
  bool is_counting_ = true;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_CANDIDATE_SEARCH_H_
