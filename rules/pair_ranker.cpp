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
    : pairs_(pairs), index_(index), evidence_(index.offers.size()) {
  tables();
  std::vector<bool> is_target(index.offers.size(), false);
  for (const PairTarget& target : pairs.values()) is_target[target.item] = true;
  offers_.resize(static_cast<std::size_t>(std::count(is_target.begin(), is_target.end(), true)));
  triggers_.reserve(kMaxLines);
}

void PairRanker::add(std::uint32_t trigger) {
  if (pairs_.of(trigger).empty() || triggers_.size() == kMaxLines) return;
  triggers_.push_back(trigger);
  is_stale_ = true;
  if (!is_broken_) hear(trigger);
}

void PairRanker::remove(std::uint32_t trigger) {
  const auto found = std::find(triggers_.begin(), triggers_.end(), trigger);
  if (found == triggers_.end()) return;
  triggers_.erase(found);
  is_stale_ = is_broken_ = true;
}

void PairRanker::hear(std::uint32_t trigger) {
  const auto targets = pairs_.of(trigger);
  const PairTerms* terms = index_.pairs.data() + pairs_.offset(trigger);
  for (const PairTarget& target : targets) {
    const PairTerms& said = *terms++;
    Evidence& known = evidence_[target.item];
    if (known.speaking == 0) {
      known.lift = known.confidence = known.support = known.recent_confidence = kUnheard;
      known.second = kNoSecond;
      known.place = static_cast<std::uint32_t>(offer_count_);
      offers_[offer_count_++].item = target.item;
    }
    ++known.speaking;
    known.bayes += said.bayes;
    known.noisy_or += said.noisy_or;
    known.cosine += said.cosine;
    known.recent_noisy_or += said.recent_noisy_or;
    known.lift = std::max(known.lift, said.lift);
    known.support = std::max(known.support, said.support);
    known.recent_confidence = std::max(known.recent_confidence, said.recent_confidence);
    if (said.confidence > known.confidence) {
      if (known.speaking > 1) known.second = std::max(kNoSecond, known.confidence);
      known.confidence = said.confidence;
    } else {
      known.second = std::max(known.second, said.confidence);
    }
  }
}

void PairRanker::forget_all() {
  for (const RankedOffer& offer : offers()) evidence_[offer.item] = {};
  offer_count_ = 0;
}

bool PairRanker::refresh() {
  if (!is_stale_) return false;
  is_stale_ = false;
  if (is_broken_) {
    is_broken_ = false;
    forget_all();
    for (const std::uint32_t trigger : triggers_) hear(trigger);
  }
  const Tables& t = tables();
  const std::size_t k = triggers_.size();
  const std::int64_t lines = t.log_of_count[k];
  const std::int64_t temper = t.temper[k];
  const auto weight = [&](RankerTerm term) -> std::int64_t {
    return index_.ranker.weights[static_cast<std::size_t>(term)];
  };
  const auto growing = [&](RankerTerm term, RankerTerm with_lines) {
    return weight(term) + product(weight(with_lines), lines);
  };
  using Term = RankerTerm;
  const std::int64_t constant = growing(Term::always, Term::lines);
  const std::int64_t of_base = growing(Term::base, Term::lines_base);
  const std::int64_t of_bayes = product(growing(Term::bayes, Term::lines_bayes), temper);
  const std::int64_t of_lift = growing(Term::lift, Term::lines_lift);
  const std::int64_t of_confidence = growing(Term::confidence, Term::lines_confidence);
  const std::int64_t of_second = growing(Term::second, Term::lines_second);
  const std::int64_t of_noisy_or = growing(Term::noisy_or, Term::lines_noisy_or);
  const std::int64_t of_cosine = product(weight(Term::cosine), temper);
  const std::int64_t of_support = weight(Term::support);
  const std::int64_t of_speaking = growing(Term::speaking, Term::lines_speaking);
  const std::int64_t of_recent_confidence = weight(Term::recent_confidence);
  const std::int64_t of_recent_noisy_or = weight(Term::recent_noisy_or);
  const std::int64_t of_trend = growing(Term::trend, Term::lines_trend);
  const auto count = static_cast<std::int64_t>(k);
  for (std::size_t i = 0; i < offer_count_; ++i) {
    RankedOffer& offer = offers_[i];
    const Evidence& known = evidence_[offer.item];
    const OfferTerms& own = index_.offers[offer.item];
    const std::int64_t sum =
        of_base * own.base + of_bayes * (known.bayes + count * own.absence) + of_lift * known.lift +
        of_confidence * known.confidence + of_second * known.second +
        of_noisy_or * t.log_fixed(known.noisy_or) + of_cosine * known.cosine +
        of_support * known.support + of_speaking * t.log_of_count[known.speaking] +
        of_recent_confidence * known.recent_confidence +
        of_recent_noisy_or * t.log_fixed(known.recent_noisy_or) + of_trend * own.trend;
    offer.score = saturated(constant + (sum >> kPlaces));
  }
  return true;
}

std::array<std::int32_t, kRankerTerms> PairRanker::terms(std::uint32_t item) const {
  const Tables& t = tables();
  const Evidence& known = evidence_[item];
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
  return values;
}

}  // namespace xsell::rules
