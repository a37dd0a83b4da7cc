#include "hq/mine/pair_reviews.h"

#include <fmt/format.h>

#include <array>

#include "hq/errors.h"

namespace xsell::hq {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"accept", "reject", "edit"};

}  // namespace

PairDecision parse_decision(std::string_view word) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == word) return static_cast<PairDecision>(i);
  }
  throw UsageError(fmt::format("'{}' is no decision: write accept, reject or edit", word));
}

std::string_view name_of(PairDecision decision) {
  return kNames[static_cast<std::size_t>(decision)];
}

void PairReviews::decide(const Pair& pair, const PairReview& review) {
  store_
      .prepare(
          "INSERT OR REPLACE INTO pair_reviews (trigger_item, offer_item, decision, operator_text,"
          " note, decided_by, decided_at) VALUES (?, ?, ?, ?, ?, ?, ?)")
      .run(pair.first, pair.second, name_of(review.decision), review.operator_text, review.note,
           review.decided_by, review.decided_at_s);
}

std::map<PairReviews::Pair, PairReview> PairReviews::all() {
  auto rows = store_.prepare(
      "SELECT trigger_item, offer_item, decision, operator_text, note, decided_by, decided_at "
      "FROM pair_reviews");
  std::map<Pair, PairReview> reviews;
  while (rows.step()) {
    reviews[{std::string(rows.column_text(0)), std::string(rows.column_text(1))}] = {
        .decision = parse_decision(rows.column_text(2)),
        .operator_text = std::string(rows.column_text(3)),
        .note = std::string(rows.column_text(4)),
        .decided_by = std::string(rows.column_text(5)),
        .decided_at_s = rows.column_int64(6)};
  }
  return reviews;
}

bool is_rejected(const Reviews& reviews, const std::string& trigger, const std::string& offer) {
  const auto found = reviews.find({trigger, offer});
  return found != reviews.end() && found->second.decision == PairDecision::reject;
}

bool is_rejected(const Reviews& reviews, const std::string& first, const std::string& second,
                 const std::string& offer) {
  return is_rejected(reviews, first, offer) || is_rejected(reviews, second, offer) ||
         is_rejected(reviews, PairReviews::both(first, second), offer);
}

}  // namespace xsell::hq
