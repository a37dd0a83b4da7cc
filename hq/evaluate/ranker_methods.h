#ifndef XSELL_HQ_EVALUATE_RANKER_METHODS_H_
#define XSELL_HQ_EVALUATE_RANKER_METHODS_H_

#include <vector>

#include "hq/evaluate/recommender.h"

namespace xsell::hq {

// What lanes do with mined pairs, as methods to try beside the baselines.
std::vector<Method> ranker_methods();

}  // namespace xsell::hq

#endif  // XSELL_HQ_EVALUATE_RANKER_METHODS_H_
