#include "rules/customer_ranker.h"

#include <algorithm>
#include <limits>

#include "rules/exact_math.h"

namespace xsell::rules {
namespace {

constexpr int kPlaces = 16;
constexpr std::int32_t kOne = 65536;
// Longer histories count as this long.
constexpr std::int32_t kMaxCount = 4096;

// ln of whole numbers. Built when the first ranker is, never on the scan path.
struct Logarithms {
  std::array<std::int32_t, 2 * kMaxCount + 3> of{};

  Logarithms() {
    for (std::size_t n = 1; n < of.size(); ++n) {
      of[n] = round_to_int32(exact_log(static_cast<double>(n)) * kOne);
    }
  }
};

const Logarithms& logarithms() {
  static const Logarithms kLogarithms;
  return kLogarithms;
}

std::int32_t log_of(std::int64_t count) {
  return logarithms().of[static_cast<std::size_t>(std::clamp<std::int64_t>(count, 1, kMaxCount))];
}

std::int32_t habit_of(std::int32_t times, std::int32_t visits) {
  const auto bought = static_cast<std::size_t>(std::clamp(times, 1, kMaxCount));
  const auto others = static_cast<std::size_t>(std::clamp(visits - times, 0, kMaxCount));
  return logarithms().of[2 * bought + 1] - logarithms().of[2 * others + 2];
}

std::int64_t product(std::int64_t a, std::int64_t b) { return (a * b) >> kPlaces; }

std::int32_t saturated(std::int64_t value) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(
      value, -std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int32_t>::max()));
}

// Odds that add up: what speaks for it and what is bought anyway.
std::int64_t either_of(std::int64_t score, std::int32_t habit) {
  return habit + ranked_evidence(saturated(score - habit), kOne);
}

}  // namespace

CustomerRanker::CustomerRanker(const PairRanker& lines, const RankerIndex& index)
    : lines_(lines),
      index_(index),
      place_of_(index.offers.size(), 0),
      bought_(kMaxRecentItems),
      offers_(lines.capacity() + kMaxRecentItems) {
  logarithms();
}

void CustomerRanker::identify(const CustomerPast& past) {
  using Term = ReplenishmentTerm;
  forget();
  std::int32_t visits = past.visits;
  std::int64_t purchases = 0;
  std::int32_t last_days = std::numeric_limits<std::int32_t>::max();
  for (const RecentItem& recent : past.items) {
    if (place_of_[recent.item] != 0) continue;
    Bought& one = bought_[bought_count_++];
    one = {};
    one.item = recent.item;
    one.times = std::clamp(recent.times, 1, kMaxCount);
    one.days = std::clamp(recent.days_ago, 0, kMaxCount);
    place_of_[recent.item] = static_cast<std::uint16_t>(bought_count_);
    visits = std::max(visits, one.times);
    purchases += one.times;
    last_days = std::min(last_days, one.days);
  }
  if (bought_count_ == 0) return;
  visits = std::min(visits, kMaxCount);
  visits_ = log_of(1 + std::int64_t{visits});
  range_ = log_of(static_cast<std::int64_t>(bought_count_));
  // Per 16 visits, so that one item at every other visit is no more than none.
  size_ = log_of(16 * purchases / visits) - log_of(16);
  since_ = log_of(1 + std::int64_t{last_days});
  for (Bought& one : bought()) {
    one.is_last = one.days == last_days ? kOne : 0;
    one.habit = habit_of(one.times, visits);
    one.times = log_of(one.times);
    one.days = log_of(1 + std::int64_t{one.days});
    const OfferTerms& offer = index_.offers[one.item];
    const std::int64_t by_habit = weight(Term::bought_habit) +
                                  product(weight(Term::bought_habit_squared), one.habit) +
                                  product(weight(Term::bought_habit_visits), visits_) +
                                  product(weight(Term::bought_habit_size), size_) +
                                  product(weight(Term::bought_habit_days), one.days);
    const std::int64_t sum =
        weight(Term::bought_base) * offer.base + by_habit * one.habit +
        weight(Term::bought_times) * one.times + weight(Term::bought_days) * one.days +
        weight(Term::bought_visits) * visits_ + weight(Term::bought_range) * range_ +
        weight(Term::bought_size) * size_ + weight(Term::bought_last) * one.is_last +
        weight(Term::bought_since) * since_;
    one.fixed =
        saturated(weight(Term::bought) + (is_listed(offer) ? 0 : weight(Term::bought_unlisted)) +
                  (sum >> kPlaces));
    one.growing = saturated(weight(Term::bought_lines) +
                            product(weight(Term::bought_lines_habit), one.habit) +
                            product(weight(Term::bought_lines_size), size_));
    one.slope = saturated(product(weight(Term::bought_score_habit), one.habit));
  }
}

