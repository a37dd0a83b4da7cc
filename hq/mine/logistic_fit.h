// Logistic regression by Newton's method with a small ridge on terms of mean 0 and spread 1. The
// first term of each row is the constant 1. Threads: any.
#ifndef XSELL_HQ_MINE_LOGISTIC_FIT_H_
#define XSELL_HQ_MINE_LOGISTIC_FIT_H_

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace xsell::hq {

template <std::size_t terms>
struct LogisticRow {
  std::array<float, terms> values;
  float worth;
  bool is_hit;
};

template <std::size_t terms>
class LogisticFit {
 public:
  using Row = LogisticRow<terms>;

  explicit LogisticFit(const std::vector<Row>& rows) : rows_(rows) { measure(); }

  std::array<double, terms> weights() const {
    Vector beta = Vector::Zero();
    for (int step = 0; step < kMaxSteps; ++step) {
      Square curvature = Square::Identity() * kRidge;
      curvature(0, 0) = 1e-6;
      Vector slope = -kRidge * beta;
      slope[0] = 0;
      for (const Row& row : rows_) {
        const Vector values = scaled(row);
        const double chance = 1 / (1 + std::exp(-beta.dot(values)));
        slope += row.worth * ((row.is_hit ? 1.0 : 0.0) - chance) * values;
        curvature.template selfadjointView<Eigen::Lower>().rankUpdate(
            values, row.worth * chance * (1 - chance));
      }
      const Square whole = curvature.template selfadjointView<Eigen::Lower>();
      const Vector change = whole.ldlt().solve(slope);
      beta += change;
      if (change.norm() < 1e-4) break;
    }
    Vector weights = beta.cwiseQuotient(spread_);
    weights[0] -= weights.dot(mean_);
    std::array<double, terms> result;
    for (std::size_t t = 0; t < terms; ++t) result[t] = weights[index(t)];
    return result;
  }

 private:
  static constexpr double kRidge = 1;
  static constexpr int kMaxSteps = 15;
  using Vector = Eigen::Matrix<double, static_cast<int>(terms), 1>;
  using Square = Eigen::Matrix<double, static_cast<int>(terms), static_cast<int>(terms)>;

  static Eigen::Index index(std::size_t t) { return static_cast<Eigen::Index>(t); }

  // So that one ridge suits all; the constant stays as it is.
  void measure() {
    double worth = 0;
    Vector squares = Vector::Zero();
    for (const Row& row : rows_) {
      worth += row.worth;
      for (std::size_t t = 0; t < terms; ++t) mean_[index(t)] += row.worth * row.values[t];
    }
    mean_ /= worth;
    for (const Row& row : rows_) {
      for (std::size_t t = 0; t < terms; ++t) {
        const double off = row.values[t] - mean_[index(t)];
        squares[index(t)] += row.worth * off * off;
      }
    }
    for (Eigen::Index t = 0; t < mean_.size(); ++t) {
      const double deviation = std::sqrt(squares[t] / worth);
      spread_[t] = deviation > 1e-6 ? deviation : 1;
    }
    mean_[0] = 0;
    spread_[0] = 1;
  }

  Vector scaled(const Row& row) const {
    Vector values;
    for (std::size_t t = 0; t < terms; ++t) {
      values[index(t)] = (row.values[t] - mean_[index(t)]) / spread_[index(t)];
    }
    return values;
  }

  const std::vector<Row>& rows_;
  Vector mean_ = Vector::Zero();
  Vector spread_ = Vector::Ones();
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_LOGISTIC_FIT_H_
