#ifndef XSELL_HQ_EVALUATE_EVALUATION_H_
#define XSELL_HQ_EVALUATE_EVALUATION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hq/evaluate/measures.h"
#include "hq/evaluate/recommender.h"
#include "hq/evaluate/reliability.h"

namespace xsell::hq {

struct EvaluationOptions {
  SplitOptions split;                      // its seed is not used
  std::vector<std::uint64_t> seeds = {1};  // each decides what chance decides
  int surest_percent = 15;                 // of scans that are prompted
  std::size_t max_prompts_a_basket = 2;    // with pacing
  std::string predictions_of;              // id of the method whose recommendations are wanted
  // Items of the history that lanes never offer for each other; may be empty.
  std::function<bool(std::uint32_t, std::uint32_t)> is_excluded;
};

struct MethodReport {
  std::string id;
  std::string title;
  bool is_baseline = true;
  bool is_for_customers = false;
  std::array<Estimate, kMeasures> estimates;  // means over the seeds
  double coverage = 0;
  std::vector<CurvePoint> curve;           // of the first seed
  std::optional<Reliability> reliability;  // of the first seed, where scores are chances
  double train_s = 0;
  double trial_s = 0;

  const Estimate& of(Measure measure) const { return estimates[static_cast<std::size_t>(measure)]; }
};

struct EvaluationReport {
  // Of the first seed.
  std::size_t train_baskets = 0;
  std::size_t test_baskets = 0;
  std::size_t items = 0;
  std::size_t scans = 0;
  std::size_t repeated = 0;  // see Halves
  std::vector<MethodReport> methods;
  // Of customers who bought something before; without methods when they are too few.
  std::size_t known_baskets = 0;
  std::vector<MethodReport> for_customers;
  std::vector<std::string> left_out;  // titles of methods that cannot take so many items
};

// One recommendation of the wanted method; `basket` and `item` are those of the history.
struct Prediction {
  std::uint32_t basket = 0;
  std::size_t revealed = 0;
  std::size_t rank = 0;
  std::uint32_t item = 0;
  double score = 0;
  std::uint64_t seed = 0;
};
using OnPrediction = std::function<void(const Prediction&)>;

// Trains and tries every method on the same halves. Threads: as many as the machine has, one
// method each; the result does not depend on them. `on_done` hears of each method, one at a time.
EvaluationReport evaluate(const BasketTable& table, const EvaluationOptions& options,
                          const std::vector<Method>& methods, const OnPrediction& on_prediction,
                          const std::function<void(const MethodReport&)>& on_done);

}  // namespace xsell::hq

#endif  // XSELL_HQ_EVALUATE_EVALUATION_H_
