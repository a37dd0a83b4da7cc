#include "rules/pair_evidence.h"

#include <algorithm>

namespace xsell::rules {

PairEvidence::PairEvidence(const RuleIndex& index)
    : index_(index), min_score_(index.policy.mined.min_score) {
  if (index.pairs.is_empty()) return;
  sums_.resize(index.items.size());
  std::vector<bool> is_target(index.items.size(), false);
  for (const PairTarget& target : index.pairs.values()) is_target[target.item] = true;
  candidates_.reserve(
      static_cast<std::size_t>(std::count(is_target.begin(), is_target.end(), true)));
}

void PairEvidence::add(std::uint32_t trigger) {
  if (sums_.empty()) return;
  for (const PairTarget& target : index_.pairs.of(trigger)) {
    Sum& sum = sums_[target.item];
    sum.weight += target.weight;
    ++sum.trigger_count;
    update(sum, target.item);
  }
}

void PairEvidence::remove(std::uint32_t trigger) {
  if (sums_.empty()) return;
  for (const PairTarget& target : index_.pairs.of(trigger)) {
    Sum& sum = sums_[target.item];
    sum.weight -= target.weight;
    --sum.trigger_count;
    update(sum, target.item);
  }
}

void PairEvidence::update(Sum& sum, std::uint32_t item) {
  const bool is_candidate = sum.trigger_count > 0 && score(item) >= min_score_;
  if (is_candidate == (sum.position != kNoId)) return;
  if (is_candidate) {
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
  if (sums_.empty()) return {};
  const auto targets = index_.pairs.of(trigger);
  const auto found = std::lower_bound(
      targets.begin(), targets.end(), item,
      [](const PairTarget& target, std::uint32_t wanted) { return target.item < wanted; });
  if (found == targets.end() || found->item != item) return {};
  const auto at = index_.pairs.offset(trigger) + static_cast<std::size_t>(found - targets.begin());
  return {found->weight, index_.pair_percent[at]};
}

}  // namespace xsell::rules
