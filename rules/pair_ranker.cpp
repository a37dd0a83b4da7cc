#include "rules/pair_ranker.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "rules/exact_math.h"

namespace xsell::rules {
namespace {

constexpr int kPlaces = 16;
constexpr double kOne = 65536;
// Baskets of more lines count as this long.
constexpr std::size_t kMaxLines = 1024;
constexpr std::int32_t kNoSecond = -9 * 65536;  // log odds of next to nothing
constexpr std::int32_t kUnheard = std::numeric_limits<std::int32_t>::min();
constexpr int kLogBits = 11;
constexpr int kEvidenceStepsPerOne = 128;
constexpr int kEvidenceSteps = 32 * kEvidenceStepsPerOne;

// Logarithms of whole numbers as a scan needs them, without a division or a call.
struct Tables {
  std::array<std::int32_t, kMaxLines + 1> log_of_count{};
  std::array<std::int32_t, kMaxLines + 1> temper{};  // k^-0.7
  std::array<std::int32_t, std::size_t{1} << kLogBits> log_of_fixed{};
  std::int32_t ln2 = 0;
  std::array<std::int32_t, kEvidenceSteps + 1> evidence{};  // ln(1 + e^x) from -16 to 16

  Tables() {
    for (std::size_t k = 1; k <= kMaxLines; ++k) {
      const double log = exact_log(static_cast<double>(k));
      log_of_count[k] = round_to_int32(log * kOne);
      temper[k] = round_to_int32(exact_exp(-0.7 * log) * kOne);
    }
    for (std::size_t x = 1; x < log_of_fixed.size(); ++x) {
      log_of_fixed[x] = round_to_int32(exact_log(static_cast<double>(x) / kOne) * kOne);
    }
    ln2 = round_to_int32(exact_log(2) * kOne);
    for (std::size_t i = 0; i < evidence.size(); ++i) {
      const double x = (static_cast<double>(i) - kEvidenceSteps / 2.0) / kEvidenceStepsPerOne;
      evidence[i] = round_to_int32(exact_log(1 + exact_exp(x)) * kOne);
    }
  }

  // ln(x / 65536) with a relative error of x below 2^-10.
  std::int32_t log_fixed(std::int32_t x) const {
    const auto value = static_cast<std::uint32_t>(std::max(x, 1));
    const int shift = std::max(0, static_cast<int>(std::bit_width(value)) - kLogBits);
    return log_of_fixed[value >> shift] + shift * ln2;
  }
};

// Built when the first ranker is, never on the scan path.
const Tables& tables() {
  static const Tables kTables;
  return kTables;
}

std::int64_t product(std::int64_t a, std::int64_t b) { return (a * b) >> kPlaces; }

std::int32_t saturated(std::int64_t value) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(
      value, -std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int32_t>::max()));
}

}  // namespace

std::int64_t ranked_evidence(std::int32_t log_odds, std::int32_t boost) {
  constexpr std::int32_t kLimit = 16 * 65536;
  constexpr int kStep = 65536 / kEvidenceStepsPerOne;
  const std::int32_t from_start = std::clamp(log_odds, -kLimit, kLimit - 1) + kLimit;
  const auto step = static_cast<std::size_t>(from_start / kStep);
  const std::int64_t low = tables().evidence[step];
  const std::int64_t high = tables().evidence[step + 1];
  return product(low + (high - low) * (from_start % kStep) / kStep, boost);
}

PairRanker::PairRanker(const FlatLists<PairTarget>& pairs, const RankerIndex& index)
    : pairs_(pairs), index_(index), places_(index.offers.size(), kNoPlace) {
  tables();
  std::vector<bool> is_target(index.offers.size(), false);
  for (const PairTarget& target : pairs.values()) is_target[target.item] = true;
  const auto targets =
      static_cast<std::size_t>(std::count(is_target.begin(), is_target.end(), true));
  offers_.resize(targets);
  parts_.resize(targets);
  evidence_.resize(targets);
  is_heard_anew_.resize(index.offers.size());
  triggers_.reserve(kMaxLines);
}

void PairRanker::add(std::uint32_t trigger) {
  if (pairs_.of(trigger).empty() || triggers_.size() == kMaxLines) return;
  triggers_.push_back(trigger);
  is_stale_ = true;
  if (removed_count_ > 0) {
    removed_count_ = kMany;
    return;
  }
  hear(trigger);
  for (const PairTarget& target : pairs_.of(trigger)) weigh(places_[target.item]);
}

void PairRanker::remove(std::uint32_t trigger) {
  const auto found = std::find(triggers_.begin(), triggers_.end(), trigger);
  if (found == triggers_.end()) return;
  triggers_.erase(found);
  is_stale_ = true;
  removed_ = trigger;
  removed_count_ = removed_count_ == 0 ? 1 : kMany;
}

