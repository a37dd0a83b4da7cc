#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <tuple>

#include "hq/evaluate/baselines.h"
#include "hq/evaluate/evaluation.h"
#include "hq/evaluate/random.h"
#include "hq/evaluate/ranker_methods.h"
#include "hq/mine/pack.h"
#include "tests/hq/hq_fixture.h"

namespace xsell::hq {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

BasketTable table_of(const std::vector<std::vector<std::uint32_t>>& baskets, std::uint32_t items) {
  BasketTable table;
  for (std::uint32_t item = 0; item < items; ++item) table.item_ids.push_back(item);
  for (std::size_t i = 0; i < baskets.size(); ++i) {
    table.items.insert(table.items.end(), baskets[i].begin(), baskets[i].end());
    table.begins.push_back(table.items.size());
    table.times_s.push_back(static_cast<std::int64_t>(i));
  }
  return table;
}

// Items come in pairs (0,1), (2,3) ...: with the first of a pair the second is taken in `percent`
// of baskets; all else is independent.
BasketTable paired_baskets(std::size_t count, std::uint64_t seed, unsigned percent = 70) {
  Random random(seed);
  std::vector<std::vector<std::uint32_t>> baskets(count);
  for (auto& basket : baskets) {
    std::set<std::uint32_t> chosen;
    const std::size_t groups = 1 + random.below(4);
    for (std::size_t i = 0; i < groups; ++i) {
      const auto pair = static_cast<std::uint32_t>(random.below(20));
      if (!chosen.insert(pair).second) continue;
      basket.push_back(2 * pair);
      if (random.below(100) < percent) basket.push_back(2 * pair + 1);
    }
  }
  return table_of(baskets, 40);
}

SplitOptions split_of(bool by_time, bool has_scan_order, std::uint64_t seed = 1) {
  SplitOptions options;
  options.by_time = by_time;
  options.has_scan_order = has_scan_order;
  options.seed = seed;
  return options;
}

TEST(HalvesTest, TheLastBasketsAreTriedAndItemsMustBeInFiveOfTheFirst) {
  std::vector<std::vector<std::uint32_t>> baskets(8, {0, 1});
  baskets[0] = {0, 1, 2};  // item 2: in one training basket
  baskets.push_back({1, 2, 0});
  baskets.push_back({2, 0});  // one known item: nothing to recommend
  const Halves halves = split_history(table_of(baskets, 3), split_of(true, true));
  EXPECT_EQ(halves.train.basket_count(), 8u);
  EXPECT_THAT(halves.item_of, ElementsAre(0, 1));
  EXPECT_THAT(halves.test_basket, ElementsAre(8));
  EXPECT_THAT(std::vector<std::uint32_t>(halves.test.items), ElementsAre(1, 0));
}

TEST(HalvesTest, NoBasketIsInBothHalvesAndTheSeedDecidesWhichIsWhere) {
  const BasketTable table = paired_baskets(500, 1);
  std::set<std::vector<std::uint32_t>> choices;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const Halves halves = split_history(table, split_of(false, false, seed));
    EXPECT_EQ(halves.train.basket_count(), 400u);
    const std::set<std::uint32_t> tested(halves.test_basket.begin(), halves.test_basket.end());
    EXPECT_EQ(tested.size(), halves.test_basket.size());
    // Times are the numbers of the baskets here.
    for (const std::int64_t number : halves.train.times_s) {
      EXPECT_EQ(tested.count(static_cast<std::uint32_t>(number)), 0u);
    }
    choices.insert(halves.test_basket);
    const Halves again = split_history(table, split_of(false, false, seed));
    EXPECT_EQ(again.test.items, halves.test.items);
  }
  EXPECT_EQ(choices.size(), 3u);
}

TEST(HalvesTest, RepeatedBasketsAreCounted) {
  std::vector<std::vector<std::uint32_t>> baskets(8, {0, 1, 2, 3});
  baskets.push_back({3, 2, 1, 0});
  baskets.push_back({3, 2, 1});
  EXPECT_EQ(split_history(table_of(baskets, 4), split_of(true, true)).repeated, 1u);
}

