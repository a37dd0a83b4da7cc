#ifndef XSELL_HQ_EVALUATE_RECOMMENDER_H_
#define XSELL_HQ_EVALUATE_RECOMMENDER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hq/evaluate/mined_once.h"
#include "hq/evaluate/pair_table.h"
#include "hq/mine/basket_table.h"
#include "rules/customer_past.h"

namespace xsell::hq {

// Scores every item after each scan of a basket. Threads: one.
class Recommender {
 public:
  virtual ~Recommender() = default;
  virtual void begin_basket() = 0;
  // Whose basket it is, for methods that care. Comes right after its beginning, or not at all.
  virtual void identify(const rules::CustomerPast& /*past*/) {}
  virtual void scan(std::uint32_t item) = 0;
  // By item, higher is surer; items of the basket count as well. Valid until the next call.
  virtual std::span<const double> scores() = 0;
  // Of methods whose scores are log odds: what the best offers of the surest percent of scans reach
  // by what was learnt.
  virtual std::optional<double> surest_score(int /*percent*/) const { return std::nullopt; }
};

// What a method may learn from.
struct TrainingData {
  const BasketTable& baskets;
  const PairTable& pairs;
  const MinedOnce& mined;
};

struct Method {
  std::string id;     // for options and files
  std::string title;  // for people
  std::function<std::unique_ptr<Recommender>(const TrainingData&)> train;
  bool is_baseline = true;
  // Tried on baskets of known customers alone, who are told to it.
  bool is_for_customers = false;
};

// Repeat purchase, tried on known customers: what this customer bought most often first.
std::vector<Method> customer_baselines();

// What others use: popularity, lift, confidence, cosine, noisy_or, naive_bayes, two_antecedents,
// ease.
std::vector<Method> baseline_methods();

}  // namespace xsell::hq

#endif  // XSELL_HQ_EVALUATE_RECOMMENDER_H_
