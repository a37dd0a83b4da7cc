// Compiled without contraction of a * b + c into one rounding (see CMakeLists.txt).
#include "rules/exact_math.h"

#include <cmath>
#include <limits>

namespace xsell::rules {
namespace {

constexpr double kLn2 = 0.693147180559945309417;
constexpr double kLn2High = 0x1.62e42fee00000p-1;  // 33 bits: its small multiples are exact
constexpr double kLn2Low = 1.90821492927058770002e-10;
constexpr double kSqrtHalf = 0.707106781186547524401;

}  // namespace

double exact_log(double x) {
  int exponent = 0;
  double mantissa = std::frexp(x, &exponent);  // exact
  if (mantissa < kSqrtHalf) {
    mantissa *= 2;
    --exponent;
  }
  // ln m = 2 artanh((m - 1) / (m + 1)), the argument at most 0.172.
  const double s = (mantissa - 1) / (mantissa + 1);
  const double s2 = s * s;
  double sum = 0;
  for (int odd = 19; odd >= 1; odd -= 2) sum = sum * s2 + 1.0 / odd;
  return exponent * kLn2 + 2 * s * sum;
}

double exact_exp(double x) {
  if (x < -700) return 0;
  if (x > 700) x = 700;
  const double n = std::nearbyint(x / kLn2);  // ties to even, as every program here leaves it
  const double r = (x - n * kLn2High) - n * kLn2Low;
  double sum = 1;
  for (int term = 14; term >= 1; --term) sum = 1 + sum * r / term;
  return std::ldexp(sum, static_cast<int>(n));  // exact
}

std::int32_t round_to_int32(double x) {
  constexpr double kMax = std::numeric_limits<std::int32_t>::max();
  if (x >= kMax) return std::numeric_limits<std::int32_t>::max();
  if (x <= -kMax) return -std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int32_t>(x < 0 ? x - 0.5 : x + 0.5);
}

}  // namespace xsell::rules
