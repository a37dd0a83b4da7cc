// The methods that a ranker must beat, each behind Recommender. Threads: one. The training data
// must outlive what these return.
#ifndef XSELL_HQ_EVALUATE_BASELINES_H_
#define XSELL_HQ_EVALUATE_BASELINES_H_

#include <memory>

#include "hq/evaluate/recommender.h"

namespace xsell::hq {

// Most baskets first.
std::unique_ptr<Recommender> train_popularity(const TrainingData& data);

// The best single rule (Agrawal, Imielinski, Swami 1993) by lift, or by confidence, among those
// with five baskets or more; what no rule reaches follows by popularity.
std::unique_ptr<Recommender> train_lift(const TrainingData& data);
std::unique_ptr<Recommender> train_confidence(const TrainingData& data);

// Item-kNN (Sarwar and others 2001): the sum of cosines, no cut of the neighbourhood.
std::unique_ptr<Recommender> train_cosine(const TrainingData& data);

// Leaky noisy-or (Pearl 1988, Henrion 1989): lambda 0.6, confidences shrunk by 10 baskets.
std::unique_ptr<Recommender> train_noisy_or(const TrainingData& data);

// Naive Bayes with the evidence of k items tempered by k^-0.7, counts smoothed by 50 baskets.
std::unique_ptr<Recommender> train_naive_bayes(const TrainingData& data);

// The best rule of one or two antecedents by confidence shrunk by 10 baskets, with five baskets or
// more; pairs of the first 20 items of a basket.
std::unique_ptr<Recommender> train_two_antecedents(const TrainingData& data);

// EASE^R (Steck 2019), lambda 500. Refused by nullptr over kMaxEaseItems items: it inverts a dense
// matrix of all pairs.
inline constexpr std::size_t kMaxEaseItems = 8000;
std::unique_ptr<Recommender> train_ease(const TrainingData& data);

}  // namespace xsell::hq

#endif  // XSELL_HQ_EVALUATE_BASELINES_H_
