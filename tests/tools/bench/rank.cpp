#include "tests/tools/bench/rank.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <random>
#include <set>
#include <vector>

#include "rules/compiled_rules.h"
#include "rules/lane_engine.h"
#include "rules/pair_ranker.h"
#include "rules/rule_index.h"
#include "tests/tools/bench/documents.h"
#include "tests/tools/bench/latencies.h"

namespace xsell::bench {
namespace {

constexpr std::int64_t kBaskets = 100'000;
constexpr std::size_t kSurestPercent = 15;

std::string key_of(std::uint32_t item) { return fmt::format("i{}", item); }

// Items are popular as in a shop: few are in many baskets.
class Shop {
 public:
  explicit Shop(const RankOptions& options) : options_(options), random_(20260601) {
    double sum = 0;
    for (std::uint32_t item = 0; item < options.items; ++item) {
      const double share = std::pow(item + 10.0, -0.8);
      counts_.push_back(60 + static_cast<std::int64_t>(60'000 * share));
      up_to_.push_back(sum += share);
    }
  }

  std::uint32_t draw() {
    const double at = static_cast<double>(random_() >> 11) * 0x1p-53 * up_to_.back();
    return static_cast<std::uint32_t>(
        std::min(std::upper_bound(up_to_.begin(), up_to_.end(), at), up_to_.end() - 1) -
        up_to_.begin());
  }

  rules::MinedPair pair(std::uint32_t trigger, std::uint32_t offer) {
    rules::MinedPair pair;
    pair.trigger = *rules::ItemKey::from_text(key_of(trigger));
    pair.offer = *rules::ItemKey::from_text(key_of(offer));
    pair.trigger_count = counts_[trigger];
    pair.offer_count = counts_[offer];
    pair.basket_count = kBaskets;
    const double most = static_cast<double>(std::min(counts_[trigger], counts_[offer]));
    const double part = std::pow(static_cast<double>(random_() >> 11) * 0x1p-53, 4);
    pair.joint_count = 5 + static_cast<std::int64_t>(part * (most - 5));
    pair.weight = static_cast<std::int32_t>(65536 * pair.joint_count / pair.trigger_count);
    pair.recent_joint_milli = 250 * pair.joint_count;
    pair.recent_trigger_milli = 250 * pair.trigger_count;
    pair.recent_offer_milli = 250 * pair.offer_count;
    pair.recent_baskets_milli = 250 * kBaskets;
    return pair;
  }

  std::vector<rules::MinedPair> pairs() {
    std::vector<rules::MinedPair> all;
    for (std::uint32_t trigger = 0; trigger < options_.items; ++trigger) {
      std::set<std::uint32_t> offers;
      while (offers.size() < options_.offers) {
        // Half of them popular, half of them from all over.
        const auto offer =
            random_() % 2 == 0 ? draw() : static_cast<std::uint32_t>(random_() % options_.items);
        if (offer != trigger && offers.insert(offer).second) all.push_back(pair(trigger, offer));
      }
    }
    return all;
  }

  std::vector<std::uint32_t> basket() {
    std::vector<std::uint32_t> items;
    while (items.size() < options_.lines) {
      const std::uint32_t item = draw();
      if (std::find(items.begin(), items.end(), item) == items.end()) items.push_back(item);
    }
    return items;
  }

 private:
  const RankOptions& options_;
  std::mt19937_64 random_;
  std::vector<std::int64_t> counts_;
  std::vector<double> up_to_;
};

// Of the size that fits have.
rules::Ranker ranker_of_usual_weights() {
  rules::Ranker ranker;
  std::mt19937_64 random(7);
  for (std::int32_t& weight : ranker.weights) {
    weight = static_cast<std::int32_t>(random() % 40'000) - 10'000;
  }
  ranker.weights[0] = -3 * 65536;
  ranker.fitted_baskets = kBaskets;
  ranker.surest_scores.assign(rules::kSurestScores, 0);
  return ranker;
}

struct Setting {
  rules::RuleSet rules;
  rules::Catalogue catalogue;
  std::vector<std::vector<std::uint32_t>> baskets;

  explicit Setting(const RankOptions& options) {
    Shop shop(options);
    rules.policy = policy_of(Pacing::off);
    rules.policy.mined.is_enabled = true;
    rules.policy.mined.max_prompts_per_transaction = 1'000'000;
    rules.policy.mined.surest_percent = kSurestPercent;
    rules.policy.mined.ranker = ranker_of_usual_weights();
    rules.policy.mined.operator_text.set("en", "{offer} with that?");
    rules.pairs = shop.pairs();
    for (std::uint32_t item = 0; item < options.items; ++item) {
      rules::Item known;
      known.key = *rules::ItemKey::from_text(key_of(item));
      known.name.set("en", "Item " + key_of(item));
      catalogue.items.push_back(known);
    }
    catalogue.put_in_order();
    for (std::size_t i = 0; i < options.baskets; ++i) baskets.push_back(shop.basket());
  }
};

std::unique_ptr<rules::CompiledRuleSet> compile(const Setting& setting) {
  return rules::compile(rules::RuleSet(setting.rules), rules::Catalogue(setting.catalogue),
                        rules::LaneScope());
}

// The ranker by itself, and how sure each scan is.
class RankerAlone {
 public:
  explicit RankerAlone(const rules::RuleIndex& index) : ranker_(index.pairs, index.ranker) {
    for (std::uint32_t item = 0; item < index.items.size(); ++item) {
      by_key_.emplace_back(index.items.keys.find(*rules::ItemKey::from_text(key_of(item))));
    }
  }

  void play(const std::vector<std::vector<std::uint32_t>>& baskets, Latencies& latencies,
            std::vector<std::int64_t>* best_scores) {
    for (const auto& basket : baskets) {
      for (const std::uint32_t item : basket) {
        const std::uint64_t start = tick_count();
        ranker_.add(by_key_[item]);
        ranker_.refresh();
        latencies.add(tick_count() - start);
        if (best_scores == nullptr) continue;
        std::int64_t best = std::numeric_limits<std::int32_t>::min();
        for (const auto& offer : ranker_.offers()) {
          best = std::max<std::int64_t>(best, offer.score);
        }
        best_scores->push_back(best);
      }
      heard_ += ranker_.offers().size();
      for (const std::uint32_t item : basket) ranker_.remove(by_key_[item]);
      ranker_.refresh();
    }
  }
  void play_voids(const std::vector<std::vector<std::uint32_t>>& baskets, Latencies& latencies) {
    for (const auto& basket : baskets) {
      for (const std::uint32_t item : basket) ranker_.add(by_key_[item]);
      ranker_.refresh();
      const std::uint64_t start = tick_count();
      ranker_.remove(by_key_[basket[basket.size() / 2]]);
      ranker_.refresh();
      latencies.add(tick_count() - start);
      for (const std::uint32_t item : basket) ranker_.remove(by_key_[item]);
      ranker_.refresh();
    }
  }
  std::size_t heard() const { return heard_; }

 private:
  rules::PairRanker ranker_;
  std::vector<std::uint32_t> by_key_;
  std::size_t heard_ = 0;
};

struct Scans {
  Latencies latencies;
  std::size_t prompts = 0;
};

Scans play_on_engine(rules::CompiledRuleSet& compiled, const Setting& setting,
                     const RankOptions& options) {
  Scans scans;
  rules::LaneEngine engine(rules::LaneScope(), nullptr);
  engine.adopt(&compiled);
  std::vector<std::string> keys;
  for (std::uint32_t item = 0; item < options.items; ++item) keys.push_back(key_of(item));
  rules::Event event;
  for (std::size_t pass = 0; pass < options.passes; ++pass) {
    scans.latencies.start_pass(options.baskets * options.lines);
    for (const auto& basket : setting.baskets) {
      event.kind = rules::EventKind::kTransactionBegin;
      ++event.transaction;
      event.monotonic_ns += 1'000'000'000;
      engine.on_event(event);
      event.kind = rules::EventKind::kLineAdded;
      event.line = {};
      for (const std::uint32_t item : basket) {
        ++event.line.line;
        event.line.item = keys[item];
        event.monotonic_ns += 1'000'000'000;
        const std::uint64_t start = tick_count();
        const rules::Answer& answer = engine.on_event(event);
        scans.latencies.add(tick_count() - start);
        if (pass == 0 && answer.count > 0) ++scans.prompts;
      }
      event.kind = rules::EventKind::kTransactionFinalised;
      event.line = {};
      engine.on_event(event);
    }
  }
  engine.adopt(nullptr);
  return scans;
}

}  // namespace

std::string measure_ranker(const RankOptions& options) {
  us_per_tick();
  Setting setting(options);
  const std::size_t pairs = setting.rules.pairs.size();
  auto compiled = compile(setting);
  Latencies alone, voids;
  std::vector<std::int64_t> best_scores;
  std::size_t heard = 0;
  {
    RankerAlone ranker(compiled->index());
    for (std::size_t pass = 0; pass < options.passes; ++pass) {
      alone.start_pass(options.baskets * options.lines);
      voids.start_pass(options.baskets);
      ranker.play(setting.baskets, alone, pass == 0 ? &best_scores : nullptr);
      if (pass == 0) heard = ranker.heard() / options.baskets;
      ranker.play_voids(setting.baskets, voids);
    }
  }
  // The surest scans are known only now.
  std::sort(best_scores.rbegin(), best_scores.rend());
  for (std::size_t percent = 1; percent <= rules::kSurestScores; ++percent) {
    setting.rules.policy.mined.ranker.surest_scores[percent - 1] =
        best_scores[std::max<std::size_t>(1, best_scores.size() * percent / 100) - 1];
  }
  compiled = compile(setting);
  const Scans scans = play_on_engine(*compiled, setting, options);
  return fmt::format(
      "{{\"pairs\":{},\"lines\":{},\"offers_at_the_end\":{},\"scans_with_prompt\":{:.3f},"
      "\"index_mb\":{:.1f},{},{},{}}}",
      pairs, options.lines, heard,
      static_cast<double>(scans.prompts) / static_cast<double>(best_scores.size()),
      static_cast<double>(compiled->report().index_bytes) / (1 << 20), alone.json("rank_"),
      scans.latencies.json("scan_"), voids.json("void_"));
}

}  // namespace xsell::bench
