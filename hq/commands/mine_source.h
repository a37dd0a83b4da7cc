// What mine works on: baskets of the store or of a file, and counts of earlier ones.
#ifndef XSELL_HQ_COMMANDS_MINE_SOURCE_H_
#define XSELL_HQ_COMMANDS_MINE_SOURCE_H_

#include <optional>
#include <string>
#include <vector>

#include "hq/catalogue_store.h"
#include "hq/commands/basket_source.h"
#include "hq/mine/history_counts.h"

namespace xsell::hq {

// Days of the year, the same every year: "11-15..12-31"; over New Year when it ends before it
// begins.
struct Season {
  int first = 0;  // month * 100 + day
  int last = 0;

  bool contains(std::int64_t time_s) const;
};
// Throws UsageError.
Season parse_season(const std::string& text);

struct MineSource {
  BasketSourceOptions baskets;
  std::string counts;
  std::optional<Season> season;
  bool wants_baskets = false;  // all of them, one by one: counts hold pairs only
  // What customers bought before is wanted: baskets, not counts of them.
  bool for_customers = false;

  // Neither a store nor a user is needed.
  bool is_all_from_files() const;
};

struct MiningHistory {
  // By number, in order of key. From a file: known, and without names.
  std::vector<ItemName> items;
  std::optional<HistoryCounts> past;  // of baskets before those in the table
  BasketTable table;
  bool has_times = true;
  bool has_scan_order = true;

  std::size_t basket_count() const {
    return table.basket_count() + (past ? past->basket_count : 0);
  }
  std::int64_t from_s() const;
  std::int64_t until_s() const;
  // For people: the name, or the key when there is none.
  const std::string& shown(std::uint32_t item) const {
    return items[item].name.empty() ? items[item].item : items[item].name;
  }
};

// Fails: Refused when nothing is there.
MiningHistory load_mining_history(CommandSession& session, const MineSource& source, BadLines& bad);

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_MINE_SOURCE_H_
