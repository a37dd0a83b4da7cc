#ifndef XSELL_HQ_COMMANDS_MINE_OPTIONS_H_
#define XSELL_HQ_COMMANDS_MINE_OPTIONS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "hq/commands/mine_source.h"
#include "hq/mine/pack.h"
#include "hq/mine/rules_document.h"
#include "hq/mine/two_antecedent_document.h"

namespace xsell::hq {

struct MineOptions {
  std::string out;
  std::string write_counts;
  std::string write_pairs;
  MineSource source;
  std::string season;
  std::vector<std::string> leave_out;
  MinedTexts texts;
  std::string reason_of_two = TwoAntecedentTexts().reason;
  PackOptions pack;
  double surest_percent = 15;
  double surprise = 0;
  std::string margins;
  double margin_power = 1;
  std::size_t top = 20;
  bool leaves_out_variants = false;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_MINE_OPTIONS_H_
