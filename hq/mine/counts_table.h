#ifndef XSELL_HQ_MINE_COUNTS_TABLE_H_
#define XSELL_HQ_MINE_COUNTS_TABLE_H_

#include <iosfwd>
#include <string>
#include <vector>

#include "hq/import/bad_lines.h"
#include "hq/mine/history_counts.h"

namespace xsell::hq {

// Counts with the items they are of, by number.
struct NamedCounts {
  HistoryCounts counts;
  std::vector<std::string> keys;
};

// The table form, which any database can make (hq/counts/*.sql, docs/counts.md): columns item,
// other_item, baskets, recent, from, until. A row with two items counts a pair, once, whichever
// comes first; with one, an item; the row with none counts all baskets and says when they were.
// Fails: Refused when the row of all baskets is missing, or a pair has an item without a row; lines
// that can't be used go to `bad`.
NamedCounts read_counts_table(const std::string& path, BadLines& bad);

void write_counts_table(std::ostream& out, const HistoryCounts& counts,
                        const std::vector<std::string>& keys);

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_COUNTS_TABLE_H_
