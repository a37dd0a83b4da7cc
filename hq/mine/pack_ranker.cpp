#include "hq/mine/pack_ranker.h"

namespace xsell::hq {

PackRanker::PackRanker(const Pack& pack, const rules::Ranker& ranker,
                       const rules::Replenishment& replenishment) {
  constexpr double kMilli = 1000;
  index_.ranker = ranker;
  index_.replenishment = replenishment;
  index_.offers.resize(pack.item_counts.size());
  std::vector<std::pair<std::uint32_t, rules::PairTarget>> placed;
  placed.reserve(pack.rules.size());
  for (const MinedRule& rule : pack.rules) {
    placed.emplace_back(rule.trigger, rules::PairTarget{rule.offer, rule.weight});
    rules::RankerCounts counts;
    counts.all = {
        static_cast<double>(rule.joint_count), static_cast<double>(pack.item_counts[rule.trigger]),
        static_cast<double>(pack.item_counts[rule.offer]), static_cast<double>(pack.basket_count)};
    if (pack.recent_basket_milli > 0) {
      counts.recent = {static_cast<double>(rule.recent_joint_milli) / kMilli,
                       static_cast<double>(pack.recent_item_milli[rule.trigger]) / kMilli,
                       static_cast<double>(pack.recent_item_milli[rule.offer]) / kMilli,
                       static_cast<double>(pack.recent_basket_milli) / kMilli};
    }
    counts = rules::brought_to_size(ranker, counts);
    index_.pairs.push_back(rules::pair_terms(counts));
    index_.offers[rule.offer] = rules::offer_terms(counts, 0);
  }
  targets_ = rules::FlatLists<rules::PairTarget>(pack.item_counts.size(), placed);
  pairs_ = std::make_unique<rules::PairRanker>(targets_, index_);
  customer_ = std::make_unique<rules::CustomerRanker>(*pairs_, index_);
}

void PackRanker::begin_basket() {
  for (const std::uint32_t item : scanned_) pairs_->remove(item);
  scanned_.clear();
  customer_->forget();
}

void PackRanker::scan(std::uint32_t item) {
  pairs_->add(item);
  scanned_.push_back(item);
}

std::span<const rules::RankedOffer> PackRanker::offers() {
  pairs_->refresh();
  if (!customer_->is_known()) return pairs_->offers();
  customer_->refresh();
  return customer_->offers();
}

}  // namespace xsell::hq
