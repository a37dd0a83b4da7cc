#ifndef XSELL_HQ_EVALUATE_RANDOM_H_
#define XSELL_HQ_EVALUATE_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace xsell::hq {

// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed on every machine, which
// the standard library's distributions do not promise.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // 0 to bound - 1; the bias is below 2^-32 for any bound that counts baskets or items.
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }
  // 0 up to, not including, 1.
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  template <typename T>
  void shuffle(std::span<T> values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
  }

 private:
  std::uint64_t state_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_EVALUATE_RANDOM_H_
