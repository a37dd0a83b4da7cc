#include "rules/candidate_search.h"

#include <algorithm>

namespace xsell::rules {

namespace {

// Gates lie anywhere in memory, and most postings of a long walk have one.
constexpr std::size_t kFetchedAhead = 4;

bool outranks(const Contender& a, const Contender& b) {
  // Of a mined prompt and the entry it is just above, the mined one wins.
  return a.rank < b.rank || (a.rank == b.rank && a.entry == kNoId);
}

template <typename Contenders>
void insert_in_order(Contenders& contenders, const Contender& contender) {
  const auto at = std::find_if(contenders.begin(), contenders.end(),
                               [&](const Contender& other) { return outranks(contender, other); });
  contenders.insert(static_cast<std::size_t>(at - contenders.begin()), contender);
}

bool is_disabled(const CandidateSearch::Scene& scene, std::uint32_t rule) {
  return (scene.disabled_rules[rule / 64] >> (rule % 64) & 1) != 0;
}

bool is_same_offer(const Contender& open, const Contender& candidate) {
  return open.identity == candidate.identity || open.product == candidate.identity;
}

}  // namespace

void CandidateSearch::start(const Scene& scene, SearchLimits limits,
                            std::span<const Contender> open) {
  scene_ = scene;
  limits_ = limits;
  open_.clear();
  found_.clear();
  settled_.clear();
  has_group_conflict_ = false;
  is_counting_ = true;
  for (const Contender& contender : open) insert_in_order(open_, contender);
  on_offer_ = open;
  is_open_whole_ = true;
  threshold_ = threshold_at_start_ = threshold();
}

void CandidateSearch::resume(const Scene& scene) {
  if (!is_open_whole_) return start(scene, limits_, on_offer_);
  scene_ = scene;
  found_.clear();
  has_group_conflict_ = false;
  is_counting_ = true;
  threshold_ = threshold_at_start_;
}

void CandidateSearch::search_changes(const BasketChanges& changes) {
  const BasketState& basket = scene_.now->basket;
  // One event may bring a term in and take it out again.
  for (const std::uint32_t term : changes.entered) {
    if (!basket.holds_term(term)) continue;
    if (basket.best_first(term) < threshold_) walk(PostingKind::first, term);
    if (basket.best_more(term) < threshold_) walk(PostingKind::more, term);
  }
  for (const std::uint32_t term : changes.raised) {
    if (basket.best_more(term) < threshold_ && basket.holds_term(term))
      walk(PostingKind::more, term);
  }
  for (const HeldTerm& held : basket.held_live_terms()) {
    if (held.best < threshold_) walk(PostingKind::live, held.term);
  }
  settle_drops();
  if (has_group_conflict_) search_with_groups(Lists::lines);
}

void CandidateSearch::search_lines() {
  is_counting_ = false;
  walk_held(Lists::lines);
  if (has_group_conflict_) search_with_groups(Lists::lines);
}

void CandidateSearch::search_subtotal(bool is_counting) {
  is_counting_ = is_counting;
  if (scene_.now->index.list(PostingKind::subtotal).is_empty()) return;
  walk_held(Lists::subtotal);
  settle_drops();
  if (has_group_conflict_) search_with_groups(Lists::subtotal);
}

void CandidateSearch::search_inquiry(std::uint32_t term) {
  walk(PostingKind::inquiry, term);
  settle_drops();
}

void CandidateSearch::walk_held(Lists lists) {
  if (lists == Lists::subtotal) {
    for (const HeldTerm& held : scene_.now->basket.held_terms()) {
      walk(PostingKind::subtotal, held.term);
    }
    return;
  }
  // The best first: what they hold closes the others.
  const auto held = scene_.now->basket.held_terms();
  std::uint64_t done = 0;
  while (true) {
    std::uint64_t next = std::uint64_t{threshold_} << 32;
    for (std::size_t i = 0; i < held.size(); ++i) {
      const std::uint64_t place = std::uint64_t{held[i].best} << 32 | i;
      if (place >= done && place < next) next = place;
    }
    if (next == std::uint64_t{threshold_} << 32) return;
    done = next + 1;
    const std::uint32_t term = held[next & 0xffffffff].term;
    walk(PostingKind::first, term);
    walk(PostingKind::more, term);
    walk(PostingKind::live, term);
  }
}

// Two entries of one exclusive group met. Only the order of rank can tell who gives way to whom, so
// the winners are found one by one, each among those that agree with the ones before.
void CandidateSearch::search_with_groups(Lists lists) {
  const std::size_t wanted = limits_.found;
  limits_.found = 1;
  is_counting_ = false;
  found_.clear();
  while (settled_.size() < wanted) {
    threshold_ = threshold();
    walk_held(lists);
    if (found_.is_empty()) break;
    settled_.push(found_[0]);
    found_.clear();
  }
  found_ = settled_;
  settled_.clear();
  limits_.found = wanted;
  threshold_ = threshold();
  has_group_conflict_ = false;
}

void CandidateSearch::walk(PostingKind kind, std::uint32_t term) {
  const PostingLists& lists = scene_.now->index.list(kind);
  if (lists.best(term) >= threshold_) return;
  const auto list = lists.of(term);
  const auto fetch = [&](std::size_t i) {
    if (i < list.size()) scene_.now->index.fetch_gate(list[i].gate);
  };
  for (std::size_t i = 0; i < kFetchedAhead; ++i) fetch(i);
  for (std::size_t i = 0; i < list.size() && list[i].entry < threshold_; ++i) {
    fetch(i + kFetchedAhead);
    consider(list[i]);
  }
}

void CandidateSearch::consider(const Posting& posting) {
  // Where most rules are for other customers and other hours, most end here.
  DropReason reason = refusal_of_rule(scene_, posting);
  if (reason == DropReason::kNone) {
    if (is_known(posting.entry)) return;
    reason = refusal_of_offer(scene_, posting);
  }
  if (reason != DropReason::kNone) {
    if (is_counting_) count_drop(posting.entry, reason);
    return;
  }
  const RuleIndex& index = scene_.now->index;
  __builtin_prefetch(&index.requirements[index.entries[posting.entry].rule]);
  insert({posting.entry, posting.entry, posting.identity, kNoId, index.form_of(posting.entry).group,
          posting.gate});
}

// It has its place already, or nothing left to fill one with.
bool CandidateSearch::is_known(std::uint32_t entry) const {
  const auto is_same = [&](const Contender& other) { return other.entry == entry; };
  const auto& exhausted = scene_.exhausted;
  return std::any_of(on_offer_.begin(), on_offer_.end(), is_same) ||
         std::any_of(found_.begin(), found_.end(), is_same) ||
         std::find(exhausted.begin(), exhausted.end(), entry) != exhausted.end();
}

DropReason CandidateSearch::refusal_of(const Scene& scene, const Posting& posting) {
  const DropReason reason = refusal_of_rule(scene, posting);
  return reason == DropReason::kNone ? refusal_of_offer(scene, posting) : reason;
}

DropReason CandidateSearch::refusal_of_rule(const Scene& scene, const Posting& posting) {
  const Situation& now = *scene.now;
  const bool is_killed =
      !scene.disabled_rules.empty() && is_disabled(scene, now.index.entries[posting.entry].rule);
  return is_killed ? DropReason::kKilled : refusal_of_gate(now, posting.gate);
}

DropReason CandidateSearch::refusal_of_offer(const Scene& scene, const Posting& posting) {
  const Situation& now = *scene.now;
  const RuleIndex& index = now.index;
  const bool is_product = (posting.identity & kIdentityKind) == 0;
  if (is_product && now.basket.holds_product(posting.identity)) return DropReason::kInBasket;
  const bool needs_item_check =
      !is_product || !now.stock.is_empty() || index.has_checks(posting.gate);
  const bool is_information = (posting.identity & kIdentityKind) == kIdentityInformation;
  DropReason reason = DropReason::kNone;
  if (needs_item_check && !is_information) {
    choose_item(now, index.entries[posting.entry], posting.gate, {}, reason);
  }
  if (reason == DropReason::kNone && scene.pacing != nullptr) {
    reason = scene.pacing->refusal_of(posting.entry, is_product ? posting.identity : kNoId);
  }
  return reason;
}

void CandidateSearch::count_drop(std::uint32_t entry, DropReason reason) {
  if (drops_.is_full()) settle_drops();
  __builtin_prefetch(&scene_.now->index.entries[entry]);
  drops_.push({entry, reason});
}

void CandidateSearch::settle_drops() {
  const auto& entries = scene_.now->index.entries;
  for (const Drop& drop : drops_) scene_.counters->fetch(entries[drop.entry].rule, drop.reason);
  for (const Drop& drop : drops_) scene_.counters->add(entries[drop.entry].rule, drop.reason);
  drops_.clear();
}

void CandidateSearch::insert(const Contender& candidate) {
  for (const Contender& winner : settled_) {
    const bool is_same_group = candidate.group != kNoId && winner.group == candidate.group;
    if (is_same_group || winner.identity == candidate.identity) return;
  }
  for (std::size_t i = 0; i < open_.size(); ++i) {
    if (!is_same_offer(open_[i], candidate)) continue;
    if (outranks(open_[i], candidate)) return;
    open_.erase(i);
    is_open_whole_ = false;
    break;
  }
  for (const Contender& found : found_) {
    const bool is_same_group = candidate.group != kNoId && found.group == candidate.group;
    has_group_conflict_ = has_group_conflict_ || is_same_group;
  }
  for (std::size_t i = 0; i < found_.size(); ++i) {
    if (found_[i].identity != candidate.identity) continue;
    if (outranks(found_[i], candidate)) return;
    found_.erase(i);
    break;
  }
  insert_in_order(found_, candidate);
  found_.truncate(limits_.found);
  threshold_ = threshold();
}

std::uint32_t CandidateSearch::threshold() const {
  std::uint32_t limit = kNoId;
  if (found_.size() >= limits_.found) limit = limits_.found == 0 ? 0 : found_.back().rank;
  // The answer is full of contenders: the last of them must be beaten.
  std::size_t places = limits_.answer;
  std::size_t o = 0;
  std::size_t f = 0;
  while (places > 0 && (o < open_.size() || f < found_.size())) {
    const bool takes_open =
        f == found_.size() || (o < open_.size() && outranks(open_[o], found_[f]));
    const std::uint32_t rank = takes_open ? open_[o++].rank : found_[f++].rank;
    if (--places == 0) limit = std::min(limit, rank);
  }
  return limit;
}

}  // namespace xsell::rules
