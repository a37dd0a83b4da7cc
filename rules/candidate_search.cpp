#include "rules/candidate_search.h"

#include <algorithm>

namespace xsell::rules {

namespace {

constexpr PostingKind kLineKinds[] = {PostingKind::first, PostingKind::more, PostingKind::live};

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

bool is_same_offer(const Contender& open, const Contender& candidate) {
  return open.identity == candidate.identity || open.product == candidate.identity;
}

}  // namespace

void CandidateSearch::start(SearchLimits limits, std::span<const Contender> open) {
  limits_ = limits;
  open_.clear();
  found_.clear();
  settled_.clear();
  has_group_conflict_ = false;
  is_counting_ = true;
  for (const Contender& contender : open) insert_in_order(open_, contender);
  on_offer_ = open;
  threshold_ = threshold();
}

void CandidateSearch::search_changes(const BasketChanges& changes) {
  // One event may bring a term in and take it out again.
  const auto is_held = [&](std::uint32_t term) { return now_.basket.term_quantity(term) > 0; };
  for (const std::uint32_t term : changes.entered) {
    if (!is_held(term)) continue;
    walk(PostingKind::first, term);
    walk(PostingKind::more, term);
  }
  for (const std::uint32_t term : changes.raised) {
    if (is_held(term)) walk(PostingKind::more, term);
  }
  if (!now_.index.list(PostingKind::live).is_empty()) {
    for (const std::uint32_t term : now_.basket.held_terms()) walk(PostingKind::live, term);
  }
  if (has_group_conflict_) search_with_groups(kLineKinds);
}

void CandidateSearch::search_all(std::span<const PostingKind> kinds, bool is_counting) {
  is_counting_ = is_counting;
  for (const PostingKind kind : kinds) {
    if (now_.index.list(kind).is_empty()) continue;
    for (const std::uint32_t term : now_.basket.held_terms()) walk(kind, term);
  }
  if (has_group_conflict_) search_with_groups(kinds);
}

void CandidateSearch::search_terms(PostingKind kind, std::span<const std::uint32_t> terms) {
  if (now_.index.list(kind).is_empty()) return;
  for (const std::uint32_t term : terms) walk(kind, term);
}

// Two entries of one exclusive group met. Only the order of rank can tell who gives way to whom, so
// the winners are found one by one, each among those that agree with the ones before.
void CandidateSearch::search_with_groups(std::span<const PostingKind> kinds) {
  const std::size_t wanted = limits_.found;
  limits_.found = 1;
  is_counting_ = false;
  found_.clear();
  while (settled_.size() < wanted) {
    threshold_ = threshold();
    for (const PostingKind kind : kinds) {
      if (now_.index.list(kind).is_empty()) continue;
      for (const std::uint32_t term : now_.basket.held_terms()) walk(kind, term);
    }
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
  for (const Posting& posting : now_.index.list(kind).of(term)) {
    if (posting.entry >= threshold_) return;
    consider(posting);
  }
}

void CandidateSearch::consider(const Posting& posting) {
  for (const Contender& open : on_offer_) {
    if (open.entry == posting.entry) return;
  }
  for (const Contender& found : found_) {
    if (found.entry == posting.entry) return;
  }
  if (!may_be_offered(posting)) return;
  const std::uint32_t rule = now_.index.offers[posting.entry].rule;
  insert(
      {posting.entry, posting.entry, posting.identity, kNoId, now_.index.rules[rule].group, false});
}

bool CandidateSearch::may_be_offered(const Posting& posting) {
  const OfferDetail& offer = now_.index.offers[posting.entry];
  if (is_disabled(offer.rule)) {
    drop(offer.rule, DropReason::kKilled);
    return false;
  }
  DropReason reason = refusal_of_gate(now_, posting.gate);
  const bool is_product = (posting.identity & kIdentityKind) == 0;
  if (reason == DropReason::kNone && is_product &&
      now_.basket.product_quantity(posting.identity) > 0) {
    reason = DropReason::kInBasket;
  }
  const bool needs_item_check = posting.gate != 0 || !is_product || !now_.stock.is_empty();
  const bool is_information = (posting.identity & kIdentityKind) == kIdentityInformation;
  if (reason == DropReason::kNone && needs_item_check && !is_information) {
    choose_item(now_, offer, {}, reason);
  }
  if (reason == DropReason::kNone && pacing_ != nullptr) {
    reason = pacing_->refusal_of(posting.entry, is_product ? posting.identity : kNoId);
  }
  if (reason != DropReason::kNone) drop(offer.rule, reason);
  return reason == DropReason::kNone;
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

bool CandidateSearch::is_disabled(std::uint32_t rule) const {
  return !disabled_rules_.empty() && (disabled_rules_[rule / 64] >> (rule % 64) & 1) != 0;
}

void CandidateSearch::drop(std::uint32_t rule, DropReason reason) {
  if (is_counting_) counters_.add(rule, reason);
}

}  // namespace xsell::rules