// Whatever the tested half holds, the methods score as if it were not there.
TEST(LeakageTest, NoMethodLearnsFromTheTestedHalf) {
  const BasketTable table = paired_baskets(600, 2);
  BasketTable other = table;
  const std::size_t first_tested = 480;
  Random random(3);
  random.shuffle(std::span(other.items).subspan(other.begins[first_tested]));
  const Halves a = split_history(table, split_of(true, true));
  const Halves b = split_history(other, split_of(true, true));
  ASSERT_NE(a.test.items, b.test.items);
  ASSERT_EQ(a.item_of, b.item_of);
  const PairTable pairs_a = build_pair_table(a.train, 0, a.train.basket_count());
  const PairTable pairs_b = build_pair_table(b.train, 0, b.train.basket_count());
  const MinedOnce mined_a(a.train);
  const MinedOnce mined_b(b.train);
  std::vector<Method> methods = baseline_methods();
  for (Method& method : ranker_methods()) methods.push_back(std::move(method));
  for (const Method& method : methods) {
    const auto of_a = method.train({a.train, pairs_a, mined_a});
    const auto of_b = method.train({b.train, pairs_b, mined_b});
    of_a->begin_basket();
    of_b->begin_basket();
    for (const std::uint32_t item : {0u, 5u, 8u}) {
      of_a->scan(item);
      of_b->scan(item);
      const auto scores_a = of_a->scores();
      const auto scores_b = of_b->scores();
      EXPECT_TRUE(std::equal(scores_a.begin(), scores_a.end(), scores_b.begin())) << method.id;
    }
  }
}

TEST(MinedOnceTest, WhoAsksAgainGetsTheSame) {
  const BasketTable table = paired_baskets(600, 2);
  const MinedOnce mined(table);
  EXPECT_GT(mined.usual().pack.rules.size(), 0u);
  EXPECT_EQ(&mined.usual(), &mined.usual());
  const RankedPack again = mined.with(mined.pack_options());
  EXPECT_EQ(again.pack.rules.size(), mined.usual().pack.rules.size());
  EXPECT_EQ(again.ranker, mined.usual().ranker);
}

// Scores an oracle would give: it knows the basket that is played.
class FixedScores : public Recommender {
 public:
  explicit FixedScores(std::vector<double> scores) : scores_(std::move(scores)) {}
  void begin_basket() override {}
  void scan(std::uint32_t) override {}
  std::span<const double> scores() override { return scores_; }

 private:
  std::vector<double> scores_;
};

TEST(TrialTest, MeasuresByHand) {
  // Items 0 to 4 of five training baskets each; one test basket 0, 1, 2.
  std::vector<std::vector<std::uint32_t>> baskets(5, {0, 1, 2, 3, 4});
  baskets.push_back({0, 1, 2});
  SplitOptions split = split_of(true, true);
  split.test_share = 1.0 / 6;
  const Halves halves = split_history(table_of(baskets, 5), split);
  FixedScores method({5, 1, 3, 4, 2});  // 0, 3, 2, 4, 1
  const TrialResult trial = run_trial(method, halves, 1);
  // After 0: 3, 2, 4 of which 2 is a target. After 0, 1: the same.
  ASSERT_EQ(trial.scans.size(), 2u);
  for (const ScanResult& scan : trial.scans) {
    EXPECT_EQ(scan.hits, 1);
    EXPECT_EQ(scan.first_hit, 2);
    EXPECT_EQ(scan.top_score, 4);
    EXPECT_EQ(scan.bits, 0) << "in every training basket: no surprise";
  }
  EXPECT_EQ(trial.distinct_recommended, 3u);
  const auto value = [&](Measure measure) {
    return estimate(measure, trial, halves, baskets.size()).value;
  };
  EXPECT_DOUBLE_EQ(value(Measure::hit_rate), 1);
  EXPECT_DOUBLE_EQ(value(Measure::precision), 1.0 / 3);
  EXPECT_DOUBLE_EQ(value(Measure::reciprocal_rank), 0.5);
  EXPECT_DOUBLE_EQ(value(Measure::first_at_50), 0);
  EXPECT_DOUBLE_EQ(value(Measure::beyond_popular), 0) << "all items are among the most popular";
}