void PairRanker::Evidence::hear(const PairTerms& said) {
  ++speaking;
  bayes += said.bayes;
  noisy_or += said.noisy_or;
  cosine += said.cosine;
  recent_noisy_or += said.recent_noisy_or;
  lift = std::max(lift, said.lift);
  support = std::max(support, said.support);
  recent_confidence = std::max(recent_confidence, said.recent_confidence);
  if (said.confidence > confidence) {
    if (speaking > 1) second = std::max(kNoSecond, confidence);
    confidence = said.confidence;
  } else {
    second = std::max(second, said.confidence);
  }
}

PairRanker::Evidence PairRanker::nothing_heard() {
  Evidence evidence;
  evidence.lift = evidence.confidence = kUnheard;
  evidence.support = evidence.recent_confidence = kUnheard;
  evidence.second = kNoSecond;
  return evidence;
}

void PairRanker::hear(std::uint32_t trigger) {
  const PairTerms* terms = index_.pairs.data() + pairs_.offset(trigger);
  for (const PairTarget& target : pairs_.of(trigger)) {
    std::uint32_t& place = places_[target.item];
    if (place == kNoPlace) {
      place = static_cast<std::uint32_t>(offer_count_++);
      offers_[place].item = target.item;
      evidence_[place] = nothing_heard();
    }
    evidence_[place].hear(*terms++);
  }
}

// A maximum cannot be taken back: what the removed line spoke for is heard anew from the others.
void PairRanker::forget(std::uint32_t removed) {
  for (const PairTarget& target : pairs_.of(removed)) {
    evidence_[places_[target.item]] = nothing_heard();
    is_heard_anew_[target.item] = 1;
  }
  for (const std::uint32_t trigger : triggers_) {
    const PairTerms* terms = index_.pairs.data() + pairs_.offset(trigger);
    for (const PairTarget& target : pairs_.of(trigger)) {
      if (is_heard_anew_[target.item] != 0) evidence_[places_[target.item]].hear(*terms);
      ++terms;
    }
  }
  for (const PairTarget& target : pairs_.of(removed)) {
    is_heard_anew_[target.item] = 0;
    const std::uint32_t place = places_[target.item];
    if (evidence_[place].speaking > 0) {
      weigh(place);
      continue;
    }
    const auto last = static_cast<std::uint32_t>(--offer_count_);
    places_[target.item] = kNoPlace;
    if (place == last) continue;
    offers_[place] = offers_[last];
    parts_[place] = parts_[last];
    evidence_[place] = evidence_[last];
    places_[offers_[place].item] = place;
  }
}

void PairRanker::weigh(std::uint32_t place) {
  using Term = RankerTerm;
  const Tables& t = tables();
  const Evidence& known = evidence_[place];
  const OfferTerms& own = index_.offers[offers_[place].item];
  const std::int64_t noisy_or = t.log_fixed(known.noisy_or);
  const std::int64_t speaking = t.log_of_count[known.speaking];
  const std::int64_t fixed =
      weight(Term::base) * own.base + weight(Term::lift) * known.lift +
      weight(Term::confidence) * known.confidence + weight(Term::second) * known.second +
      weight(Term::noisy_or) * noisy_or + weight(Term::support) * known.support +
      weight(Term::speaking) * speaking +
      weight(Term::recent_confidence) * known.recent_confidence +
      weight(Term::recent_noisy_or) * t.log_fixed(known.recent_noisy_or) +
      weight(Term::trend) * own.trend;
  const std::int64_t growing =
      weight(Term::lines_base) * own.base + weight(Term::lines_lift) * known.lift +
      weight(Term::lines_confidence) * known.confidence +
      weight(Term::lines_second) * known.second + weight(Term::lines_noisy_or) * noisy_or +
      weight(Term::lines_speaking) * speaking + weight(Term::lines_trend) * own.trend;
  parts_[place] = {saturated(fixed >> kPlaces),
                   saturated(growing >> kPlaces),
                   known.bayes,
                   own.absence,
                   known.cosine,
                   known.speaking};
}

void PairRanker::forget_all() {
  for (const RankedOffer& offer : offers()) places_[offer.item] = kNoPlace;
  offer_count_ = 0;
}

