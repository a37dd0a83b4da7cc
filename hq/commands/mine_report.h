// What `mine` says of what it found.
#ifndef XSELL_HQ_COMMANDS_MINE_REPORT_H_
#define XSELL_HQ_COMMANDS_MINE_REPORT_H_

#include <cstddef>
#include <cstdint>

#include "hq/commands/mine_options.h"
#include "hq/mine/surest_trial.h"
#include "hq/mine/two_antecedents.h"
#include "hq/output.h"

namespace xsell::hq {

struct Mined {
  RankedPack ranked;
  SurestTrial trial;
  std::int64_t min_score = 0;  // of a prompt; log odds, 65536 = 1
  TwoAntecedents two;
  std::size_t rejected = 0;           // rules left out as a review had it
  std::size_t items_with_margin = 0;  // of those in the baskets
  bool has_pack = true;               // else only pairs were counted
  double seconds = 0;
};

void show_mined(Output& output, const MineOptions& options, const MiningHistory& history,
                const Mined& mined);
Json mined_json(const MineOptions& options, const MiningHistory& history, const Mined& mined);

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_MINE_REPORT_H_
