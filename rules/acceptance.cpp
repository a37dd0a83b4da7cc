#include "rules/acceptance.h"

#include <cmath>

namespace xsell::rules {

bool is_acceptance_too_low(std::uint32_t shown, std::uint32_t accepted,
                           const AutoMutePolicy& policy) {
  if (policy.acceptance_below_millionths <= 0 || shown == 0 || accepted >= shown) return false;
  const long double p = 1e-6L * static_cast<long double>(policy.acceptance_below_millionths);
  if (p >= 1) return true;
  const long double doubt = 1 - 1e-6L * static_cast<long double>(policy.confidence_millionths);
  long double term = std::pow(1 - p, static_cast<long double>(shown));
  long double sum = term;
  for (std::uint32_t yes = 0; yes < accepted && sum <= doubt; ++yes) {
    term *= static_cast<long double>(shown - yes) / (yes + 1) * p / (1 - p);
    sum += term;
  }
  return sum <= doubt;
}

}  // namespace xsell::rules
