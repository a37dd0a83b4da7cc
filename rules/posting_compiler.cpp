// The second half of the rule compiler: ranks entries, hangs them under their terms, fills target
// lists and mined pairs.
#include <algorithm>
#include <numeric>

#include "rules/rule_compiler.h"
#include "rules/workspace.h"

namespace xsell::rules {

namespace {

// Entries stand in another order than their candidates: how many of those are fetched ahead.
constexpr std::uint32_t kAhead = 8;

// Sorts positions by falling keys; equal keys keep their order. Digit by digit from the lowest,
// leaving out those in which all keys agree.
class FallingOrder {
 public:
  template <typename KeyAt>
  FallingOrder(std::size_t count, KeyAt key_at) {
    std::uint64_t all = ~std::uint64_t{0};
    std::uint64_t any = 0;
    items_.resize(count);
    for (std::uint32_t i = 0; i < count; ++i) {
      items_[i] = {~key_at(i), i};
      all &= items_[i].key;
      any |= items_[i].key;
    }
    std::vector<Item> other(count);
    for (int shift = 0; shift < 64; shift += kDigitBits) {
      const std::uint64_t differing = (all ^ any) >> shift & (kDigits - 1);
      if (differing != 0) sort_by_digit(shift, other);
    }
  }
  std::vector<std::uint32_t> take() const {
    std::vector<std::uint32_t> order(items_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = items_[i].position;
    return order;
  }

 private:
  struct Item {
    std::uint64_t key;
    std::uint32_t position;
  };
  static constexpr int kDigitBits = 11;
  static constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;

  void sort_by_digit(int shift, std::vector<Item>& other) {
    std::array<std::uint32_t, kDigits> next{};
    for (const Item& item : items_) ++next[item.key >> shift & (kDigits - 1)];
    std::uint32_t sum = 0;
    for (std::uint32_t& count : next) sum += std::exchange(count, sum);
    for (const Item& item : items_) other[next[item.key >> shift & (kDigits - 1)]++] = item;
    items_.swap(other);
  }

  std::vector<Item> items_;
};

}  // namespace

std::size_t RuleIndex::hot_bytes() const {
  std::size_t bytes = gates.size() * sizeof(Gate) + conditions.bytes() + pairs.bytes() +
                      ranker.pairs.size() * sizeof(PairTerms) + pair_percent.size() +
                      entries.size() * sizeof(Entry) + scores.size() * sizeof(std::uint32_t) +
                      requirements.size() * sizeof(BasketTest) + forms.size() * sizeof(PromptForm) +
                      target_lists.bytes();
  for (const PostingLists& lists : postings) {
    if (!lists.is_empty()) bytes += lists.bytes();
  }
  return bytes;
}

std::unique_ptr<CompiledRuleSet> RuleCompiler::finish() {
  items_.place_terms(terms_);
  fill_target_lists();
  {
    candidates_.push_back({0, {}, 0, static_cast<std::uint32_t>(hooks_.size())});
    const std::vector<std::uint32_t> order = rank();
    place_entries(order);
    place_postings(order);
  }
  candidates_ = {};
  hooks_ = {};
  place_pairs();
  index_.schedule_edges.put_in_order();
  index_.rule_ids.shrink_to_fit();
  index_.requirements.shrink_to_fit();
  index_.conditions.nodes.shrink_to_fit();
  index_.gates.shrink_to_fit();

  report_.pairs = index_.pairs.values().size();
  report_.items = index_.items.size();
  report_.index_bytes = index_.hot_bytes();
  auto silence = std::make_unique<SilenceCounters>(index_.rule_count());
  for (const CompileDrop& drop : drops_) silence->add(drop.rule, drop.reason);
  auto workspace = std::make_unique<Workspace>(index_);
  return std::make_unique<CompiledRuleSet>(std::move(owned_index_), std::move(workspace),
                                           std::move(silence), report_);
}

// Equal keys keep the order of rule ids and of offers, so that every machine ranks alike.
std::vector<std::uint32_t> RuleCompiler::rank() const {
  return FallingOrder(candidates_.size() - 1, [&](std::uint32_t i) { return candidates_[i].key; })
      .take();
}

void RuleCompiler::place_entries(const std::vector<std::uint32_t>& order) {
  index_.entries.resize(order.size());
  index_.scores.resize(order.size());
  for (std::uint32_t entry = 0; entry < order.size(); ++entry) {
    if (entry + kAhead < order.size()) __builtin_prefetch(&candidates_[order[entry + kAhead]]);
    const Candidate& candidate = candidates_[order[entry]];
    index_.entries[entry] = candidate.entry;
    index_.scores[entry] = static_cast<std::uint32_t>(candidate.key);
    const auto level = static_cast<std::uint32_t>(candidate.key >> 32);
    if (index_.bands.empty() || index_.bands.back().level != level) {
      index_.bands.push_back({entry, level});
    }
  }
}

void RuleCompiler::place_postings(const std::vector<std::uint32_t>& order) {
  for (PostingLists& lists : index_.postings) lists.start(index_.term_count);
  for (const Hook& hook : hooks_) index_.postings[hook.kind()].count(hook.term());
  for (PostingLists& lists : index_.postings) lists.make_room();
  for (std::uint32_t entry = 0; entry < order.size(); ++entry) {
    if (entry + 2 * kAhead < order.size()) {
      __builtin_prefetch(&candidates_[order[entry + 2 * kAhead]]);
      __builtin_prefetch(&hooks_[candidates_[order[entry + kAhead]].hooks_begin]);
    }
    const Candidate& candidate = candidates_[order[entry]];
    const std::uint32_t end = candidates_[order[entry] + 1].hooks_begin;
    for (std::uint32_t i = candidate.hooks_begin; i < end; ++i) {
      index_.postings[hooks_[i].kind()].place(hooks_[i].term(),
                                              {entry, candidate.identity, hooks_[i].gate});
    }
  }
  for (PostingLists& lists : index_.postings) lists.finish();
}

void RuleCompiler::fill_target_lists() {
  std::vector<std::vector<std::uint32_t>> lists_of_term(terms_.term_count());
  for (std::uint32_t list = 0; list < target_lists_.size(); ++list) {
    lists_of_term[target_lists_[list].term].push_back(list);
  }
  std::vector<std::vector<std::uint32_t>> items_of_list(target_lists_.size());
  for (std::uint32_t item = 0; item < index_.items.size(); ++item) {
    for (const std::uint32_t term : index_.items.terms_of(item)) {
      for (const std::uint32_t list : lists_of_term[term]) {
        const TargetList& wanted = target_lists_[list];
        if (check_item(wanted.in_assortment, wanted.floor_price_minor, item) == DropReason::kNone)
          items_of_list[list].push_back(item);
      }
    }
  }
  const ItemColumns& items = index_.items;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> placed;
  for (std::uint32_t list = 0; list < target_lists_.size(); ++list) {
    auto& chosen = items_of_list[list];
    const SelectBy order = target_lists_[list].order;
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

// What the ranker wants of a pair; what it wants of the offered item is put into its row.
PairTerms RuleCompiler::ranked_terms_of(const MinedPair& mined, std::uint32_t item) {
  if (!index_.ranker.ranker.is_fitted()) return {};
  constexpr std::int64_t kMilli = 1000;
  const RankerCounts counts = brought_to_size(
      index_.ranker.ranker,
      {{static_cast<double>(mined.joint_count), static_cast<double>(mined.trigger_count),
        static_cast<double>(mined.offer_count), static_cast<double>(mined.basket_count)},
       {static_cast<double>(mined.recent_joint_milli) / kMilli,
        static_cast<double>(mined.recent_trigger_milli) / kMilli,
        static_cast<double>(mined.recent_offer_milli) / kMilli,
        static_cast<double>(mined.recent_baskets_milli) / kMilli}});
  if (index_.ranker.offers.size() <= item) index_.ranker.offers.resize(item + 1);
  const double surprise = static_cast<double>(index_.policy.mined.surprise_millionths) / 1e6;
  OfferTerms& offer = index_.ranker.offers[item];
  offer = offer_terms(counts, surprise);
  offer.boost = static_cast<std::int32_t>(std::int64_t{offer.boost} * mined.boost_milli / kMilli);
  return pair_terms(counts);
}

void RuleCompiler::add(const MinedPair& mined) {
  if (!index_.policy.mined.is_enabled) return;
  const std::uint32_t trigger = items_.add_mentioned(mined.trigger);
  const std::uint32_t item = items_.add_mentioned(mined.offer);
  if (const DropReason reason = check_item(true, 0, item); reason != DropReason::kNone) {
    return drop(kMinedRule, reason);
  }
  const std::uint32_t item_class = index_.items.item_class(item);
  if (item_class != kNoId && item_class == index_.items.item_class(trigger)) {
    return drop(kMinedRule, DropReason::kSameClass);
  }
  const std::int64_t percent =
      mined.trigger_count > 0
          ? (100 * mined.joint_count + mined.trigger_count / 2) / mined.trigger_count
          : 0;
  pairs_.push_back({trigger,
                    {item, mined.weight},
                    static_cast<std::uint8_t>(std::clamp<std::int64_t>(percent, 0, 100)),
                    ranked_terms_of(mined, item)});
}

void RuleCompiler::place_pairs() {
  std::sort(pairs_.begin(), pairs_.end(), [](const Pair& a, const Pair& b) {
    return a.trigger != b.trigger ? a.trigger < b.trigger : a.target.item < b.target.item;
  });
  std::vector<std::pair<std::uint32_t, PairTarget>> placed;
  placed.reserve(pairs_.size());
  for (const Pair& pair : pairs_) {
    placed.emplace_back(pair.trigger, pair.target);
    index_.pair_percent.push_back(pair.percent);
    if (index_.ranker.ranker.is_fitted()) index_.ranker.pairs.push_back(pair.terms);
  }
  pairs_ = {};
  index_.pairs = FlatLists<PairTarget>(index_.items.size(), placed);
  if (index_.ranker.ranker.is_fitted()) index_.ranker.offers.resize(index_.items.size());
}

}  // namespace xsell::rules
