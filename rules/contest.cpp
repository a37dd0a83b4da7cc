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
  pick.key = open.rank_key;
  pick.tie = open.is_mined ? open.item : open.entry;
  pick.entry = open.entry;
  pick.item = open.item;
  pick.identity = open.identity;
  pick.product = open.product;
  pick.prompt_id = open.prompt_id;
  pick.is_mined = open.is_mined;
  pick.was_open = true;
  return pick;
}

bool outranks(const Pick& a, const Pick& b) {
  if (a.key != b.key) return a.key > b.key;
  if (a.is_mined != b.is_mined) return b.is_mined;
  return a.tie < b.tie;
}

bool is_same_offer(const Pick& a, const Pick& b) {
  return a.identity == b.identity || (a.product != kNoId && a.product == b.product);
}

void Contest::add(const Pick& pick) { insert_in_order(picks_, pick); }

void Contest::add_open(std::span<const PromptRecord> records) {
  for (const PromptRecord& record : records) {
    if (!record.is_open() || open_.is_full()) continue;
    open_.push({record.rank, record.entry, record.identity, record.product, record.group, true});
    add(pick_of(record));
  }
}

void Contest::add_found(const RuleIndex& index, std::span<const Contender> found) {
  for (const Contender& contender : found) {
    Pick pick;
    pick.key = index.entry_key[contender.entry];
    pick.tie = pick.entry = contender.entry;
    pick.identity = contender.identity;
    pick.item = index.offers[contender.entry].item;
    if (pick.item != kNoId) pick.product = contender.identity;
    add(pick);
  }
}

void Contest::add_mined(const Situation& now, const PairEvidence& evidence,
                        const PacingGate& pacing) {
  FixedVector<Pick, kMaxMined> best;
  for (const std::uint32_t item : evidence.candidates()) {
    Pick pick;
    pick.key = mined_rank_key(now.index, evidence.score(item));
    pick.tie = pick.item = item;
    pick.identity = pick.product = now.index.items.product[item];
    pick.is_mined = true;
    if (best.is_full() && !outranks(pick, best.back())) continue;
    const bool is_open = std::any_of(open_.begin(), open_.end(), [&](const Contender& open) {
      return open.product == pick.product;
    });
    if (is_open || refusal_of_mined_item(now, item) != DropReason::kNone) continue;
    const std::uint64_t hash = stable_hash(now.index.items.keys.text(item));
    if (pacing.refusal_of_mined(item, hash) != DropReason::kNone) continue;
    insert_in_order(best, pick);
  }
  for (const Pick& pick : best) add(pick);
}

}  // namespace xsell::rules
