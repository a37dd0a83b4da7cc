#include "rules/rank_key.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace xsell::rules {

std::uint64_t rank_key(bool is_required, bool is_pinned, std::int32_t priority,
                       std::uint32_t score) {
  const auto level = static_cast<std::uint64_t>(std::clamp(priority, -32768, 32767) + 32768);
  return std::uint64_t{is_required} << 49 | std::uint64_t{is_pinned} << 48 | level << 32 | score;
}

std::uint32_t score_of_probability(std::int64_t millionths) {
  if (millionths <= 0) return 0;
  if (millionths >= 1'000'000) return std::numeric_limits<std::uint32_t>::max();
  const double score = -std::log1p(-1e-6 * static_cast<double>(millionths));
  return static_cast<std::uint32_t>(std::lround(score * 0x1p24));
}

std::uint32_t score_of_evidence(std::int64_t evidence) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(evidence, 0, 0xfffffe) << 8);
}

std::uint64_t mined_rank_key(const RuleIndex& index, std::int64_t evidence) {
  return rank_key(false, false, index.policy.mined.priority, score_of_evidence(evidence));
}

std::uint32_t rank_of_key(const RuleIndex& index, std::uint64_t key) {
  const auto first_below = std::partition_point(index.entry_key.begin(), index.entry_key.end(),
                                                [&](std::uint64_t other) { return other >= key; });
  return static_cast<std::uint32_t>(first_below - index.entry_key.begin());
}

}  // namespace xsell::rules
