// The second half of the rule compiler: ranks entries, hangs them under their terms, fills target
// lists and mined pairs.
#include <algorithm>
#include <numeric>

#include "rules/rule_compiler.h"

namespace xsell::rules {

namespace {

using Placed = std::vector<std::pair<std::uint32_t, Posting>>;

void place(Placed& out, const std::vector<std::uint32_t>& terms, const Posting& posting) {
  for (const std::uint32_t term : terms) out.emplace_back(term, posting);
}

}  // namespace

void RuleCompiler::rank() {
  // Equal keys keep the order of rule ids and of offers, so that every machine ranks alike.
  std::stable_sort(candidates_.begin(), candidates_.end(),
                   [](const Candidate& a, const Candidate& b) { return a.key > b.key; });
  index_.entry_key.reserve(candidates_.size());
  index_.offers.reserve(candidates_.size());
  for (const Candidate& candidate : candidates_) {
    index_.entry_key.push_back(candidate.key);
    index_.offers.push_back(candidate.offer);
  }
  candidates_ = {};
}

std::uint32_t RuleCompiler::identity_of(const OfferDetail& offer) const {
  if (offer.item != kNoId) return index_.items.product[offer.item];
  if (offer.list != kNoId) return kIdentityList | target_lists_[offer.list].term;
  return kIdentityInformation | offer.rule;
}

void RuleCompiler::place_postings() {
  std::array<Placed, kPostingKinds> placed;
  const auto at = [&](PostingKind kind) -> Placed& {
    return placed[static_cast<std::size_t>(kind)];
  };
  for (std::uint32_t entry = 0; entry < index_.offers.size(); ++entry) {
    const OfferDetail& offer = index_.offers[entry];
    const RuleDetail& rule = index_.rules[offer.rule];
    const CompiledCondition& condition = conditions_[offer.rule];
    const Posting posting{entry, identity_of(offer), offer.gate};
    if ((rule.moments & kMomentSubtotal) != 0)
      place(at(PostingKind::subtotal), condition.cover, posting);
    if ((rule.moments & kMomentInquiry) != 0)
      place(at(PostingKind::inquiry), condition.positive, posting);
    if ((rule.moments & kMomentLineAdded) == 0) continue;
    if (condition.is_live || condition.cover.front() == kAnyTerm) {
      place(at(PostingKind::live), condition.cover, posting);
      continue;
    }
    // A dearer line of a term that is there already can end a price ratio's objection.
    const std::uint32_t checks = index_.gates[offer.gate].checks;
    const bool asks_for_price =
        checks != kNoId && index_.checks[checks].max_price_ratio_millionths > 0;
    place(at(asks_for_price ? PostingKind::more : PostingKind::first), condition.first, posting);
    place(at(PostingKind::more), condition.more, posting);
  }
  for (std::size_t kind = 0; kind < kPostingKinds; ++kind) {
    index_.postings[kind] = FlatLists<Posting>(index_.term_count, placed[kind]);
  }
  conditions_ = {};
}

void RuleCompiler::fill_target_lists() {
  std::vector<std::vector<std::uint32_t>> lists_of_term(terms_.term_count());
  for (std::uint32_t list = 0; list < target_lists_.size(); ++list) {
    lists_of_term[target_lists_[list].term].push_back(list);
  }
  std::vector<std::vector<std::uint32_t>> items_of_list(target_lists_.size());
  for (std::uint32_t item = 0; item < index_.items.size(); ++item) {
    for (const std::uint32_t term : index_.items.terms.of(item)) {
      for (const std::uint32_t list : lists_of_term[term]) {
        if (check_item(*target_lists_[list].offer, item) == DropReason::kNone) {
          items_of_list[list].push_back(item);
        }
      }
    }
  }
  const ItemColumns& items = index_.items;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> placed;
  for (std::uint32_t list = 0; list < target_lists_.size(); ++list) {
    auto& chosen = items_of_list[list];
    const SelectBy order = target_lists_[list].offer->select_by;
    std::stable_sort(chosen.begin(), chosen.end(), [&](std::uint32_t a, std::uint32_t b) {
      switch (order) {
        case SelectBy::score:
          return items.leak[a] > items.leak[b];  // what sells by itself first
        case SelectBy::price_low:
          return items.price_minor[a] < items.price_minor[b];
        case SelectBy::price_high:
          return items.price_minor[a] > items.price_minor[b];
        case SelectBy::listed:
          return false;
      }
      return false;
    });
    for (const std::uint32_t item : chosen) placed.emplace_back(list, item);
  }
  index_.target_lists = FlatLists<std::uint32_t>(target_lists_.size(), placed);
}

void RuleCompiler::add_pairs() {
  if (!rule_set_.policy.mined.is_enabled) return;
  struct Pair {
    std::uint32_t trigger;
    PairTarget target;
    std::uint8_t percent;
  };
  std::vector<Pair> pairs;
  pairs.reserve(rule_set_.pairs.size());
  const Offer plain;
  for (const MinedPair& mined : rule_set_.pairs) {
    const std::uint32_t trigger = items_.add_mentioned(mined.trigger);
    const std::uint32_t item = items_.add_mentioned(mined.offer);
    if (const DropReason reason = check_item(plain, item); reason != DropReason::kNone) {
      drop(kMinedRule, reason);
      continue;
    }
    const std::uint32_t item_class = index_.items.item_class[item];
    if (item_class != kNoId && item_class == index_.items.item_class[trigger]) {
      drop(kMinedRule, DropReason::kSameClass);
      continue;
    }
    const std::int64_t percent =
        mined.trigger_count > 0
            ? (100 * mined.joint_count + mined.trigger_count / 2) / mined.trigger_count
            : 0;
    pairs.push_back({trigger,
                     {item, mined.weight},
                     static_cast<std::uint8_t>(std::clamp<std::int64_t>(percent, 0, 100))});
  }
  std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) {
    return a.trigger != b.trigger ? a.trigger < b.trigger : a.target.item < b.target.item;
  });
  std::vector<std::pair<std::uint32_t, PairTarget>> placed;
  placed.reserve(pairs.size());
  for (const Pair& pair : pairs) {
    placed.emplace_back(pair.trigger, pair.target);
    index_.pair_percent.push_back(pair.percent);
  }
  index_.pairs = FlatLists<PairTarget>(index_.items.size(), placed);
}

}  // namespace xsell::rules