// A method that finds all scans alike has no surest: any tenth of them is as good as all.
TEST(TrialTest, ScansThatAreEquallySureCountAlike) {
  Halves halves;
  TrialResult trial;
  for (std::uint32_t basket = 0; basket < 1000; ++basket) {
    halves.test_basket.push_back(basket);
    ScanResult scan;
    scan.basket = basket;
    scan.top_score = basket % 50 == 49 ? 2 : 1;  // twenty are surer, and hit
    scan.hits = scan.first_hit = basket < 300 || basket % 50 == 49 ? 1 : 0;
    trial.scans.push_back(scan);
  }
  const double tied = 294.0 / 980;  // the first 300 hit, six of them being surer
  const auto expected = [&](double count) { return (20 + (count - 20) * tied) / count; };
  const auto value = [&](Measure measure) { return estimate(measure, trial, halves, 1000).value; };
  EXPECT_NEAR(value(Measure::first_at_10), expected(100), 1e-12);
  EXPECT_NEAR(value(Measure::hit_rate_at_50), expected(500), 1e-12);
  const std::vector<CurvePoint> curve = precision_curve(trial);
  ASSERT_EQ(curve.size(), 100u);
  EXPECT_NEAR(curve[0].precision, 1, 1e-12);
  EXPECT_NEAR(curve[9].precision, expected(100), 1e-12);
}

TEST(TrialTest, BitsAreTheSurpriseOfTheHits) {
  std::vector<std::vector<std::uint32_t>> baskets(20, {0});
  for (std::size_t i = 0; i < 5; ++i) baskets[i] = {0, 1};
  baskets.push_back({0, 1});
  SplitOptions split = split_of(true, true);
  split.test_share = 1.0 / 21;
  const Halves halves = split_history(table_of(baskets, 2), split);
  FixedScores method({0, 1});
  const TrialResult trial = run_trial(method, halves, 1);
  ASSERT_EQ(trial.scans.size(), 1u);
  EXPECT_FLOAT_EQ(trial.scans[0].bits, 2) << "in one basket of four";
}

TEST(BaselinesTest, ScoresByHand) {
  // 0 and 1 share 6 of 20 baskets; 0 is in 10, 1 in 8, 2 in 20.
  std::vector<std::vector<std::uint32_t>> baskets(20, {2});
  for (std::size_t i = 0; i < 10; ++i) baskets[i].push_back(0);
  for (std::size_t i = 4; i < 12; ++i) baskets[i].push_back(1);
  const BasketTable table = table_of(baskets, 3);
  const PairTable pairs = build_pair_table(table, 0, table.basket_count());
  const auto score = [&](auto train) {
    const auto method = train({table, pairs, MinedOnce(table)});
    method->begin_basket();
    method->scan(0);
    return method->scores()[1];
  };
  EXPECT_DOUBLE_EQ(score(train_popularity), 0.4);
  EXPECT_DOUBLE_EQ(score(train_confidence), 0.6);
  EXPECT_DOUBLE_EQ(score(train_lift), 1.5);
  EXPECT_DOUBLE_EQ(score(train_two_antecedents), (6 + 10 * 0.4) / 20);
  EXPECT_DOUBLE_EQ(score(train_cosine), 6 / std::sqrt(80.0));
  const double shrunk = (6 + 10 * 0.4) / 20;
  EXPECT_DOUBLE_EQ(score(train_noisy_or), -std::log(1 - 0.6 * 0.4) - std::log(1 - 0.6 * shrunk));
  EXPECT_NEAR(score(train_naive_bayes), std::log(0.4 / 0.6) + std::log((6 + 25) / (0.5 * 58)),
              1e-12);
}