bool PairRanker::refresh() {
  if (!is_stale_) return false;
  is_stale_ = false;
  if (removed_count_ == 1) forget(removed_);
  if (removed_count_ > 1) {
    forget_all();
    for (const std::uint32_t trigger : triggers_) hear(trigger);
    for (std::uint32_t place = 0; place < offer_count_; ++place) weigh(place);
  }
  removed_count_ = 0;
  using Term = RankerTerm;
  const Tables& t = tables();
  const std::size_t k = triggers_.size();
  const std::int64_t lines = t.log_of_count[k];
  const std::int64_t temper = t.temper[k];
  const auto growing = [&](Term term, Term with_lines) {
    return weight(term) + product(weight(with_lines), lines);
  };
  const std::int64_t constant = growing(Term::always, Term::lines);
  const std::int64_t of_bayes = product(growing(Term::bayes, Term::lines_bayes), temper);
  const std::int64_t of_cosine = product(weight(Term::cosine), temper);
  const std::int64_t of_silent = growing(Term::silent, Term::lines_silent);
  const auto count = static_cast<std::int64_t>(k);
  for (std::size_t place = 0; place < offer_count_; ++place) {
    const Parts& parts = parts_[place];
    const std::int64_t sum =
        lines * parts.growing + of_bayes * (parts.bayes + count * parts.absence) +
        of_cosine * parts.cosine + of_silent * t.log_of_count[1 + k - parts.speaking];
    offers_[place].score = saturated(constant + parts.fixed + (sum >> kPlaces));
  }
  if (k > 0) add_last(lines);
  return true;
}

// What the line that came last says once more for its own offers.
void PairRanker::add_last(std::int64_t lines) {
  using Term = RankerTerm;
  const std::int64_t of_confidence =
      weight(Term::last_confidence) + product(weight(Term::lines_last_confidence), lines);
  const std::int64_t of_cosine =
      weight(Term::last_cosine) + product(weight(Term::lines_last_cosine), lines);
  const PairTerms* terms = index_.pairs.data() + pairs_.offset(triggers_.back());
  for (const PairTarget& target : pairs_.of(triggers_.back())) {
    const PairTerms& said = *terms++;
    std::int32_t& score = offers_[places_[target.item]].score;
    score = saturated(score + weight(Term::last) +
                      ((of_confidence * said.confidence + of_cosine * said.cosine) >> kPlaces));
  }
}

const PairTerms* PairRanker::last_for(std::uint32_t item) const {
  const auto targets = pairs_.of(triggers_.back());
  const auto found = std::find_if(targets.begin(), targets.end(),
                                  [&](const PairTarget& target) { return target.item == item; });
  if (found == targets.end()) return nullptr;
  return &index_.pairs[pairs_.offset(triggers_.back()) +
                       static_cast<std::size_t>(found - targets.begin())];
}

std::array<std::int32_t, kRankerTerms> PairRanker::terms(std::uint32_t item) const {
  const Tables& t = tables();
  const Evidence& known = evidence_[places_[item]];
  const OfferTerms& own = index_.offers[item];
  const std::size_t k = triggers_.size();
  const std::int64_t log_lines = t.log_of_count[k];
  std::array<std::int32_t, kRankerTerms> values{};
  const auto set = [&](RankerTerm term, std::int64_t value) {
    values[static_cast<std::size_t>(term)] = saturated(value);
  };
  const auto set_growing = [&](RankerTerm term, RankerTerm with_lines, std::int64_t value) {
    set(term, value);
    set(with_lines, product(value, log_lines));
  };
  using Term = RankerTerm;
  set_growing(Term::always, Term::lines, std::int64_t{1} << kPlaces);
  set_growing(Term::base, Term::lines_base, own.base);
  set_growing(Term::bayes, Term::lines_bayes,
              product(known.bayes + static_cast<std::int64_t>(k) * own.absence, t.temper[k]));
  set_growing(Term::lift, Term::lines_lift, known.lift);
  set_growing(Term::confidence, Term::lines_confidence, known.confidence);
  set_growing(Term::second, Term::lines_second, known.second);
  set_growing(Term::noisy_or, Term::lines_noisy_or, t.log_fixed(known.noisy_or));
  set(Term::cosine, product(known.cosine, t.temper[k]));
  set(Term::support, known.support);
  set_growing(Term::speaking, Term::lines_speaking, t.log_of_count[known.speaking]);
  set(Term::recent_confidence, known.recent_confidence);
  set(Term::recent_noisy_or, t.log_fixed(known.recent_noisy_or));
  set_growing(Term::trend, Term::lines_trend, own.trend);
  set_growing(Term::silent, Term::lines_silent, t.log_of_count[1 + k - known.speaking]);
  if (const PairTerms* const said = last_for(item)) {
    set(Term::last, std::int64_t{1} << kPlaces);
    set_growing(Term::last_confidence, Term::lines_last_confidence, said->confidence);
    set_growing(Term::last_cosine, Term::lines_last_cosine, said->cosine);
  }
  return values;
}

}  // namespace xsell::rules
