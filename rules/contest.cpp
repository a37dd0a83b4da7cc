#include "rules/contest.h"

#include <algorithm>

#include "rules/rank_key.h"
#include "rules/stable_hash.h"

namespace xsell::rules {

namespace {

// Keeps the best that fit.
template <std::size_t Size>
void insert_in_order(FixedVector<Pick, Size>& picks, const Pick& pick) {
  const auto at = std::find_if(picks.begin(), picks.end(),
                               [&](const Pick& other) { return outranks(pick, other); });
  const auto position = static_cast<std::size_t>(at - picks.begin());
  if (position == Size) return;
  picks.truncate(Size - 1);
  picks.insert(position, pick);
}

}  // namespace

Pick pick_of(const PromptRecord& open) {
  Pick pick;
  pick.rank = open.rank;
  pick.mined_key = open.mined_key;
  pick.entry = open.entry;
  pick.item = open.item;
  pick.identity = open.identity;
  pick.product = open.product;
  pick.gate = open.gate;
  pick.prompt_id = open.prompt_id;
  pick.is_mined = open.is_mined;
  pick.was_open = true;
  return pick;
}

bool is_same_offer(const Pick& a, const Pick& b) {
  return a.identity == b.identity || (a.product != kNoId && a.product == b.product);
}

void Contest::clear() {
  picks_.clear();
  open_products_.clear();
}

void Contest::add(const Pick& pick) { insert_in_order(picks_, pick); }

void Contest::add_open(const PromptLog& log) {
  for (std::size_t i = 0; i < log.live_count(); ++i) {
    const PromptRecord& record = log.live(i);
    if (!record.is_open() || !open_products_.push(record.product)) continue;
    add(pick_of(record));
  }
}

void Contest::add_found(const RuleIndex& index, std::span<const Contender> found) {
  for (const Contender& contender : found) {
    Pick pick;
    pick.rank = pick.entry = contender.entry;
    pick.identity = contender.identity;
    pick.item = index.entries[contender.entry].item();
    pick.gate = contender.gate;
    if (pick.item != kNoId) pick.product = contender.identity;
    add(pick);
  }
}

void Contest::add_mined(const Situation& now, const PairEvidence& evidence,
                        const PacingGate& pacing) {
  if (evidence.candidates().empty()) return;
  FixedVector<Pick, kMaxMined> best;
  for (const std::uint32_t item : evidence.candidates()) {
    Pick pick;
    pick.mined_key = mined_rank_key(now.index, evidence.score(item));
    pick.item = item;
    pick.identity = pick.product = now.index.items.product(item);
    pick.is_mined = true;
    if (best.is_full() && !outranks(pick, best.back())) continue;
    const bool is_open = std::find(open_products_.begin(), open_products_.end(), pick.product) !=
                         open_products_.end();
    if (is_open || refusal_of_mined_item(now, item) != DropReason::kNone) continue;
    const std::uint64_t hash = stable_hash(now.index.items.keys.text(item));
    if (pacing.refusal_of_mined(item, hash) != DropReason::kNone) continue;
    insert_in_order(best, pick);
  }
  for (Pick& pick : best) {
    pick.rank = rank_of_key(now.index, pick.mined_key);
    add(pick);
  }
}

}  // namespace xsell::rules