TEST(BaselinesTest, TwoAntecedentsSayMoreThanEither) {
  // 2 comes when both 0 and 1 are there, never with one of them alone.
  std::vector<std::vector<std::uint32_t>> baskets;
  for (int i = 0; i < 10; ++i) {
    baskets.push_back({0, 1, 2});
    baskets.push_back({0, 3});
    baskets.push_back({1, 3});
  }
  const BasketTable table = table_of(baskets, 4);
  const PairTable pairs = build_pair_table(table, 0, table.basket_count());
  const auto method = train_two_antecedents({table, pairs, MinedOnce(table)});
  method->begin_basket();
  method->scan(0);
  EXPECT_DOUBLE_EQ(method->scores()[2], (10 + 10 / 3.0) / 30);
  method->scan(1);
  EXPECT_DOUBLE_EQ(method->scores()[2], (10 + 10 / 3.0) / 20);
}

// Against the definition: each column of B is the ridge regression of an item on all others.
TEST(BaselinesTest, EaseIsTheRidgeRegressionOnAllOtherItems) {
  const BasketTable table = paired_baskets(400, 5);
  const PairTable pairs = build_pair_table(table, 0, table.basket_count());
  const std::size_t n = pairs.item_count();
  std::vector<std::vector<double>> gram(n, std::vector<double>(n, 0));
  for (std::uint32_t a = 0; a < n; ++a) {
    gram[a][a] = pairs.item_counts[a];
    for (const auto& [b, joint] : pairs.of(a)) gram[a][b] = joint;
  }
  const auto method = train_ease({table, pairs, MinedOnce(table)});
  const std::uint32_t target = 1;
  std::vector<double> weights(n, 0);  // by coordinate descent
  for (int round = 0; round < 200; ++round) {
    for (std::size_t a = 0; a < n; ++a) {
      if (a == target) continue;
      double rest = gram[a][target];
      for (std::size_t b = 0; b < n; ++b) {
        if (b != a) rest -= gram[a][b] * weights[b];
      }
      weights[a] = rest / (gram[a][a] + 500);
    }
  }
  for (std::uint32_t a = 0; a < n; ++a) {
    if (a == target) continue;
    method->begin_basket();
    method->scan(a);
    EXPECT_NEAR(method->scores()[target], weights[a], 1e-5) << a;
  }
}

