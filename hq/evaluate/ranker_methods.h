#ifndef XSELL_HQ_EVALUATE_RANKER_METHODS_H_
#define XSELL_HQ_EVALUATE_RANKER_METHODS_H_

#include <vector>

#include "hq/evaluate/recommender.h"

namespace xsell::hq {

// What lanes do with mined pairs, as methods to try beside the baselines.
std::vector<Method> ranker_methods();
// The same with rules of two antecedents, for who asks for it: that takes several times as long.
std::vector<Method> slow_methods();

// The first of them on baskets of known customers: without and with what they bought before.
std::vector<Method> customer_methods();

}  // namespace xsell::hq

#endif  // XSELL_HQ_EVALUATE_RANKER_METHODS_H_
