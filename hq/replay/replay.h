#ifndef XSELL_HQ_REPLAY_REPLAY_H_
#define XSELL_HQ_REPLAY_REPLAY_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "hq/replay/past_baskets.h"
#include "hq/replay/past_purchases.h"
#include "hq/statistics.h"
#include "rules/catalogue.h"
#include "rules/model.h"

namespace xsell::hq {

struct ReplayOptions {
  bool has_pacing = true;  // else no caps a transaction, cool-downs, frequencies and budgets
  // An offer that was not bought later counts as declined, so that cool-downs begin; else as
  // passed over in silence.
  bool has_declines = false;
  int seconds_a_scan = 4;
};

// What a rule set would have done on past baskets.
struct ReplayFigures {
  // Prompts, and hits: the prompted item was bought later in that basket. Clustered by basket.
  using Tally = ClusteredShare;
  struct SilentRule {
    std::string rule_id;
    bool is_authored = false;  // else mined
    // Why, most often first; empty when nothing that it waits for was ever scanned.
    std::vector<std::pair<std::string, std::uint64_t>> reasons;
  };
  std::uint64_t baskets = 0;
  std::uint64_t scans = 0;
  Tally all;
  std::uint64_t prompted_baskets = 0;
  std::uint64_t most_in_a_basket = 0;
  std::size_t rule_count = 0;            // authored and switched on
  std::map<std::string, Tally> by_rule;  // "mined" for all mined pairs
  std::map<std::string, Tally> by_offer;
  std::vector<SilentRule> silent;  // of all rules that are on, and "mined"
  // Why offers were held back, over all rules, most often first.
  std::vector<std::pair<std::string, std::uint64_t>> drops;

  double prompts_a_basket() const;
  double hit_share() const;
  double silent_share() const;
  double most_frequent_offer_share() const;
};

// Plays baskets to the engine of the lanes, as a till would: begin, each line, subtotal, end. No
// basket tells on which lane it was, so that the cap on prompts an operator and hour is left out,
// and a store counts as one lane. Nobody is held out. Known customers' past is what was remembered
// and played before. Threads: one.
class Replay {
 public:
  // `store_groups`: the groups of each store, for rules that ask for them.
  Replay(rules::RuleSet rule_set, rules::Catalogue catalogue,
         std::map<std::string, std::vector<std::string>> store_groups, ReplayOptions options);
  ~Replay();

  void play(const PastBasket& basket);
  // Whether known customers' earlier baskets matter; remember() takes those before the first play.
  bool reminds() const { return reminds_; }
  void remember(const PastBasket& basket) { purchases_.add(basket); }
  ReplayFigures finish();

 private:
  struct Lane;
  Lane& lane_of(const std::string& store);

  rules::RuleSet rule_set_;
  rules::Catalogue catalogue_;
  const std::map<std::string, std::vector<std::string>> store_groups_;
  const ReplayOptions options_;
  bool asks_for_stores_ = false;  // else one lane serves for all
  bool reminds_ = false;          // known customers of what they bought before
  PastPurchases purchases_;
  std::map<std::string, std::unique_ptr<Lane>> lanes_;
  ReplayFigures figures_;
  std::uint64_t transaction_ = 0;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_REPLAY_REPLAY_H_
