#ifndef XSELL_HQ_REVIEW_REVIEWED_DOCUMENT_H_
#define XSELL_HQ_REVIEW_REVIEWED_DOCUMENT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "hq/output.h"
#include "hq/review/candidates.h"
#include "hq/review/decisions.h"

namespace xsell::hq {

struct WrittenReview {
  std::size_t pairs = 0, rules = 0, rules_of_two = 0, left_out = 0;
};

// The rules file again, as people decided: without what they rejected, a pair with words of its own
// as a rule. Fails: Refused, when it cannot be written.
WrittenReview write_reviewed(const std::string& path, Json document,
                             const std::vector<ReviewCandidate>& candidates, const Reviews& reviews,
                             bool keeps_accepted_only);

}  // namespace xsell::hq

#endif  // XSELL_HQ_REVIEW_REVIEWED_DOCUMENT_H_
