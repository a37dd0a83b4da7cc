#include "rules/pair_evidence.h"

#include <algorithm>

namespace xsell::rules {
namespace {

std::int64_t least_score(const MinedPolicy& mined, const std::vector<std::int64_t>& surest) {
  if (surest.empty() || mined.surest_percent == 0) return mined.min_score;
  const auto place = static_cast<std::size_t>(mined.surest_percent) - 1;
  return surest[std::min(place, surest.size() - 1)];
}

}  // namespace

PairEvidence::PairEvidence(const RuleIndex& index)
    : index_(index),
      min_score_(least_score(index.policy.mined, index.policy.mined.ranker.surest_scores)),
      customer_min_score_(
          least_score(index.policy.mined, index.policy.mined.replenishment.fit.surest_scores)) {
  if (index.pairs.is_empty()) return;
  std::vector<bool> is_target(index.items.size(), false);
  for (const PairTarget& target : index.pairs.values()) is_target[target.item] = true;
  candidates_.reserve(
      static_cast<std::size_t>(std::count(is_target.begin(), is_target.end(), true)) +
      kMaxRecentItems);
  if (index.ranker.is_empty()) {
    sums_.resize(index.items.size());
  } else {
    ranker_.emplace(index.pairs, index.ranker);
    if (index.ranker.replenishment.is_fitted()) customer_.emplace(*ranker_, index.ranker);
  }
}

void PairEvidence::add(std::uint32_t trigger) {
  if (items_held_++ == 0) is_customer_stale_ = true;
  if (ranker_) return ranker_->add(trigger);
  if (sums_.empty()) return;
  for (const PairTarget& target : index_.pairs.of(trigger)) {
    Sum& sum = sums_[target.item];
    sum.weight += target.weight;
    ++sum.trigger_count;
    update(sum, target.item);
  }
}

void PairEvidence::remove(std::uint32_t trigger) {
  if (--items_held_ == 0) is_customer_stale_ = true;
  if (ranker_) return ranker_->remove(trigger);
  if (sums_.empty()) return;
  for (const PairTarget& target : index_.pairs.of(trigger)) {
    Sum& sum = sums_[target.item];
    sum.weight -= target.weight;
    --sum.trigger_count;
    update(sum, target.item);
  }
}

void PairEvidence::identify(const CustomerPast& past) {
  if (!customer_) return;
  CustomerPast allowed;
  allowed.visits = past.visits;
  for (const RecentItem& recent : past.items) {
    const bool is_sold = !index_.has_catalogue || index_.items.is_in_assortment[recent.item] != 0;
    if (is_sold && index_.items.is_never_suggested[recent.item] == 0) allowed.items.push(recent);
  }
  customer_->identify(allowed);
  is_customer_stale_ = true;
}

void PairEvidence::forget_customer() {
  if (!customer_ || !customer_->is_known()) return;
  customer_->forget();
  is_customer_stale_ = true;
}

void PairEvidence::refresh() {
  if (!ranker_) return;
  const bool has_changed = ranker_->refresh();
  if (!has_changed && !(customer_ && is_customer_stale_)) return;
  is_customer_stale_ = false;
  candidates_.clear();
  if (!knows_customer()) return collect(ranker_->offers(), min_score_);
  customer_->refresh();
  collect(customer_->offers(), customer_min_score_);
}

void PairEvidence::collect(std::span<const RankedOffer> offers, std::int64_t least) {
  for (const RankedOffer& offer : offers) {
    if (offer.score >= least) candidates_.push_back(offer.item);
  }
}

bool PairEvidence::is_spoken_for(std::uint32_t item) const {
  return ranker_->is_spoken_for(item) || (knows_customer() && customer_->has_bought(item));
}

std::int32_t PairEvidence::ranked_score(std::uint32_t item) const {
  return knows_customer() ? customer_->score(item) : ranker_->score(item);
}

bool PairEvidence::is_candidate(std::uint32_t item) const {
  if (ranker_) {
    const std::int64_t least = knows_customer() ? customer_min_score_ : min_score_;
    return is_spoken_for(item) && ranked_score(item) >= least;
  }
  return !sums_.empty() && sums_[item].position != kNoId;
}

bool PairEvidence::may_stay(std::uint32_t item, bool has_something_left) const {
  if (ranker_ && !has_something_left) return is_spoken_for(item);
  return is_candidate(item);
}

std::int64_t PairEvidence::score(std::uint32_t item) const {
  if (!ranker_) return sums_[item].weight + index_.items.leak[item];
  return ranked_evidence(ranked_score(item), index_.ranker.offers[item].boost);
}

void PairEvidence::update(Sum& sum, std::uint32_t item) {
  const bool reaches = sum.trigger_count > 0 && score(item) >= min_score_;
  if (reaches == (sum.position != kNoId)) return;
  if (reaches) {
    sum.position = static_cast<std::uint32_t>(candidates_.size());
    candidates_.push_back(item);
    return;
  }
  const std::uint32_t last = candidates_.back();
  candidates_[sum.position] = last;
  sums_[last].position = sum.position;
  sum.position = kNoId;
  candidates_.pop_back();
}

PairEvidence::Reason PairEvidence::reason(std::uint32_t trigger, std::uint32_t item) const {
  const auto targets = index_.pairs.of(trigger);
  const auto found = std::lower_bound(
      targets.begin(), targets.end(), item,
      [](const PairTarget& target, std::uint32_t wanted) { return target.item < wanted; });
  if (found == targets.end() || found->item != item) return {};
  const auto at = index_.pairs.offset(trigger) + static_cast<std::size_t>(found - targets.begin());
  return {found->weight, index_.pair_percent[at]};
}

}  // namespace xsell::rules
