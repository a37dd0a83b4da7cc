// Logarithm and exponential that give the same bits on every machine and with every compiler: only
// operations that IEEE 754 defines exactly, in a fixed order. The C library promises no such thing.
// Accurate to about 1e-13. Threads: any.
#ifndef XSELL_RULES_EXACT_MATH_H_
#define XSELL_RULES_EXACT_MATH_H_

#include <cstdint>

namespace xsell::rules {

double exact_log(double x);  // requires: x > 0, finite
double exact_exp(double x);  // 0 below -700, and no more than exp(700)

// To the nearest integer, half away from zero; saturates.
std::int32_t round_to_int32(double x);

}  // namespace xsell::rules

#endif  // XSELL_RULES_EXACT_MATH_H_
