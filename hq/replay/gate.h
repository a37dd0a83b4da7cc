#ifndef XSELL_HQ_REPLAY_GATE_H_
#define XSELL_HQ_REPLAY_GATE_H_

#include <optional>
#include <string>
#include <vector>

#include "hq/output.h"
#include "hq/replay/replay.h"
#include "hq/store.h"

namespace xsell::hq {

// What a rule set must keep to on the latest baskets before it may be published.
struct Gate {
  std::optional<double> max_prompts_a_basket;
  std::optional<double> min_hit_percent;
  std::optional<double> max_silent_percent;     // of the authored rules that are on
  std::optional<double> max_one_offer_percent;  // of the prompts, for the most frequent offer
  int days = 28;
  std::int64_t min_baskets = 100;  // fewer can't tell

  bool is_set() const {
    return max_prompts_a_basket || min_hit_percent || max_silent_percent || max_one_offer_percent;
  }
  // What the figures break, one sentence each.
  std::vector<std::string> broken_by(const ReplayFigures& figures) const;
};

Gate load_gate(HqStore& store);
void save_gate(HqStore& store, const Gate& gate);
Json to_json(const Gate& gate);

}  // namespace xsell::hq

#endif  // XSELL_HQ_REPLAY_GATE_H_
