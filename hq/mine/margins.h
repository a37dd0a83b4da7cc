#ifndef XSELL_HQ_MINE_MARGINS_H_
#define XSELL_HQ_MINE_MARGINS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "hq/import/bad_lines.h"
#include "hq/mine/pack.h"

namespace xsell::hq {

// What a sale of each item earns, by item key, in any unit that is the same for all.
using Margins = std::unordered_map<std::string, double>;

// A table with the columns item and margin; lines that can't be used go to bad.
Margins read_margins(const std::string& path, BadLines& bad);

// What each item's margin makes of its place among the offers: its ratio to the mean margin of a
// sale, to this power, in thousandths and within what rules files allow. An item without a margin
// is as any; one that earns nothing is worth least. Margins themselves leave headquarters in no
// other form. Requires: counts of the items that the pack numbers.
std::vector<std::int32_t> boosts_of(const Margins& margins, const Pack& pack, double power,
                                    const std::function<const std::string&(std::uint32_t)>& key_of);

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_MARGINS_H_
