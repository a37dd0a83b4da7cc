#include "hq/commands/basket_source.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "hq/import/basket_file.h"
#include "hq/local_time.h"
#include "hq/time_range.h"

namespace xsell::hq {
namespace {

History load_from_file(const BasketSourceOptions& options, BadLines& bad) {
  if (!options.until.empty()) {
    throw UsageError("--until goes with baskets of the store, not with a file");
  }
  BasketFileOptions file_options;
  file_options.map = options.map;
  file_options.time_pattern = options.time_format;
  BasketFile file = read_basket_file(options.from, file_options, bad);
  History history;
  history.table = std::move(file.table);
  for (std::string& key : file.keys) {
    ItemName& item = history.items.emplace_back();
    item.item = std::move(key);
    item.is_known = true;
  }
  history.names_of_baskets = std::move(file.names_of_baskets);
  history.has_times = file.has_times;
  history.has_clock_times = file.has_clock_times;
  return history;
}

History load_from_store(CommandSession& session, const BasketSourceOptions& options) {
  History history;
  history.table = load_baskets(session.store(), parse_time_range(options.from, options.until));
  const auto names = load_item_names(session.store());
  for (const std::int64_t item_id : history.table.item_ids) {
    history.items.push_back(names.at(item_id));
  }
  const std::vector<std::int64_t>& times_s = history.table.times_s;
  history.has_times = !times_s.empty() && times_s.front() != times_s.back();
  history.has_clock_times = stands_in_scan_order(history.table);
  return history;
}

}  // namespace

void add_basket_source_options(CLI::App* command, BasketSourceOptions& options) {
  command->add_option("--from", options.from,
                      "First day of the baskets, such as 2026-03-01; or a file of baskets, which "
                      "needs no store:\nCSV as for import baskets (the time may be missing), or "
                      "FIMI (one basket a line)");
  command->add_option("--until", options.until,
                      "Last day of the baskets; later ones are held back, for a fair test");
  command->add_option("--map", options.map, "Columns of a CSV file, as for import baskets");
  command->add_option("--time-format", options.time_format,
                      "Pattern of the times in a CSV file, as for import baskets");
}

bool is_from_file(const BasketSourceOptions& options) {
  return !options.from.empty() && !parse_time(options.from);
}

History load_history(CommandSession& session, const BasketSourceOptions& options, BadLines& bad) {
  History history =
      is_from_file(options) ? load_from_file(options, bad) : load_from_store(session, options);
  if (history.table.basket_count() == 0) {
    throw Refused(is_from_file(options)
                      ? options.from + " holds no baskets"
                      : "there are no baskets in this range; see 'xsell-hq import baskets --help'");
  }
  return history;
}

}  // namespace xsell::hq
