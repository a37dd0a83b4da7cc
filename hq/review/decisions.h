#ifndef XSELL_HQ_REVIEW_DECISIONS_H_
#define XSELL_HQ_REVIEW_DECISIONS_H_

#include <string>
#include <vector>

#include "hq/import/bad_lines.h"
#include "hq/mine/pair_reviews.h"
#include "hq/review/candidates.h"

namespace xsell::hq {

// TRIGGER>OFFER, or TRIGGER>TRIGGER>OFFER. Fails: UsageError.
PairReviews::Pair parse_pair(const std::string& text);

// A table of decisions, as a spreadsheet gives it back; lines that can't be used go to bad.
Reviews read_decisions(const std::string& path, BadLines& bad);
void write_decisions(const std::string& path, const std::vector<ReviewCandidate*>& candidates,
                     const Reviews& reviews, const ItemNames& names);

// Empty: undecided.
std::string decision_of(const Reviews& reviews, const ReviewCandidate& one);

}  // namespace xsell::hq

#endif  // XSELL_HQ_REVIEW_DECISIONS_H_
