// The one file that needs Eigen: it is slow to compile.
#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>

#include "hq/evaluate/baselines.h"

namespace xsell::hq {
namespace {

constexpr float kLambda = 500;

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic>;

class Ease : public Recommender {
 public:
  explicit Ease(Matrix weights)
      : weights_(std::move(weights)), scores_(static_cast<std::size_t>(weights_.rows()), 0) {}

  void begin_basket() override { std::fill(scores_.begin(), scores_.end(), 0); }
  void scan(std::uint32_t item) override {
    const float* row = weights_.col(item).data();
    for (std::size_t j = 0; j < scores_.size(); ++j) scores_[j] += row[j];
  }
  std::span<const double> scores() override { return scores_; }

 private:
  Matrix weights_;  // column a: what item a says for each item
  std::vector<double> scores_;
};

}  // namespace

std::unique_ptr<Recommender> train_ease(const TrainingData& data) {
  const PairTable& pairs = data.pairs;
  const auto n = static_cast<Eigen::Index>(pairs.item_count());
  if (pairs.item_count() > kMaxEaseItems) return nullptr;
  Matrix gram = Matrix::Zero(n, n);
  for (Eigen::Index a = 0; a < n; ++a) {
    const auto item = static_cast<std::uint32_t>(a);
    gram(a, a) = static_cast<float>(pairs.item_counts[item]) + kLambda;
    for (const auto& [other, joint] : pairs.of(item)) {
      gram(static_cast<Eigen::Index>(other), a) = static_cast<float>(joint);
    }
  }
  // B = I - P diag(1/P_jj), P the inverse: B_aj = -P_aj / P_jj, nothing on the diagonal.
  Eigen::LLT<Eigen::Ref<Matrix>> factor(gram);
  Matrix inverse = Matrix::Identity(n, n);
  factor.solveInPlace(inverse);
  const Eigen::VectorXf diagonal = inverse.diagonal();
  for (Eigen::Index a = 0; a < n; ++a) {
    inverse.col(a).array() /= -diagonal.array();
    inverse(a, a) = 0;
  }
  return std::make_unique<Ease>(std::move(inverse));
}

}  // namespace xsell::hq
