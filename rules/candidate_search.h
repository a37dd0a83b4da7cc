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
  std::uint32_t gate = 0;
};

struct SearchLimits {
  std::size_t answer = 1;  // prompts in an answer
  std::size_t found = 1;   // entries worth finding
  bool operator==(const SearchLimits&) const = default;
};

class CandidateSearch {
 public:
  // What one event is searched with. pacing null: what it says does not matter, as for an inquiry.
  struct Scene {
    const Situation* now = nullptr;
    const PacingGate* pacing = nullptr;
    SilenceCounters* counters = nullptr;
    std::span<const std::uint64_t> disabled_rules;
    // Entries whose lists turned out to have nothing left beside what is offered already.
    std::span<const std::uint32_t> exhausted = {};
  };

  // The prompts on offer, in any order. They keep their places unless better entries need them.
  // Requires: what the scene points to outlives the search.
  void start(const Scene& scene, SearchLimits limits, std::span<const Contender> open);

  // Once more, with the limits and the prompts of the last start, which are as they were.
  void resume(const Scene& scene);

  void search_changes(const BasketChanges& changes);
  // Looks at the whole basket. Drops are counted when a rule's trigger comes, not each time the
  // lane looks again.
  void search_lines();
  void search_subtotal(bool is_counting);
  void search_inquiry(std::uint32_t term);

  // Why an entry may not be offered now; kNone when only its rank decides.
  static DropReason refusal_of(const Scene& scene, const Posting& posting);

  // The entries found, best first.
  std::span<const Contender> found() const { return found_.span(); }

 private:
  // Open prompts and found entries together: room for both.
  static constexpr std::size_t kRoom = 2 * kMaxAnswerPrompts;
  enum class Lists : std::uint8_t { lines, subtotal };

  void walk(PostingKind kind, std::uint32_t term);
  void walk_held(Lists lists);
  void consider(const Posting& posting);
  bool is_known(std::uint32_t entry) const;
  // For what it asks of the basket, the people and the time, and for what it offers.
  static DropReason refusal_of_rule(const Scene& scene, const Posting& posting);
  static DropReason refusal_of_offer(const Scene& scene, const Posting& posting);
  void insert(const Contender& candidate);
  void count_drop(std::uint32_t entry, DropReason reason);
  void settle_drops();
  void search_with_groups(Lists lists);
  std::uint32_t threshold() const;

  Scene scene_;
  SearchLimits limits_;
  std::span<const Contender> on_offer_;
  FixedVector<Contender, kRoom> open_;  // not superseded, best first
  std::uint32_t threshold_at_start_ = kNoId;
  bool is_open_whole_ = true;            // none was superseded since the start
  FixedVector<Contender, kRoom> found_;  // best first
  FixedVector<Contender, kRoom> settled_;
  std::uint32_t threshold_ = kNoId;  // entries from here on cannot win
  bool has_group_conflict_ = false;
  bool is_counting_ = true;

  // Counted together at the end: until then what counting touches is on its way from memory.
  struct Drop {
    std::uint32_t entry;
    DropReason reason;
  };
  FixedVector<Drop, 64> drops_;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_CANDIDATE_SEARCH_H_
