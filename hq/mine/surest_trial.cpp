#include "hq/mine/surest_trial.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "hq/mine/basket_player.h"
#include "rules/model.h"
#include "rules/pair_ranker.h"
#include "rules/ranker_index.h"

namespace xsell::hq {
namespace {

constexpr std::size_t kMaxTried = 20'000;  // baskets of a part
constexpr double kMilli = 1000;
constexpr double kOne = 65536;

// Half of the held-out baskets, and the ranker that the other half gave.
struct Half {
  std::vector<HeldOut> parts;
  rules::Ranker ranker;
};

std::pair<Half, Half> cut(std::span<const HeldOut> held_out) {
  std::pair<Half, Half> halves;
  for (const HeldOut& part : held_out) {
    const std::size_t begin = part.end - std::min(kMaxTried, part.end - part.begin);
    const std::size_t middle = begin + (part.end - begin) / 2;
    halves.first.parts.push_back({part.pack, part.table, begin, middle});
    halves.second.parts.push_back({part.pack, part.table, middle, part.end});
  }
  return halves;
}

// By item, as lanes compile it.
std::vector<std::int32_t> boosts_of(const OfferWorth& worth, const Pack& pack) {
  std::vector<std::int32_t> milli;
  if (worth.boosts_milli) milli = worth.boosts_milli(pack);
  std::vector<std::int32_t> boosts;
  for (std::size_t item = 0; item < pack.item_counts.size(); ++item) {
    const double share = static_cast<double>(pack.item_counts[item]) / pack.basket_count;
    const double margin = (milli.empty() ? rules::MinedPair().boost_milli : milli[item]) / kMilli;
    boosts.push_back(static_cast<std::int32_t>(
        std::lround(kOne * rules::surprise_boost(share, worth.surprise) * margin)));
  }
  return boosts;
}

// Of the scans whose likeliest offer is sure enough, those at which the offer that lanes show hits:
// of all that are sure enough, the one of most worth.
std::size_t hits_by_worth(const Half& half, bool has_scan_order, std::int64_t least,
                          const OfferWorth& worth) {
  std::size_t hits = 0;
  for (const HeldOut& part : half.parts) {
    const std::vector<std::int32_t> boosts = boosts_of(worth, part.pack);
    BasketPlayer player(part.pack, half.ranker, {}, part.table, has_scan_order);
    player.play(part.begin, part.end, [&] {
      std::int64_t most = std::numeric_limits<std::int64_t>::min();
      bool is_hit = false;
      for (const rules::RankedOffer& offer : player.offers()) {
        if (offer.score < least || player.state(offer.item) == BasketPlayer::kScanned) continue;
        const std::int64_t evidence = rules::ranked_evidence(offer.score, boosts[offer.item]);
        if (evidence <= most) continue;
        most = evidence;
        is_hit = player.state(offer.item) == BasketPlayer::kToCome;
      }
      if (is_hit) ++hits;
    });
  }
  return hits;
}

}  // namespace

std::int64_t least_score(std::vector<RankedScan> scans, double share) {
  const auto all = static_cast<double>(scans.size());
  std::erase_if(scans, [](const RankedScan& scan) { return !scan.has_offer; });
  const auto wanted = std::min(scans.size(), static_cast<std::size_t>(std::lround(share * all)));
  if (wanted == 0) return 0;
  const auto last = scans.begin() + static_cast<std::ptrdiff_t>(wanted) - 1;
  std::nth_element(scans.begin(), last, scans.end(),
                   [](const RankedScan& a, const RankedScan& b) { return a.score > b.score; });
  return last->score;
}

SurestTrial try_surest(std::span<const HeldOut> held_out, bool has_scan_order, double share,
                       const OfferWorth& worth) {
  auto [first, second] = cut(held_out);
  first.ranker = fit_ranker(second.parts, has_scan_order);
  second.ranker = fit_ranker(first.parts, has_scan_order);
  SurestTrial trial;
  if (!first.ranker.is_fitted() || !second.ranker.is_fitted()) return trial;
  std::vector<RankedScan> scans;
  for (const Half* const half : {&first, &second}) {
    for (const HeldOut& part : half->parts) trial.baskets += part.end - part.begin;
    const std::vector<RankedScan> some = rank_scans(half->parts, half->ranker, has_scan_order);
    scans.insert(scans.end(), some.begin(), some.end());
  }
  trial.scans = scans.size();
  const std::int64_t least = least_score(scans, share);
  for (const RankedScan& scan : scans) {
    if (!scan.has_offer) continue;
    ++trial.scans_with_offer;
    if (scan.is_hit) ++trial.hits_if_always;
    if (scan.score < least) continue;
    ++trial.prompted;
    if (scan.is_hit) ++trial.hits_by_chance;
  }
  trial.hits = worth.is_alike() ? trial.hits_by_chance
                                : hits_by_worth(first, has_scan_order, least, worth) +
                                      hits_by_worth(second, has_scan_order, least, worth);
  return trial;
}

}  // namespace xsell::hq
