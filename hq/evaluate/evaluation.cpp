#include "hq/evaluate/evaluation.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <exception>
#include <limits>
#include <mutex>
#include <optional>
#include <thread>

namespace xsell::hq {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

constexpr std::size_t kMinKnownTested = 20;

// Everything a method sees under one seed.
struct Setting {
  std::uint64_t seed = 0;
  Halves halves;
};

class Evaluation {
 public:
  Evaluation(const BasketTable& table, const EvaluationOptions& options, bool for_customers,
             const OnPrediction& on_prediction)
      : options_(options), on_prediction_(on_prediction), basket_count_(table.basket_count()) {
    settings_.reserve(options.seeds.size());
    for (const std::uint64_t seed : options.seeds) {
      SplitOptions split = options.split;
      split.seed = seed;
      settings_.push_back({seed, split_history(table, split)});
      // Cut by time, all seeds learn from the same half.
      if (learnt_.empty() || !split.by_time) learn(settings_.back().halves, for_customers);
    }
  }

  const Halves& first_halves() const { return settings_.front().halves; }

  // Nothing when the method cannot take this half.
  std::optional<MethodReport> try_method(const Method& method) const {
    MethodReport report;
    report.id = method.id;
    report.title = method.title;
    report.is_baseline = method.is_baseline;
    report.is_for_customers = method.is_for_customers;
    std::array<std::vector<Estimate>, kMeasures> estimates;
    std::unique_ptr<Recommender> recommender;
    for (std::size_t s = 0; s < settings_.size(); ++s) {
      const Halves& halves = settings_[s].halves;
      auto start = Clock::now();
      if (s < learnt_.size()) {
        recommender.reset();
        recommender = method.train({halves.train, learnt_[s].pairs, learnt_[s].mined});
      }
      if (!recommender) return std::nullopt;
      report.train_s += seconds_since(start);
      start = Clock::now();
      const OnScan predict = predictor(method, s);
      std::optional<ReliabilityTrial> reliability;
      if (const auto least = recommender->surest_score(options_.surest_percent); s == 0 && least) {
        reliability.emplace(halves, PromptPolicy{*least, options_.max_prompts_a_basket});
      }
      const TrialResult trial = run_trial(
          *recommender, halves, settings_[s].seed,
          [&](std::uint32_t basket, std::size_t revealed, const auto& best) {
            if (predict) predict(basket, revealed, best);
            if (reliability) reliability->on_scan(basket, revealed, best);
          },
          method.is_for_customers);
      if (reliability) report.reliability = reliability->finish();
      for (std::size_t m = 0; m < kMeasures; ++m) {
        estimates[m].push_back(estimate(static_cast<Measure>(m), trial, halves, basket_count_));
      }
      report.coverage += trial.coverage() / static_cast<double>(settings_.size());
      if (s == 0) report.curve = precision_curve(trial);
      report.trial_s += seconds_since(start);
    }
    for (std::size_t m = 0; m < kMeasures; ++m) report.estimates[m] = mean_of(estimates[m]);
    return report;
  }

 private:
  // What methods share.
  struct Learnt {
    Learnt(const BasketTable& train, MinedOnce::Options options)
        : pairs(build_pair_table(train, 0, train.basket_count())),
          mined(train, std::move(options)) {}
    const PairTable pairs;
    const MinedOnce mined;
  };

  // Requires: the halves stay where they are.
  void learn(const Halves& halves, bool for_customers) {
    MinedOnce::Options mined;
    mined.has_scan_order = options_.split.has_scan_order;
    mined.for_customers = for_customers;
    if (options_.is_excluded) {
      mined.is_excluded = [&is_excluded = options_.is_excluded, &item_of = halves.item_of](
                              std::uint32_t a, std::uint32_t b) {
        return is_excluded(item_of[a], item_of[b]);
      };
    }
    learnt_.emplace_back(halves.train, std::move(mined));
  }

  OnScan predictor(const Method& method, std::size_t setting) const {
    if (!on_prediction_ || method.id != options_.predictions_of) return {};
    const Halves& halves = settings_[setting].halves;
    return [this, &halves, seed = settings_[setting].seed](
               std::uint32_t basket, std::size_t revealed,
               const std::array<Recommended, kRecommended>& best) {
      for (std::size_t rank = 0; rank < kRecommended; ++rank) {
        if (best[rank].score == -std::numeric_limits<double>::infinity()) return;
        on_prediction_({halves.test_basket[basket], revealed, rank + 1,
                        halves.item_of[best[rank].item], best[rank].score, seed});
      }
    };
  }

  const EvaluationOptions& options_;
  const OnPrediction& on_prediction_;
  const std::size_t basket_count_;
  std::vector<Setting> settings_;
  std::deque<Learnt> learnt_;  // one, or one a seed; they stay where they are
};

}  // namespace

EvaluationReport evaluate(const BasketTable& table, const EvaluationOptions& options,
                          const std::vector<Method>& methods, const OnPrediction& on_prediction,
                          const std::function<void(const MethodReport&)>& on_done) {
  const bool for_customers = std::any_of(methods.begin(), methods.end(),
                                         [](const Method& one) { return one.is_for_customers; });
  const Evaluation evaluation(table, options, for_customers, on_prediction);
  EvaluationReport report;
  const Halves& halves = evaluation.first_halves();
  report.train_baskets = halves.train.basket_count();
  report.test_baskets = halves.test.basket_count();
  report.items = halves.item_count();
  report.repeated = halves.repeated;
  report.known_baskets = halves.pasts.known_count();
  for (std::size_t b = 0; b < halves.test.basket_count(); ++b) {
    report.scans += std::min(halves.test.basket(b).size() - 1, kMaxRevealed);
  }

  std::vector<std::optional<MethodReport>> results(methods.size());
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    for (std::size_t at = next++; at < methods.size(); at = next++) {
      try {
        if (methods[at].is_for_customers && report.known_baskets < kMinKnownTested) continue;
        results[at] = evaluation.try_method(methods[at]);
        const std::lock_guard lock(mutex);
        if (results[at] && on_done) on_done(*results[at]);
      } catch (...) {
        const std::lock_guard lock(mutex);
        failure = std::current_exception();
      }
    }
  };
  std::vector<std::thread> threads;
  const std::size_t count =
      std::min<std::size_t>(methods.size(), std::max(1U, std::thread::hardware_concurrency()));
  for (std::size_t i = 1; i < count; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);

  for (std::size_t i = 0; i < methods.size(); ++i) {
    if (results[i]) {
      auto& list = methods[i].is_for_customers ? report.for_customers : report.methods;
      list.push_back(std::move(*results[i]));
    } else if (!methods[i].is_for_customers) {
      report.left_out.push_back(methods[i].title);
    }
  }
  return report;
}

}  // namespace xsell::hq
