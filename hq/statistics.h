#ifndef XSELL_HQ_STATISTICS_H_
#define XSELL_HQ_STATISTICS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace xsell::hq {

struct Interval {
  double low = 0;
  double high = 0;
};

// Of a standard normal: 95% two-sided.
inline constexpr double kZ95 = 1.959963984540054;

// A share with Wilson's score interval (Wilson 1927), which holds near 0 and 1 and for small n.
Interval wilson_interval(std::uint64_t successes, std::uint64_t n, double z = kZ95);

// Difference of two shares, Newcombe's method 10 (1998): Wilson's intervals combined.
Interval newcombe_interval(std::uint64_t successes_a, std::uint64_t n_a, std::uint64_t successes_b,
                           std::uint64_t n_b);

// A share of things of which those of one cluster go together, as the prompts of one basket do:
// with the linearised ratio estimator's 95% interval (Cochran, Sampling Techniques, 1977), clusters
// being what is independent; Wilson's where that says nothing, at 0 and 1 and for one cluster.
class ClusteredShare {
 public:
  void add_cluster(std::uint64_t successes, std::uint64_t n);
  std::uint64_t n() const { return n_; }
  std::uint64_t successes() const { return successes_; }
  double share() const;  // 0 of none
  Interval interval() const;

 private:
  std::uint64_t n_ = 0;
  std::uint64_t successes_ = 0;
  std::uint64_t clusters_ = 0;
  double square_of_successes_ = 0, product_ = 0, square_of_n_ = 0;  // sums over the clusters
};

// Count, mean and spread of a stream of numbers (Welford 1962).
class Mean {
 public:
  void add(double value);
  std::uint64_t n() const { return n_; }
  double mean() const { return mean_; }
  double variance() const { return n_ > 1 ? squares_ / static_cast<double>(n_ - 1) : 0; }
  // With Student's t; everything when n < 2.
  Interval interval() const;

 private:
  std::uint64_t n_ = 0;
  double mean_ = 0;
  double squares_ = 0;
};

// mean(a) - mean(b) by Welch's t with Satterthwaite's degrees of freedom.
Interval welch_interval(const Mean& a, const Mean& b);

// Quantile of Student's t for the two-sided 95% interval.
double student_t95(double degrees_of_freedom);

// ln(n!) for 0..n, for exact tests.
class LogFactorials {
 public:
  explicit LogFactorials(std::size_t n);
  double operator[](std::size_t n) const { return values_[n]; }

 private:
  std::vector<double> values_;
};

// One-sided exact test (Fisher) of two items sharing `joint` or more of `baskets` baskets by
// chance, when they are in `count_a` and `count_b` of them.
double chance_of_joint_count(const LogFactorials& log_factorials, std::uint32_t joint,
                             std::uint32_t count_a, std::uint32_t count_b, std::uint32_t baskets);

// At most this is the chance of `count` hits or more among independent tries of different chances
// that add up to `expected`: the Poisson tail, which is above theirs (Anderson and Samuels 1967).
// 1 where it says nothing: for counts that are not at least one more than expected.
double chance_of_count(std::uint64_t count, double expected);

// Benjamini and Hochberg (1995): the largest p-value to accept among `candidates` tests so that the
// expected share of false discoveries stays below `rate`. Tests that are not in `p_values` count as
// failed. Negative when none may be accepted. Reorders the values.
double false_discovery_threshold(std::span<double> p_values, std::uint64_t candidates, double rate);

}  // namespace xsell::hq

#endif  // XSELL_HQ_STATISTICS_H_
