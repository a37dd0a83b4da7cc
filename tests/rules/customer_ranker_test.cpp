#include "rules/customer_ranker.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/rules/ranker_pack.h"

namespace xsell::rules {
namespace {

class CustomerRankerTest : public testing::Test {
 protected:
  CustomerRankerTest() {
    for (const std::uint32_t item : {3u, 60u, 61u}) lines_.add(item);
    lines_.refresh();
  }

  std::uint32_t spoken_for() const { return lines_.offers().front().item; }
  std::uint32_t silent() const {
    std::uint32_t item = 0;
    while (lines_.is_spoken_for(item)) ++item;
    return item;
  }
  double term(std::uint32_t item, ReplenishmentTerm term) const {
    return ranker_.terms(item)[static_cast<std::size_t>(term)] / 65536.0;
  }

  const RankerPack pack_{400, 20};
  PairRanker lines_{pack_.pairs, pack_.index};
  CustomerRanker ranker_{lines_, pack_.index};
  CustomerPast past_;
};

TEST_F(CustomerRankerTest, TermsAreWhatTheyAreNamedAfter) {
  using Term = ReplenishmentTerm;
  past_.items.push({silent(), 3, 9});
  past_.items.push({spoken_for(), 1, 0});
  past_.visits = 4;
  ranker_.identify(past_);
  ranker_.refresh();
  const double lines = std::log(4);
  EXPECT_NEAR(term(silent(), Term::bought), 1, 1e-9);
  EXPECT_NEAR(term(silent(), Term::bought_score), 0, 1e-9);
  EXPECT_NEAR(term(silent(), Term::bought_silent), 1, 1e-9);
  EXPECT_NEAR(term(silent(), Term::bought_base), pack_.index.offers[silent()].base / 65536.0, 1e-4);
  EXPECT_NEAR(term(silent(), Term::bought_unlisted), 0, 1e-9);
  EXPECT_NEAR(term(silent(), Term::bought_habit), std::log(3.5 / 2), 1e-4);
  EXPECT_NEAR(term(silent(), Term::bought_times), std::log(3), 1e-4);
  EXPECT_NEAR(term(silent(), Term::bought_days), std::log(10), 1e-4);
  EXPECT_NEAR(term(silent(), Term::bought_visits), std::log(5), 1e-4);
  EXPECT_NEAR(term(silent(), Term::bought_range), std::log(2), 1e-4);
  const double habit = std::log(3.5 / 2), size = std::log(4.0 / 4);
  EXPECT_NEAR(term(silent(), Term::bought_size), size, 1e-4);
  EXPECT_NEAR(term(silent(), Term::bought_last), 0, 1e-9);
  EXPECT_NEAR(term(spoken_for(), Term::bought_last), 1, 1e-9);
  EXPECT_NEAR(term(silent(), Term::bought_since), std::log(1), 1e-4);
  EXPECT_NEAR(term(silent(), Term::bought_either), habit, 1e-4);
  EXPECT_NEAR(term(silent(), Term::bought_score_habit), 0, 1e-9);
  EXPECT_NEAR(term(silent(), Term::bought_habit_squared), habit * habit, 1e-3);
  EXPECT_NEAR(term(silent(), Term::bought_habit_visits), habit * std::log(5), 1e-3);
  EXPECT_NEAR(term(silent(), Term::bought_habit_size), habit * size, 1e-3);
  EXPECT_NEAR(term(silent(), Term::bought_habit_days), habit * std::log(10), 1e-3);
  EXPECT_NEAR(term(silent(), Term::bought_lines_size), lines * size, 1e-3);
  EXPECT_NEAR(term(silent(), Term::bought_lines), lines, 1e-4);
  EXPECT_NEAR(term(silent(), Term::bought_lines_habit), lines * std::log(3.5 / 2), 1e-4);
  EXPECT_NEAR(term(silent(), Term::bought_lines_score), 0, 1e-9);
  const double score = lines_.score(spoken_for()) / 65536.0;
  EXPECT_NEAR(term(spoken_for(), Term::bought_score), score, 1e-4);
  EXPECT_NEAR(term(spoken_for(), Term::bought_silent), 0, 1e-9);
  EXPECT_NEAR(term(spoken_for(), Term::bought_lines_score), lines * score, 1e-3);
  const double often = std::log(1.5 / 4);
  EXPECT_NEAR(term(spoken_for(), Term::bought_score_habit), score * often, 1e-3);
  EXPECT_NEAR(term(spoken_for(), Term::bought_either), std::log(std::exp(score) + std::exp(often)),
              2e-3);
  const std::uint32_t other = lines_.offers()[1].item;
  EXPECT_NEAR(term(other, Term::bought), 0, 1e-9);
  EXPECT_NEAR(term(other, Term::other), 1, 1e-9);
  EXPECT_NEAR(term(other, Term::other_score), lines_.score(other) / 65536.0, 1e-4);
  EXPECT_NEAR(term(other, Term::other_visits), std::log(5), 1e-4);
  EXPECT_NEAR(term(other, Term::other_range), std::log(2), 1e-4);
  EXPECT_NEAR(term(other, Term::other_size), size, 1e-4);
  EXPECT_NEAR(term(other, Term::other_lines), lines, 1e-4);
  EXPECT_NEAR(term(other, Term::other_lines_score), lines * lines_.score(other) / 65536.0, 1e-3);
  EXPECT_NEAR(term(other, Term::other_lines_size), lines * size, 1e-4);
}

TEST_F(CustomerRankerTest, ScoresAreTheWeightedTerms) {
  past_.items.push({silent(), 3, 9});
  past_.items.push({spoken_for(), 2, 40});
  past_.visits = 4;
  ranker_.identify(past_);
  ranker_.refresh();
  ASSERT_EQ(ranker_.offers().size(), lines_.offers().size() + 1);
  for (const RankedOffer& offer : ranker_.offers()) {
    const auto terms = ranker_.terms(offer.item);
    double sum = 0;
    for (std::size_t t = 0; t < kReplenishmentTerms; ++t) {
      sum += static_cast<double>(pack_.index.replenishment.weights[t]) * terms[t] / 65536;
    }
    EXPECT_NEAR(offer.score, sum, 64) << offer.item;  // of 65536: what rounding leaves
    EXPECT_EQ(offer.score, ranker_.score(offer.item));
  }
}

TEST_F(CustomerRankerTest, HistoriesWithoutEndCountAsLong) {
  past_.items.push({silent(), 2'000'000'000, 2'000'000'000});
  past_.visits = 2'000'000'000;
  ranker_.identify(past_);
  ranker_.refresh();
  EXPECT_NEAR(term(silent(), ReplenishmentTerm::bought_times), std::log(4096), 1e-4);
  EXPECT_NEAR(term(silent(), ReplenishmentTerm::bought_days), std::log(4096), 1e-4);
}

// Nothing of one customer is left when the next one comes.
TEST_F(CustomerRankerTest, AnotherCustomerIsAnother) {
  past_.items.push({silent(), 3, 9});
  ranker_.identify(past_);
  CustomerPast other;
  other.items.push({spoken_for(), 1, 1});
  ranker_.identify(other);
  ranker_.refresh();
  EXPECT_FALSE(ranker_.has_bought(silent()));
  EXPECT_EQ(ranker_.offers().size(), lines_.offers().size());
  ranker_.identify({});
  EXPECT_FALSE(ranker_.is_known());
}

}  // namespace
}  // namespace xsell::rules