// Many histories from one known process: how often the intervals hold what is true, the mean over
// a great many baskets that the method never saw.
TEST(IntervalsTest, CoverTheTruthAboutAsOftenAsTheySay) {
  const BasketTable training = paired_baskets(300, 11, 50);
  const PairTable pairs = build_pair_table(training, 0, training.basket_count());
  const auto best_rule = train_confidence({training, pairs, MinedOnce(training)});
  const auto popularity = train_popularity({training, pairs, MinedOnce(training)});

  // Only the tested half changes: the truth is a number of the trained method.
  const auto halves_of = [&](std::uint64_t seed, std::size_t count) {
    Halves halves;
    halves.train = training;
    halves.item_counts = pairs.item_counts;
    const BasketTable fresh = paired_baskets(count, seed, 50);
    halves.test.item_ids = training.item_ids;
    for (std::size_t item = 0; item < training.item_ids.size(); ++item) {
      halves.item_of.push_back(static_cast<std::uint32_t>(item));
    }
    for (std::size_t b = 0; b < fresh.basket_count(); ++b) {
      const auto basket = fresh.basket(b);
      if (basket.size() < 2) continue;
      halves.test.items.insert(halves.test.items.end(), basket.begin(), basket.end());
      halves.test.begins.push_back(halves.test.items.size());
      halves.test.times_s.push_back(0);
      halves.test_basket.push_back(static_cast<std::uint32_t>(halves.test_basket.size()));
    }
    return halves;
  };
  constexpr Measure kTried[] = {Measure::hit_rate, Measure::bits, Measure::left_out,
                                Measure::first_at_10, Measure::hit_rate_at_25};
  const auto tried = [&](const Halves& halves, std::uint64_t seed) {
    const std::size_t count = halves.test_basket.size();
    const TrialResult a = run_trial(*best_rule, halves, seed);
    const TrialResult b = run_trial(*popularity, halves, seed);
    std::vector<Estimate> estimates;
    for (const Measure measure : kTried) {
      estimates.push_back(estimate(measure, a, halves, count));
      estimates.push_back(difference(estimates.back(), estimate(measure, b, halves, count)));
    }
    return estimates;
  };
  const std::vector<Estimate> truth = tried(halves_of(1, 60'000), 1);
  constexpr int kRounds = 400;
  std::vector<int> covered(truth.size(), 0);
  for (int round = 0; round < kRounds; ++round) {
    const auto seed = static_cast<std::uint64_t>(1000 + round);
    const std::vector<Estimate> estimates = tried(halves_of(seed, 400), seed);
    for (std::size_t i = 0; i < truth.size(); ++i) {
      const Interval interval = estimates[i].interval();
      if (interval.low <= truth[i].value && truth[i].value <= interval.high) ++covered[i];
    }
  }
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double coverage = static_cast<double>(covered[i]) / kRounds;
    EXPECT_GE(coverage, 0.91) << name_of(kTried[i / 2]) << (i % 2 == 1 ? " difference" : "");
    EXPECT_LE(coverage, 0.99) << name_of(kTried[i / 2]) << (i % 2 == 1 ? " difference" : "");
  }
}

// What mine says of a rule: its lift is at least so much, in 975 of 1000 histories or a bit less,
// since the offer's own share is counted too.
TEST(IntervalsTest, LiftIsAtLeastWhatMineSays) {
  constexpr std::uint32_t kBaskets = 3000;
  constexpr int kRounds = 4000;
  for (const auto& [with_trigger, confidence, otherwise] :
       {std::tuple{0.05, 0.20, 0.05}, {0.02, 0.50, 0.03}, {0.20, 0.06, 0.06}}) {
    const double share = with_trigger * confidence + (1 - with_trigger) * otherwise;
    const double lift = confidence / share;
    Random random(31);
    const auto successes = [&](std::uint32_t n, double p) {
      std::uint32_t count = 0;
      for (std::uint32_t i = 0; i < n; ++i) count += random.unit() < p ? 1 : 0;
      return count;
    };
    int held = 0;
    for (int round = 0; round < kRounds; ++round) {
      const std::uint32_t triggers = successes(kBaskets, with_trigger);
      const std::uint32_t joint = successes(triggers, confidence);
      const std::uint32_t offers = joint + successes(kBaskets - triggers, otherwise);
      if (lift_lower_bound(joint, triggers, offers, kBaskets) <= lift) ++held;
    }
    EXPECT_GE(static_cast<double>(held) / kRounds, 0.95) << confidence;
    EXPECT_LE(static_cast<double>(held) / kRounds, 0.995) << confidence;
  }
}

// Chances that are the truth are found reliable, and doubled odds are not; pacing prompts less.
TEST(ReliabilityTest, TellsChancesFromOtherNumbers) {
  Random random(21);
  const std::size_t count = 6000;
  std::vector<std::vector<std::uint32_t>> baskets(count);
  std::vector<double> chances;
  for (auto& basket : baskets) {
    basket = {0, 2, 3};
    chances.push_back(0.05 + 0.6 * random.unit());
    if (random.unit() < chances.back()) basket[2] = 1;
  }
  Halves halves;
  halves.test = table_of(baskets, 4);
  const auto play = [&](double factor) {
    ReliabilityTrial trial(halves, {std::log(0.5 / 0.5), 1});
    for (std::uint32_t b = 0; b < count; ++b) {
      const double log_odds = factor * std::log(chances[b] / (1 - chances[b]));
      for (const std::size_t revealed : {1u, 2u}) {
        trial.on_scan(b, revealed, {{{1, log_odds}, {3, -9}, {4, -9}}});
      }
    }
    return trial.finish();
  };
  const Reliability true_chances = play(1);
  ASSERT_EQ(true_chances.deciles.size(), 10u);
  EXPECT_EQ(true_chances.scans, 2 * count);
  EXPECT_LT(true_chances.expected_error, 0.02);
  int held = 0;
  for (const ReliabilityBin& bin : true_chances.deciles) {
    EXPECT_EQ(bin.scans, 2 * count / 10);
    if (bin.interval.low <= bin.predicted && bin.predicted <= bin.interval.high) ++held;
  }
  EXPECT_GE(held, 8);
  EXPECT_GT(play(2).expected_error, 0.05);
  EXPECT_EQ(true_chances.paced.prompts * 2, true_chances.every.prompts)
      << "both scans of a basket would prompt, one may";
  EXPECT_EQ(true_chances.paced.hits * 2, true_chances.every.hits);
  const auto sure = static_cast<std::size_t>(
      std::count_if(chances.begin(), chances.end(), [](double chance) { return chance >= 0.5; }));
  EXPECT_EQ(true_chances.paced.prompts, sure);
}

class EvaluateCommandTest : public HqTest {
 protected:
  std::string csv_of(const BasketTable& table) {
    std::ostringstream text;
    text << "basket,time,item\n";
    for (std::size_t b = 0; b < table.basket_count(); ++b) {
      for (const std::uint32_t item : table.basket(b)) {
        text << b << ",2026-03-" << (b / 60 < 9 ? "0" : "") << 1 + b / 60 << "T10:00,i" << item
             << '\n';
      }
    }
    return text.str();
  }
};

TEST_F(EvaluateCommandTest, AFileNeedsNoStoreAndShowsEveryMethod) {
  const std::string file = write("sales.csv", csv_of(paired_baskets(900, 7)));
  const Result result =
      run({"evaluate", "--from", file, "--chart", path("chart.svg"), "--seeds", "2"});
  ASSERT_EQ(result.code, 0) << result.err;
  for (const char* const text :
       {"popularity", "rules by lift", "rules by confidence", "item-kNN", "leaky noisy-or",
        "tempered naive Bayes", "two antecedents", "EASE^R", "xsell", "P1@10%", "bits@3",
        "95% INTERVAL", "xsell: CHANCE", "Expected calibration error", "at most 2 a basket"}) {
    EXPECT_THAT(result.out, HasSubstr(text));
  }
  std::ifstream chart(path("chart.svg"));
  const std::string svg((std::istreambuf_iterator<char>(chart)), std::istreambuf_iterator<char>());
  EXPECT_THAT(svg, HasSubstr("<polyline"));
  EXPECT_THAT(svg, HasSubstr("</svg>"));
  for (const char* const dashes : {"\"none\"", "\"9 4\"", "\"2 4\""}) {
    EXPECT_THAT(svg, HasSubstr(std::string("stroke-dasharray=") + dashes)) << "ours look alike";
  }

  const Json json =
      run({"evaluate", "--from", file, "--methods", "confidence,popularity", "--json"}).json();
  EXPECT_EQ(json["split"], "time");
  EXPECT_EQ(json["order"], "scan");
  ASSERT_EQ(json["methods"].size(), 2u);
  const double best_rule = json["methods"][0]["measures"]["HR@3"]["value"];
  const double popularity = json["methods"][1]["measures"]["HR@3"]["value"];
  EXPECT_GT(best_rule, popularity + 0.1);
}

TEST_F(EvaluateCommandTest, TheMeasuresCanBeReckonedFromThePredictions) {
  const std::string file = write("sales.csv", csv_of(paired_baskets(900, 8)));
  const Result result = run({"evaluate", "--from", file, "--json", "--predictions", path("p.csv"),
                             "--predictions-of", "cosine", "--test-baskets", path("t.csv"),
                             "--methods", "cosine", "--seeds", "2", "--order", "shuffled"});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto read_rows = [](const std::string& name) {
    std::vector<std::vector<std::string>> rows;
    std::ifstream in(name);
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
      std::vector<std::string> cells;
      std::istringstream parts(line);
      for (std::string cell; std::getline(parts, cell, ',');) cells.push_back(cell);
      rows.push_back(cells);
    }
    return rows;
  };
  std::map<std::string, std::vector<std::string>> baskets;  // by seed and basket
  for (const auto& row : read_rows(path("t.csv"))) {
    baskets[row[3] + " " + row[0]].push_back(row[2]);
  }
  std::map<std::pair<std::string, std::size_t>, bool> is_hit;
  for (const auto& row : read_rows(path("p.csv"))) {
    const auto revealed = static_cast<std::size_t>(std::stoul(row[1]));
    const std::string scanned = row[5] + " " + row[0];
    const auto& items = baskets.at(scanned);
    bool& hit = is_hit[{scanned, revealed}];
    hit = hit || std::find(items.begin() + static_cast<std::ptrdiff_t>(revealed), items.end(),
                           row[3]) != items.end();
  }
  double hits = 0;
  for (const auto& [scan, hit] : is_hit) hits += hit ? 1 : 0;
  const Json json = result.json();
  EXPECT_EQ(is_hit.size(), 2 * json["scans"].get<std::size_t>());
  EXPECT_NEAR(hits / static_cast<double>(is_hit.size()),
              json["methods"][0]["measures"]["HR@3"]["value"].get<double>(), 1e-12);
}