void CustomerRanker::forget() {
  for (const Bought& one : bought()) place_of_[one.item] = 0;
  bought_count_ = 0;
  offer_count_ = 0;
}

void CustomerRanker::refresh() {
  using Term = ReplenishmentTerm;
  const std::int64_t lines = log_of(1 + static_cast<std::int64_t>(lines_.line_count()));
  const std::int64_t other =
      weight(Term::other) + product(weight(Term::other_visits), visits_) +
      product(weight(Term::other_range), range_) + product(weight(Term::other_size), size_) +
      product(weight(Term::other_lines) + product(weight(Term::other_lines_size), size_), lines);
  const std::int64_t of_other =
      weight(Term::other_score) + product(weight(Term::other_lines_score), lines);
  const auto spoken_for = lines_.offers();
  offer_count_ = spoken_for.size();
  for (std::size_t i = 0; i < offer_count_; ++i) {
    offers_[i] = {spoken_for[i].item, saturated(other + product(of_other, spoken_for[i].score))};
  }
  const std::int64_t of_score =
      weight(Term::bought_score) + product(weight(Term::bought_lines_score), lines);
  const std::int64_t of_either = weight(Term::bought_either);
  for (Bought& one : bought()) {
    const std::int64_t known = one.fixed + product(one.growing, lines);
    if (lines_.is_spoken_for(one.item)) {
      const std::int64_t score = lines_.score(one.item);
      one.score = saturated(known + product(of_score + one.slope, score) +
                            product(of_either, either_of(score, one.habit)));
      offers_[lines_.place(one.item)].score = one.score;
    } else {
      one.score = saturated(known + weight(Term::bought_silent) + product(of_either, one.habit));
      offers_[offer_count_++] = {one.item, one.score};
    }
  }
}

std::int32_t CustomerRanker::score(std::uint32_t item) const {
  const std::uint16_t place = place_of_[item];
  return place != 0 ? bought_[place - 1].score : offers_[lines_.place(item)].score;
}

std::array<std::int32_t, kReplenishmentTerms> CustomerRanker::terms(std::uint32_t item) const {
  using Term = ReplenishmentTerm;
  std::array<std::int32_t, kReplenishmentTerms> values{};
  const auto set = [&](Term term, std::int64_t value) {
    values[static_cast<std::size_t>(term)] = saturated(value);
  };
  const std::int64_t lines = log_of(1 + static_cast<std::int64_t>(lines_.line_count()));
  const bool is_spoken_for = lines_.is_spoken_for(item);
  const std::int64_t score = is_spoken_for ? lines_.score(item) : 0;
  if (place_of_[item] == 0) {
    set(Term::other, kOne);
    set(Term::other_score, score);
    set(Term::other_visits, visits_);
    set(Term::other_range, range_);
    set(Term::other_size, size_);
    set(Term::other_lines, lines);
    set(Term::other_lines_score, product(lines, score));
    set(Term::other_lines_size, product(lines, size_));
    return values;
  }
  const Bought& one = bought_[place_of_[item] - 1];
  const OfferTerms& offer = index_.offers[item];
  set(Term::bought, kOne);
  set(Term::bought_score, score);
  set(Term::bought_silent, is_spoken_for ? 0 : kOne);
  set(Term::bought_base, offer.base);
  set(Term::bought_unlisted, is_listed(offer) ? 0 : kOne);
  set(Term::bought_habit, one.habit);
  set(Term::bought_times, one.times);
  set(Term::bought_days, one.days);
  set(Term::bought_visits, visits_);
  set(Term::bought_range, range_);
  set(Term::bought_size, size_);
  set(Term::bought_last, one.is_last);
  set(Term::bought_since, since_);
  set(Term::bought_either, is_spoken_for ? either_of(score, one.habit) : one.habit);
  set(Term::bought_score_habit, product(score, one.habit));
  set(Term::bought_habit_squared, product(one.habit, one.habit));
  set(Term::bought_habit_visits, product(one.habit, visits_));
  set(Term::bought_habit_size, product(one.habit, size_));
  set(Term::bought_habit_days, product(one.habit, one.days));
  set(Term::bought_lines, lines);
  set(Term::bought_lines_habit, product(lines, one.habit));
  set(Term::bought_lines_score, product(lines, score));
  set(Term::bought_lines_size, product(lines, size_));
  return values;
}

}  // namespace xsell::rules
