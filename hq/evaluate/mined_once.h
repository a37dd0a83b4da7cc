#ifndef XSELL_HQ_EVALUATE_MINED_ONCE_H_
#define XSELL_HQ_EVALUATE_MINED_ONCE_H_

#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>

#include "hq/mine/ranker_fit.h"

namespace xsell::hq {

// What `mine` makes of the training baskets. Threads: any; who asks while another mines waits.
class MinedOnce {
 public:
  struct Options {
    bool has_scan_order = true;  // items stand as they were scanned
    bool for_customers = false;  // somebody will ask for what known customers bought before
    // Items that lanes never offer for each other; may be empty.
    std::function<bool(std::uint32_t, std::uint32_t)> is_excluded;
  };

  // Requires: the baskets outlive it.
  explicit MinedOnce(const BasketTable& baskets) : MinedOnce(baskets, {}) {}
  MinedOnce(const BasketTable& baskets, Options options)
      : baskets_(baskets), options_(std::move(options)) {}

  const BasketTable& baskets() const { return baskets_; }
  bool has_scan_order() const { return options_.has_scan_order; }

  // As `mine` has them unless told otherwise.
  PackOptions pack_options() const {
    PackOptions pack;
    pack.is_excluded = options_.is_excluded;
    return pack;
  }
  // With those: mined when it is asked for first, and kept.
  const RankedPack& usual() const {
    std::call_once(once_, [&] { usual_ = mine(pack_options(), options_.for_customers); });
    return usual_;
  }
  RankedPack with(const PackOptions& pack) const { return mine(pack, false); }

 private:
  RankedPack mine(const PackOptions& pack, bool for_customers) const {
    return build_ranked_pack(baskets_, 0, baskets_.basket_count(), pack, options_.has_scan_order,
                             for_customers);
  }

  const BasketTable& baskets_;
  const Options options_;
  mutable std::once_flag once_;
  mutable RankedPack usual_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_EVALUATE_MINED_ONCE_H_