TEST_F(EvaluateCommandTest, FimiFilesAreCutBySeed) {
  std::ostringstream text;
  const BasketTable table = paired_baskets(600, 9);
  for (std::size_t b = 0; b < table.basket_count(); ++b) {
    for (const std::uint32_t item : table.basket(b)) text << item << ' ';
    text << '\n';
  }
  const std::string file = write("sales.dat", text.str());
  const Result result = run({"evaluate", "--from", file, "--methods", "noisy_or", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.json()["split"], "random");
  EXPECT_EQ(result.json()["order"], "shuffled");
  const Json again = run({"evaluate", "--from", file, "--methods", "noisy_or", "--json"}).json();
  EXPECT_EQ(result.json()["methods"][0]["measures"], again["methods"][0]["measures"]);
}

// What lanes would not say does not count as said.
TEST_F(EvaluateCommandTest, OfTheStoreOneClassIsOfferedNothingOfItsOwn) {
  init();
  const BasketTable table = paired_baskets(900, 10);
  ASSERT_EQ(run({"import", "baskets", write("b.csv", csv_of(table))}).code, 0);
  const auto offered = [&](const std::string& category) {
    std::string items = "item,category\n";
    for (const std::int64_t item : table.item_ids) {
      items += "i" + std::to_string(item) + "," + category + "\n";
    }
    run({"import", "items", write("i.csv", items)});
    const Result result = run({"evaluate", "--methods", "ranker", "--json"});
    EXPECT_EQ(result.code, 0) << result.err;
    return result.json()["methods"][0]["coverage"].get<double>();
  };
  EXPECT_GT(offered(""), 0);
  EXPECT_EQ(offered("0412"), 0);
}

TEST_F(EvaluateCommandTest, SaysWhatIsWrong) {
  const std::string few = write("few.csv", "basket,item\n1,a\n1,b\n");
  Result result = run({"evaluate", "--from", few});
  EXPECT_EQ(result.code, kExitFailed);
  EXPECT_THAT(result.err, HasSubstr("too few"));
  result = run({"evaluate", "--from", path("none.csv")});
  EXPECT_EQ(result.code, kExitFailed);
  EXPECT_THAT(result.err, HasSubstr("cannot open"));
  const std::string file = write("sales.csv", csv_of(paired_baskets(300, 7)));
  result = run({"evaluate", "--from", file, "--methods", "magic"});
  EXPECT_EQ(result.code, kExitUsage);
  EXPECT_THAT(result.err, HasSubstr("naive_bayes"));
}

}  // namespace
}  // namespace xsell::hq
