#include "hq/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace xsell::hq {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

Interval wilson_interval(std::uint64_t successes, std::uint64_t n, double z) {
  if (n == 0) return {0, 1};
  const double count = static_cast<double>(n);
  const double p = static_cast<double>(successes) / count;
  const double z2 = z * z;
  const double centre = (p + z2 / (2 * count)) / (1 + z2 / count);
  const double half =
      z / (1 + z2 / count) * std::sqrt(p * (1 - p) / count + z2 / (4 * count * count));
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

Interval newcombe_interval(std::uint64_t successes_a, std::uint64_t n_a, std::uint64_t successes_b,
                           std::uint64_t n_b) {
  if (n_a == 0 || n_b == 0) return {-1, 1};
  const double a = static_cast<double>(successes_a) / static_cast<double>(n_a);
  const double b = static_cast<double>(successes_b) / static_cast<double>(n_b);
  const Interval wa = wilson_interval(successes_a, n_a);
  const Interval wb = wilson_interval(successes_b, n_b);
  return {a - b - std::hypot(a - wa.low, wb.high - b), a - b + std::hypot(wa.high - a, b - wb.low)};
}

void ClusteredShare::add_cluster(std::uint64_t successes, std::uint64_t n) {
  if (n == 0) return;
  n_ += n;
  successes_ += successes;
  ++clusters_;
  const auto some = static_cast<double>(successes), all = static_cast<double>(n);
  square_of_successes_ += some * some;
  product_ += some * all;
  square_of_n_ += all * all;
}

double ClusteredShare::share() const {
  return n_ == 0 ? 0 : static_cast<double>(successes_) / static_cast<double>(n_);
}

Interval ClusteredShare::interval() const {
  if (successes_ == 0 || successes_ == n_ || clusters_ < 2) return wilson_interval(successes_, n_);
  const double p = share();
  const double squares =
      std::max(0.0, square_of_successes_ - 2 * p * product_ + p * p * square_of_n_);
  const auto count = static_cast<double>(clusters_);
  const double half = kZ95 * std::sqrt(squares * count / (count - 1)) / static_cast<double>(n_);
  return {std::max(0.0, p - half), std::min(1.0, p + half)};
}

void Mean::add(double value) {
  ++n_;
  const double delta = value - mean_;
  mean_ += delta / static_cast<double>(n_);
  squares_ += delta * (value - mean_);
}

Interval Mean::interval() const {
  if (n_ < 2) return {-kInfinity, kInfinity};
  const double half =
      student_t95(static_cast<double>(n_ - 1)) * std::sqrt(variance() / static_cast<double>(n_));
  return {mean_ - half, mean_ + half};
}

Interval welch_interval(const Mean& a, const Mean& b) {
  if (a.n() < 2 || b.n() < 2) return {-kInfinity, kInfinity};
  const double difference = a.mean() - b.mean();
  const double va = a.variance() / static_cast<double>(a.n());
  const double vb = b.variance() / static_cast<double>(b.n());
  if (va + vb == 0) return {difference, difference};
  const double degrees =
      (va + vb) * (va + vb) /
      (va * va / static_cast<double>(a.n() - 1) + vb * vb / static_cast<double>(b.n() - 1));
  const double half = student_t95(degrees) * std::sqrt(va + vb);
  return {difference - half, difference + half};
}

double student_t95(double degrees_of_freedom) {
  // Exact for 1 and 2; beyond, the Cornish-Fisher expansion (Abramowitz and Stegun 26.7.5), off by
  // less than 0.4% at 3 degrees of freedom.
  const double v = degrees_of_freedom;
  if (v < 1.5) return 12.706204736;
  if (v < 2.5) return 4.302652730;
  if (v < 3.5) return 3.182446305;
  const double z = kZ95;
  const double z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z, z9 = z7 * z * z;
  return z + (z3 + z) / (4 * v) + (5 * z5 + 16 * z3 + 3 * z) / (96 * v * v) +
         (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * v * v * v) +
         (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z) / (92160 * v * v * v * v);
}

LogFactorials::LogFactorials(std::size_t n) : values_(n + 1, 0) {
  for (std::size_t i = 2; i <= n; ++i) {
    values_[i] = values_[i - 1] + std::log(static_cast<double>(i));
  }
}

double chance_of_joint_count(const LogFactorials& log_factorials, std::uint32_t joint,
                             std::uint32_t count_a, std::uint32_t count_b, std::uint32_t baskets) {
  const double a = count_a, b = count_b, n = baskets;
  if (joint == 0 || joint <= a * b / n) return 1;  // not more than by chance: never a discovery
  if (joint > std::min(count_a, count_b)) return 0;
  // A table whose empty cell would be negative is impossible; the joint counts start above it.
  const auto& lf = log_factorials;
  const double log_first = lf[count_a] + lf[baskets - count_a] + lf[count_b] +
                           lf[baskets - count_b] - lf[baskets] - lf[joint] - lf[count_a - joint] -
                           lf[count_b - joint] - lf[baskets + joint - count_a - count_b];
  double term = 1;
  double sum = 1;
  for (double k = joint; k < std::min(a, b); ++k) {
    term *= (a - k) * (b - k) / ((k + 1) * (n - a - b + k + 1));
    sum += term;
    if (term < 1e-6 * sum) break;
  }
  return std::min(1.0, std::exp(log_first) * sum);
}

double chance_of_count(std::uint64_t count, double expected) {
  const auto n = static_cast<double>(count);
  if (n < expected + 1) return 1;
  if (expected <= 0) return 0;
  const double log_first = n * std::log(expected) - expected - std::lgamma(n + 1);
  double term = 1;
  double sum = 1;
  for (double k = n + 1; term > 1e-9 * sum; ++k) {
    term *= expected / k;
    sum += term;
  }
  return std::min(1.0, std::exp(log_first) * sum);
}

double false_discovery_threshold(std::span<double> p_values, std::uint64_t candidates,
                                 double rate) {
  // None above the rate can pass.
  const auto end = std::partition(p_values.begin(), p_values.end(),
                                  [&](double p_value) { return p_value <= rate; });
  std::sort(p_values.begin(), end);
  for (auto i = static_cast<std::size_t>(end - p_values.begin()); i > 0; --i) {
    const double limit = rate * static_cast<double>(i) / static_cast<double>(candidates);
    if (p_values[i - 1] <= limit) return p_values[i - 1];
  }
  return -1;
}

}  // namespace xsell::hq
