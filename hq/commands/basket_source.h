// Where evaluate and mine take past baskets from: the store, or a file without any store.
#ifndef XSELL_HQ_COMMANDS_BASKET_SOURCE_H_
#define XSELL_HQ_COMMANDS_BASKET_SOURCE_H_

#include <string>
#include <vector>

#include "hq/catalogue_store.h"
#include "hq/commands/session.h"
#include "hq/import/bad_lines.h"
#include "hq/mine/basket_table.h"

namespace CLI {
class App;
}

namespace xsell::hq {

struct BasketSourceOptions {
  std::string from;  // a day, or a file
  std::string until;
  std::vector<std::string> map;
  std::string time_format;
};

struct History {
  BasketTable table;
  std::vector<ItemName> items;                // by number; of a file: known, without names
  std::vector<std::string> names_of_baskets;  // empty: they are counted from 1
  bool has_times = true;
  bool has_clock_times = true;  // so that lines most likely stand in the order they were scanned

  std::string basket_name(std::size_t basket) const {
    return names_of_baskets.empty() ? std::to_string(basket + 1) : names_of_baskets[basket];
  }
};

void add_basket_source_options(CLI::App* command, BasketSourceOptions& options);

// Whether `from` names a file; then neither a store nor a user is needed.
bool is_from_file(const BasketSourceOptions& options);

// Fails: Refused when nothing is there.
History load_history(CommandSession& session, const BasketSourceOptions& options, BadLines& bad);

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_BASKET_SOURCE_H_
