// What HQ promises of mined rules ("the surest 15% of scans") holds at the lane: both reckon the
// same scores.
#include <random>

#include "hq/mine/customer_history.h"
#include "hq/mine/margins.h"
#include "hq/mine/pack_ranker.h"
#include "hq/mine/ranker_fit.h"
#include "hq/mine/rules_document.h"
#include "hq/rule_files.h"
#include "rules/customer_ranker.h"
#include "rules/lane_engine.h"
#include "rules/pair_ranker.h"
#include "rules/rule_index.h"
#include "tests/hq/hq_fixture.h"

namespace xsell::hq {
namespace {

constexpr std::uint32_t kItems = 120;
constexpr std::uint32_t kGroup = 6;
constexpr std::size_t kMined = 3000;
constexpr std::size_t kBaskets = 3600;

// Items come in groups of six that go together, some strongly and some hardly. Two in three
// baskets are of one of fifty customers, who have a group they always come back to.
BasketTable grouped_baskets() {
  std::mt19937_64 random(20260603);
  BasketTable table;
  for (std::uint32_t item = 0; item < kItems; ++item) table.item_ids.push_back(item);
  for (std::size_t index = 0; index < kBaskets; ++index) {
    std::vector<std::uint32_t> basket;
    const auto customer = static_cast<std::uint32_t>(random() % 75);
    table.customers.push_back(customer < 50 ? customer + 1 : 0);
    for (std::uint32_t groups = 0; groups < 3; ++groups) {
      const bool is_favourite = groups == 0 && customer < 50;
      const auto group = is_favourite ? customer % (kItems / kGroup)
                                      : static_cast<std::uint32_t>(random() % (kItems / kGroup));
      for (std::uint32_t item = group * kGroup; item < (group + 1) * kGroup; ++item) {
        const bool is_taken = random() % 100 < 10 + 4 * group;
        if (is_taken && std::find(basket.begin(), basket.end(), item) == basket.end()) {
          basket.push_back(item);
        }
      }
    }
    if (basket.empty()) basket.push_back(0);
    table.items.insert(table.items.end(), basket.begin(), basket.end());
    table.begins.push_back(table.items.size());
    table.times_s.push_back(static_cast<std::int64_t>(index) * 3600);
  }
  return table;
}

class MinedAtLaneTest : public HqTest {
 protected:
  void SetUp() override {
    HqTest::SetUp();
    for (std::uint32_t item = 0; item < kItems; ++item) keys_.push_back("i" + std::to_string(item));
  }

  std::unique_ptr<rules::CompiledRuleSet> compile_pack(
      const RankedPack& ranked, std::int64_t min_score,
      const std::function<void(rules::Policy&)>& change = {},
      const std::vector<std::int32_t>& boosts_milli = {}) {
    std::ofstream file(path("mined.json"));
    MinedPolicy mined;
    mined.ranker = ranked.ranker;
    mined.replenishment = ranked.replenishment;
    mined.min_score = min_score;
    mined.boosts_milli = boosts_milli;
    write_rules_document(file, ranked.pack, mined,
                         [&](std::uint32_t item) -> const std::string& { return keys_[item]; });
    file.close();
    rules::Catalogue catalogue;
    for (const std::string& key : keys_) {
      rules::Item item;
      item.key = *rules::ItemKey::from_text(key);
      item.name.set("en", "Item " + key);
      catalogue.items.push_back(item);
    }
    catalogue.put_in_order();
    RuleFiles files = load_rule_files({path("mined.json")}, std::move(catalogue));
    EXPECT_FALSE(rules::has_errors(files.findings));
    files.rule_set.policy.max_prompts_per_operator_hour = 1'000'000;
    if (change) change(files.rule_set.policy);
    return rules::compile(std::move(files.rule_set), std::move(files.catalogue), {});
  }

