#include "rules/pair_evidence.h"

#include <algorithm>

namespace xsell::rules {
namespace {

std::int64_t least_score(const MinedPolicy& mined) {
  const auto& surest = mined.ranker.surest_scores;
  if (surest.empty() || mined.surest_percent == 0) return mined.min_score;
  const auto place = static_cast<std::size_t>(mined.surest_percent) - 1;
  return surest[std::min(place, surest.size() - 1)];
}

}  // namespace

PairEvidence::PairEvidence(const RuleIndex& index)
    : index_(index), min_score_(least_score(index.policy.mined)) {
  if (index.pairs.is_empty()) return;
  std::vector<bool> is_target(index.items.size(), false);
  for (const PairTarget& target : index.pairs.values()) is_target[target.item] = true;
  candidates_.reserve(
      static_cast<std::size_t>(std::count(is_target.begin(), is_target.end(), true)));
  if (index.ranker.is_empty()) {
    sums_.resize(index.items.size());
  } else {
    ranker_.emplace(index.pairs, index.ranker);
  }
}

void PairEvidence::add(std::uint32_t trigger) {
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
  if (ranker_) return ranker_->remove(trigger);
  if (sums_.empty()) return;
  for (const PairTarget& target : index_.pairs.of(trigger)) {
    Sum& sum = sums_[target.item];
    sum.weight -= target.weight;
    --sum.trigger_count;
    update(sum, target.item);
  }
}

void PairEvidence::refresh() {
  if (!ranker_ || !ranker_->refresh()) return;
  candidates_.clear();
  for (const RankedOffer& offer : ranker_->offers()) {
    if (offer.score >= min_score_) candidates_.push_back(offer.item);
  }
}

bool PairEvidence::is_candidate(std::uint32_t item) const {
  if (ranker_) return ranker_->is_spoken_for(item) && ranker_->score(item) >= min_score_;
  return !sums_.empty() && sums_[item].position != kNoId;
}

bool PairEvidence::may_stay(std::uint32_t item, bool has_something_left) const {
  if (ranker_ && !has_something_left) return ranker_->is_spoken_for(item);
  return is_candidate(item);
}

std::int64_t PairEvidence::score(std::uint32_t item) const {
  if (!ranker_) return sums_[item].weight + index_.items.leak[item];
  return ranked_evidence(ranker_->score(item), index_.ranker.offers[item].boost);
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
