#ifndef XSELL_HQ_MINE_PACK_RANKER_H_
#define XSELL_HQ_MINE_PACK_RANKER_H_

#include <cstdint>
#include <memory>
#include <span>

#include "hq/mine/pack.h"
#include "rules/customer_ranker.h"
#include "rules/pair_ranker.h"

namespace xsell::hq {

// Scores a pack's offers with the very code of a lane. Threads: one.
class PackRanker {
 public:
  // A ranker that is not fitted scores 0, and still has its terms.
  PackRanker(const Pack& pack, const rules::Ranker& ranker,
             const rules::Replenishment& replenishment = {});

  void begin_basket();  // of a customer who is not known
  void identify(const rules::CustomerPast& past) { customer_->identify(past); }
  void scan(std::uint32_t item);
  // What the scanned items, or a known customer's past, speak for, in no order; some may be in the
  // basket.
  std::span<const rules::RankedOffer> offers();
  const rules::PairRanker& pairs() const { return *pairs_; }
  const rules::CustomerRanker& customer() const { return *customer_; }
  std::size_t item_count() const { return index_.offers.size(); }

 private:
  rules::FlatLists<rules::PairTarget> targets_;
  rules::RankerIndex index_;
  std::unique_ptr<rules::PairRanker> pairs_;
  std::unique_ptr<rules::CustomerRanker> customer_;
  std::vector<std::uint32_t> scanned_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_PACK_RANKER_H_