  std::vector<std::string> keys_;
};

TEST_F(MinedAtLaneTest, TheFirstPromptOfEachBasketIsTheOneHqReckons) {
  const BasketTable table = grouped_baskets();
  const RankedPack ranked = build_ranked_pack(table, 0, kMined, {}, true);
  ASSERT_GT(ranked.pack.rules.size(), 200u);
  ASSERT_TRUE(ranked.ranker.is_fitted());
  const std::vector<RankedScan> scans =
      rank_scans(ranked.pack, ranked.ranker, table, kMined, kBaskets, true);
  const std::int64_t min_score = ranked.ranker.surest_scores[14];
  const auto compiled = compile_pack(ranked, min_score);
  rules::LaneEngine engine({}, nullptr);
  engine.adopt(compiled.get());

  std::size_t at = 0;
  std::size_t prompted = 0;
  rules::Event event;
  event.monotonic_ns = 1;
  for (std::size_t index = kMined; index < kBaskets; ++index) {
    const auto basket = table.basket(index);
    const std::size_t scan_count = basket.size() - 1;
    if (scan_count == 0) continue;
    event.kind = rules::EventKind::kTransactionBegin;
    event.transaction = index;
    event.monotonic_ns += 1'000'000'000;
    engine.on_event(event);
    for (std::size_t k = 0; k < scan_count; ++k) {
      event.kind = rules::EventKind::kLineAdded;
      event.monotonic_ns += 1'000'000'000;
      event.line = {};
      event.line.line = k + 1;
      event.line.item = keys_[basket[k]];
      const rules::Answer& answer = engine.on_event(event);
      const RankedScan& expected = scans[at + k];
      const bool is_due = expected.has_offer && expected.score >= min_score;
      ASSERT_EQ(answer.count, is_due ? 1u : 0u) << index << ' ' << k;
      if (answer.count == 0) continue;
      EXPECT_TRUE(answer.view()[0].is_mined);
      EXPECT_EQ(answer.view()[0].score, rules::ranked_evidence(expected.score, 65536))
          << index << ' ' << k;
      ++prompted;
      break;  // later scans have fewer offers left: this one was made
    }
    event.kind = rules::EventKind::kTransactionFinalised;
    event.line = {};
    event.monotonic_ns += 1'000'000'000;
    engine.on_event(event);
    at += scan_count;
  }
  EXPECT_EQ(at, scans.size());
  EXPECT_GT(prompted, 50u);
}

// Not only the best: every offer after every scan, from the document that was released.
// Only what is sure enough is offered, whatever it earns.
TEST_F(MinedAtLaneTest, AmongSureOffersThatWithMostToEarnComesFirst) {
  const BasketTable table = grouped_baskets();
  const RankedPack ranked = build_ranked_pack(table, 0, kMined, {}, true);
  const std::int64_t min_score = ranked.ranker.surest_scores[39];
  Margins margins;
  for (std::uint32_t item = 0; item < kItems; ++item) {
    if (item % 4 != 3) margins[keys_[item]] = item % 4 == 0 ? 4 : 1;
  }
  const std::vector<std::int32_t> boosts =
      boosts_of(margins, ranked.pack, 1,
                [&](std::uint32_t item) -> const std::string& { return keys_[item]; });
  const auto compiled = compile_pack(ranked, min_score, {}, boosts);
  rules::LaneEngine engine({}, nullptr);
  engine.adopt(compiled.get());
  PackRanker ranker(ranked.pack, ranked.ranker);
  std::size_t prompted = 0;
  std::size_t overtaken = 0;
  rules::Event event;
  event.monotonic_ns = 1;
  for (std::size_t index = kMined; index < kBaskets; ++index) {
    const std::uint32_t item = table.basket(index)[0];
    ranker.begin_basket();
    ranker.scan(item);
    std::int64_t best = 0;
    std::int64_t surest = 0;
    std::int64_t earns_of_surest = 0;
    for (const rules::RankedOffer& offer : ranker.offers()) {
      if (offer.item == item || offer.score < min_score) continue;
      const auto boost = static_cast<std::int32_t>(std::int64_t{65536} * boosts[offer.item] / 1000);
      const std::int64_t earns = rules::ranked_evidence(offer.score, boost);
      best = std::max(best, earns);
      const std::int64_t chance = rules::ranked_evidence(offer.score, 65536);
      if (chance > surest) {
        surest = chance;
        earns_of_surest = earns;
      }
    }
    event.transaction = index;
    for (const auto kind : {rules::EventKind::kTransactionBegin, rules::EventKind::kLineAdded,
                            rules::EventKind::kTransactionFinalised}) {
      event.kind = kind;
      event.monotonic_ns += 1'000'000'000;
      event.line = {};
      event.line.line = 1;
      event.line.item = keys_[item];
      const rules::Answer& answer = engine.on_event(event);
      if (kind != rules::EventKind::kLineAdded) continue;
      ASSERT_EQ(answer.count, best > 0 ? 1u : 0u) << index;
      if (answer.count == 0) continue;
      EXPECT_EQ(answer.view()[0].score, best) << index;
      ++prompted;
      if (best > earns_of_surest) ++overtaken;
    }
  }
  EXPECT_GT(prompted, 100u);
  EXPECT_GT(overtaken, prompted / 10);
}

TEST_F(MinedAtLaneTest, EveryScoreIsTheSameToTheLastBit) {
  const BasketTable table = grouped_baskets();
  const RankedPack ranked = build_ranked_pack(table, 0, kMined, {}, true);
  const auto compiled = compile_pack(ranked, 0);
  const rules::RuleIndex& index = compiled->index();
  rules::PairRanker lane(index.pairs, index.ranker);
  std::vector<std::uint32_t> lane_items;
  for (const std::string& key : keys_) {
    lane_items.push_back(index.items.keys.find(*rules::ItemKey::from_text(key)));
  }
  PackRanker hq(ranked.pack, ranked.ranker);
  std::size_t compared = 0;
  for (std::size_t basket = kMined; basket < kBaskets; ++basket) {
    hq.begin_basket();
    for (const std::uint32_t item : table.basket(basket)) {
      hq.scan(item);
      lane.add(lane_items[item]);
      lane.refresh();
      const auto offers = hq.offers();
      ASSERT_EQ(offers.size(), lane.offers().size());
      for (const rules::RankedOffer& offer : offers) {
        ASSERT_TRUE(lane.is_spoken_for(lane_items[offer.item]));
        ASSERT_EQ(offer.score, lane.score(lane_items[offer.item])) << basket << ' ' << offer.item;
        ++compared;
      }
    }
    for (const std::uint32_t item : table.basket(basket)) lane.remove(lane_items[item]);
  }
  EXPECT_GT(compared, 10'000u);
}

// "Prompt the surest 15% of scans, at most 2 a basket": what a merchandiser writes is what tills
// do, on baskets nobody learnt from.
TEST_F(MinedAtLaneTest, TheSurestScansAndNoMoreThanSoManyABasketArePrompted) {
  constexpr int kPercent = 15;
  constexpr std::size_t kMost = 2;
  const BasketTable table = grouped_baskets();
  const RankedPack ranked = build_ranked_pack(table, 0, kMined, {}, true);
  const auto compiled = compile_pack(ranked, 0, [](rules::Policy& policy) {
    policy.mined.surest_percent = kPercent;
    policy.mined.max_prompts_per_transaction = kMost;
    policy.max_prompts_per_transaction = 100;
    policy.cool_down = {0, 0};
  });
  rules::LaneEngine engine({}, nullptr);
  engine.adopt(compiled.get());
  PackRanker hq(ranked.pack, ranked.ranker);
  const std::int64_t least = ranked.ranker.surest_scores[kPercent - 1];

  std::size_t scans = 0, sure_scans = 0, prompts = 0, capped_scans = 0;
  rules::Event event;
  const auto tell = [&](rules::EventKind kind) -> const rules::Answer& {
    event.kind = kind;
    event.monotonic_ns += 1'000'000'000;
    return engine.on_event(event);
  };
  for (std::size_t index = kMined; index < kBaskets; ++index) {
    const auto basket = table.basket(index);
    event.transaction = index;
    event.line = {};
    tell(rules::EventKind::kTransactionBegin);
    hq.begin_basket();
    std::vector<std::string> offered;
    for (std::size_t k = 0; k + 1 < basket.size(); ++k) {
      hq.scan(basket[k]);
      std::size_t sure = 0, sure_and_new = 0;
      std::int32_t best = std::numeric_limits<std::int32_t>::min();
      for (const rules::RankedOffer& offer : hq.offers()) {
        const auto scanned = basket.first(k + 1);
        const bool is_held = std::find(scanned.begin(), scanned.end(), offer.item) != scanned.end();
        if (is_held || offer.score < least) continue;
        ++sure;
        if (std::find(offered.begin(), offered.end(), keys_[offer.item]) != offered.end()) continue;
        ++sure_and_new;
        best = std::max(best, offer.score);
      }
      ++scans;
      if (sure > 0) ++sure_scans;
      if (sure_and_new > 0 && offered.size() == kMost) ++capped_scans;
      event.line = {};
      event.line.line = k + 1;
      event.line.item = keys_[basket[k]];
      const rules::Answer& answer = tell(rules::EventKind::kLineAdded);
      const bool is_due = sure_and_new > 0 && offered.size() < kMost;
      ASSERT_EQ(answer.count, is_due ? 1u : 0u) << index << ' ' << k;
      if (!is_due) continue;
      const rules::Prompt& prompt = answer.view()[0];
      EXPECT_EQ(prompt.score, rules::ranked_evidence(best, 65536));
      offered.emplace_back(prompt.item);
      ++prompts;
      event.prompt_id = prompt.prompt_id;
      tell(rules::EventKind::kPromptDeclined);  // so that its place is free
      event.prompt_id = 0;
    }
    tell(rules::EventKind::kTransactionFinalised);
  }
  const double share = static_cast<double>(sure_scans) / static_cast<double>(scans);
  EXPECT_NEAR(share, kPercent / 100.0, 0.03);
  EXPECT_GT(prompts, scans / 20);
  EXPECT_LE(prompts, sure_scans);
  EXPECT_GT(capped_scans, 0u) << "no basket came to the cap";
}

// The host tells what HQ's evaluator knew of the customer; the lane reckons with nothing else.
TEST_F(MinedAtLaneTest, KnownCustomersArePromptedAsHqReckons) {
  const BasketTable table = grouped_baskets();
  const RankedPack ranked = build_ranked_pack(table, 0, kMined, {}, true, true);
  ASSERT_TRUE(ranked.replenishment.is_fitted());
  const std::int64_t min_score = ranked.replenishment.surest_scores[14];
  const auto compiled = compile_pack(ranked, min_score);
  rules::LaneEngine engine({}, nullptr);
  engine.adopt(compiled.get());
  PackRanker hq(ranked.pack, ranked.ranker, ranked.replenishment);
  CustomerHistory customers(table);

  std::size_t prompted = 0;
  std::size_t reminded = 0;
  rules::Event event;
  event.monotonic_ns = 1;
  const auto tell = [&](rules::EventKind kind) -> const rules::Answer& {
    event.kind = kind;
    event.monotonic_ns += 1'000'000'000;
    return engine.on_event(event);
  };
  for (std::size_t index = kMined; index < kBaskets; ++index) {
    const rules::CustomerPast& past = customers.past_of(index);
    if (past.items.is_empty()) continue;
    std::vector<rules::RecentPurchase> told;
    for (const rules::RecentItem& recent : past.items) {
      told.push_back({keys_[recent.item], recent.times, recent.days_ago});
    }
    event = {};
    event.monotonic_ns = index * 1'000'000'000'000;
    event.transaction = index;
    tell(rules::EventKind::kTransactionBegin);
    event.customer = "c";
    event.has_consent = true;
    event.recent_items = told;
    event.visits = past.visits;
    ASSERT_EQ(tell(rules::EventKind::kCustomerIdentified).count, 0u);
    hq.begin_basket();
    hq.identify(past);
    const auto basket = table.basket(index);
    for (std::size_t k = 0; k < basket.size(); ++k) {
      hq.scan(basket[k]);
      std::int32_t best = std::numeric_limits<std::int32_t>::min();
      for (const rules::RankedOffer& offer : hq.offers()) {
        const auto scanned = basket.first(k + 1);
        const bool is_held = std::find(scanned.begin(), scanned.end(), offer.item) != scanned.end();
        if (!is_held) best = std::max(best, offer.score);
      }
      event.line = {};
      event.line.line = k + 1;
      event.line.item = keys_[basket[k]];
      const rules::Answer& answer = tell(rules::EventKind::kLineAdded);
      ASSERT_EQ(answer.count, best >= min_score ? 1u : 0u) << index << ' ' << k;
      if (answer.count == 0) continue;
      const rules::Prompt& prompt = answer.view()[0];
      EXPECT_EQ(prompt.score, rules::ranked_evidence(best, 65536)) << index << ' ' << k;
      const auto item = static_cast<std::uint32_t>(
          std::find(keys_.begin(), keys_.end(), prompt.item) - keys_.begin());
      const bool is_reminder = prompt.relation == rules::Relation::replenishment;
      EXPECT_EQ(is_reminder, hq.customer().has_bought(item));
      EXPECT_EQ(is_reminder, prompt.reason == "Bought by this customer before");
      ++(is_reminder ? reminded : prompted);
      break;  // later scans have fewer offers left: this one was made
    }
    event.line = {};
    tell(rules::EventKind::kTransactionFinalised);
  }
  EXPECT_GT(prompted + reminded, 50u);
  EXPECT_GT(reminded, 20u);
}

TEST_F(MinedAtLaneTest, EveryScoreForAKnownCustomerIsTheSameToTheLastBit) {
  const BasketTable table = grouped_baskets();
  const RankedPack ranked = build_ranked_pack(table, 0, kMined, {}, true, true);
  const auto compiled = compile_pack(ranked, 0);
  const rules::RuleIndex& index = compiled->index();
  rules::PairRanker lane(index.pairs, index.ranker);
  rules::CustomerRanker lane_customer(lane, index.ranker);
  std::vector<std::uint32_t> lane_items;
  for (const std::string& key : keys_) {
    lane_items.push_back(index.items.keys.find(*rules::ItemKey::from_text(key)));
  }
  PackRanker hq(ranked.pack, ranked.ranker, ranked.replenishment);
  CustomerHistory customers(table);
  std::size_t compared = 0;
  for (std::size_t basket = kMined; basket < kBaskets; ++basket) {
    const rules::CustomerPast& past = customers.past_of(basket);
    if (past.items.is_empty()) continue;
    rules::CustomerPast told;
    told.visits = past.visits;
    for (const rules::RecentItem& recent : past.items) {
      told.items.push({lane_items[recent.item], recent.times, recent.days_ago});
    }
    lane_customer.identify(told);
    hq.begin_basket();
    hq.identify(past);
    for (const std::uint32_t item : table.basket(basket)) {
      hq.scan(item);
      lane.add(lane_items[item]);
      lane.refresh();
      lane_customer.refresh();
      const auto offers = hq.offers();
      ASSERT_EQ(offers.size(), lane_customer.offers().size());
      for (const rules::RankedOffer& offer : offers) {
        ASSERT_EQ(offer.score, lane_customer.score(lane_items[offer.item]))
            << basket << ' ' << offer.item;
        ++compared;
      }
    }
    for (const std::uint32_t item : table.basket(basket)) lane.remove(lane_items[item]);
  }
  EXPECT_GT(compared, 10'000u);
}

}  // namespace
}  // namespace xsell::hq
