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

std::uint64_t rank_key_of(const RuleIndex& index, std::uint32_t entry) {
  const auto band = std::partition_point(
      index.bands.begin(), index.bands.end(),
      [&](const RankBand& candidate) { return candidate.first_entry <= entry; });
  return std::uint64_t{(band - 1)->level} << 32 | index.scores[entry];
}

std::uint32_t rank_of_key(const RuleIndex& index, std::uint64_t key) {
  const auto level = static_cast<std::uint32_t>(key >> 32);
  const auto score = static_cast<std::uint32_t>(key);
  // Bands stand in falling order of their levels, entries of one band in that of their scores.
  const auto band =
      std::partition_point(index.bands.begin(), index.bands.end(),
                           [&](const RankBand& candidate) { return candidate.level > level; });
  const auto end_of = [&](auto at) {
    return at == index.bands.end() ? static_cast<std::uint32_t>(index.entries.size())
                                   : at->first_entry;
  };
  const std::uint32_t first = end_of(band);
  if (band == index.bands.end() || band->level != level) return first;
  const auto scores = index.scores.begin();
  const auto below = std::partition_point(scores + first, scores + end_of(band + 1),
                                          [&](std::uint32_t other) { return other >= score; });
  return static_cast<std::uint32_t>(below - scores);
}

}  // namespace xsell::rules
