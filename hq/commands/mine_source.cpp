#include "hq/commands/mine_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "hq/local_time.h"
#include "hq/mine/counts_table.h"
#include "hq/mine/month_counts.h"
#include "hq/mine/ranker_fit.h"
#include "hq/progress.h"
#include "hq/time_range.h"

namespace xsell::hq {
namespace {

// Of the baskets, those that a ranker is fitted on and some more, since baskets that come to
// nothing are not known before.
constexpr double kLaterShare = kFitShare + 0.05;

int day_of_year(std::int64_t time_s) {
  const auto days =
      std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(time_s)));
  const std::chrono::year_month_day date(days);
  return static_cast<int>(static_cast<unsigned>(date.month()) * 100 +
                          static_cast<unsigned>(date.day()));
}

// Keeps the baskets that `is_wanted` says yes to.
template <typename IsWanted>
void keep_baskets(BasketTable& table, IsWanted is_wanted) {
  std::size_t kept = 0;
  std::size_t end = 0;
  std::size_t from = 0;
  for (std::size_t basket = 0; basket < table.times_s.size(); ++basket) {
    const std::size_t until = table.begins[basket + 1];
    if (is_wanted(table.times_s[basket])) {
      if (!table.customers.empty()) table.customers[kept] = table.customers[basket];
      table.times_s[kept++] = table.times_s[basket];
      while (from < until) table.items[end++] = table.items[from++];
      table.begins[kept] = end;
    }
    from = until;
  }
  table.items.resize(end);
  table.begins.resize(kept + 1);
  table.times_s.resize(kept);
  if (!table.customers.empty()) table.customers.resize(kept);
}

// The items of a history before they have their places.
struct NamedTable {
  std::vector<ItemName> names;  // by the table's numbers
  BasketTable table;
};

// From numbers that are items.item_id, most of which may have no basket here, to the items named.
std::vector<ItemName> drop_items_without_baskets(
    HistoryCounts& counts, const std::unordered_map<std::int64_t, ItemName>& names) {
  std::vector<ItemName> kept;
  std::vector<std::uint32_t> numbers(counts.item_counts.size(), 0);
  for (std::size_t id = 0; id < counts.item_counts.size(); ++id) {
    if (counts.item_counts[id] == 0) continue;
    numbers[id] = static_cast<std::uint32_t>(kept.size());
    kept.push_back(names.at(static_cast<std::int64_t>(id)));
  }
  renumber(counts, numbers, kept.size());
  return kept;
}

// Months that were counted before come as counts, unless the baskets themselves are wanted.
NamedTable load_from_store(CommandSession& session, const TimeRange& range, bool wants_baskets,
                           std::optional<NamedCounts>& past, std::vector<ItemName>& names_of_past) {
  NamedTable loaded;
  if (wants_baskets) {
    loaded.table = load_baskets(session.store(), range);
  } else {
    std::size_t months = 0;
    Progress progress(session.output(), "Counting", 0, "months");
    CountedBaskets counted = load_counted_baskets(session.store(), range, kLaterShare,
                                                  [&](std::int64_t) { progress.update(++months); });
    loaded.table = std::move(counted.later);
    const std::size_t all = counted.past.basket_count + loaded.table.basket_count();
    if (static_cast<double>(loaded.table.basket_count()) < kFitShare * static_cast<double>(all)) {
      loaded.table = load_baskets(session.store(), range);
    } else if (counted.past.basket_count > 0) {
      past.emplace();
      past->counts = std::move(counted.past);
    }
  }
  const auto names = load_item_names(session.store());
  for (const std::int64_t item_id : loaded.table.item_ids) {
    loaded.names.push_back(names.at(item_id));
  }
  if (past && !wants_baskets) names_of_past = drop_items_without_baskets(past->counts, names);
  return loaded;
}

ItemName unnamed(std::string key, bool is_known) {
  ItemName name;
  name.item = std::move(key);
  name.is_known = is_known;
  return name;
}

// Names for items of a counts file, as far as the store has them.
std::vector<ItemName> name_items(CommandSession& session, std::vector<std::string> keys,
                                 bool has_store) {
  std::unordered_map<std::string, ItemName> known;
  if (has_store) {
    for (auto& [id, name] : load_item_names(session.store())) {
      std::string key = name.item;
      known.emplace(std::move(key), std::move(name));
    }
  }
  std::vector<ItemName> names;
  for (std::string& key : keys) {
    const auto found = known.find(key);
    if (found != known.end()) {
      names.push_back(std::move(found->second));
    } else {
      names.push_back(unnamed(std::move(key), !has_store));
    }
  }
  return names;
}

// Numbers all items in the order of their keys, so that the same baskets give the same rules
// wherever they were counted.
MiningHistory put_in_order(NamedTable loaded, std::optional<NamedCounts> counts,
                           std::vector<ItemName> names_of_counts) {
  MiningHistory history;
  history.items = std::move(names_of_counts);
  const std::size_t counted = history.items.size();
  history.items.insert(history.items.end(), std::make_move_iterator(loaded.names.begin()),
                       std::make_move_iterator(loaded.names.end()));
  std::vector<std::uint32_t> order(history.items.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return history.items[a].item < history.items[b].item;
  });
  std::vector<std::uint32_t> numbers(order.size());
  std::vector<ItemName> sorted;
  for (const std::uint32_t old : order) {
    if (sorted.empty() || sorted.back().item != history.items[old].item) {
      sorted.push_back(std::move(history.items[old]));
    }
    numbers[old] = static_cast<std::uint32_t>(sorted.size() - 1);
  }
  history.items = std::move(sorted);

  history.table = std::move(loaded.table);
  for (std::uint32_t& item : history.table.items) item = numbers[counted + item];
  history.table.item_ids.resize(history.items.size());
  std::iota(history.table.item_ids.begin(), history.table.item_ids.end(), std::int64_t{0});
  if (counts) {
    renumber(counts->counts, numbers, history.items.size());
    history.table.first_index = counts->counts.basket_count;
    history.past = std::move(counts->counts);
  }
  return history;
}

}  // namespace

bool Season::contains(std::int64_t time_s) const {
  const int day = day_of_year(time_s);
  return first <= last ? day >= first && day <= last : day >= first || day <= last;
}

Season parse_season(const std::string& text) {
  int first_month = 0, first_day = 0, last_month = 0, last_day = 0, size = 0;
  const int read = std::sscanf(text.c_str(), "%2d-%2d..%2d-%2d%n", &first_month, &first_day,
                               &last_month, &last_day, &size);
  const auto is_day = [](int month, int day) {
    return std::chrono::year_month_day(std::chrono::year(2024),
                                       std::chrono::month(static_cast<unsigned>(month)),
                                       std::chrono::day(static_cast<unsigned>(day)))
        .ok();
  };
  if (read != 4 || static_cast<std::size_t>(size) != text.size() ||
      !is_day(first_month, first_day) || !is_day(last_month, last_day)) {
    throw UsageError(fmt::format("--season {}: write two days such as 11-15..12-31", text));
  }
  return {first_month * 100 + first_day, last_month * 100 + last_day};
}

bool MineSource::is_all_from_files() const { return is_from_file(baskets); }

std::int64_t MiningHistory::from_s() const {
  return past && past->basket_count > 0 ? past->from_s : table.times_s.front();
}

std::int64_t MiningHistory::until_s() const {
  return table.times_s.empty() ? past->until_s : table.times_s.back();
}

MiningHistory load_mining_history(CommandSession& session, const MineSource& source,
                                  BadLines& bad) {
  const bool has_store = !source.is_all_from_files();
  std::optional<NamedCounts> counts;
  std::vector<ItemName> names_of_counts;
  if (!source.counts.empty()) {
    if (source.wants_baskets) {
      throw UsageError("--two-antecedents with --counts: counts hold pairs only; leave one out");
    }
    if (source.season) {
      throw UsageError("--season with --counts: let what counts keep to the season");
    }
    counts = read_counts_table(source.counts, bad);
    names_of_counts = name_items(session, std::move(counts->keys), has_store);
  }

  NamedTable loaded;
  bool has_times = true;
  bool has_scan_order = true;
  if (has_store) {
    TimeRange range = parse_time_range(source.baskets.from, source.baskets.until);
    if (counts) range.from_s = std::max(range.from_s, counts->counts.until_s + 1);
    const bool wants_baskets = counts.has_value() || source.season.has_value() ||
                               source.wants_baskets || source.for_customers;
    loaded = load_from_store(session, range, wants_baskets, counts, names_of_counts);
    has_scan_order = stands_in_scan_order(loaded.table);
  } else {
    History file = load_history(session, source.baskets, bad);
    loaded.table = std::move(file.table);
    loaded.names = std::move(file.items);
    has_times = file.has_times;
    has_scan_order = file.has_clock_times;
    if (counts && has_times) {
      keep_baskets(loaded.table,
                   [&](std::int64_t time_s) { return time_s > counts->counts.until_s; });
    }
  }
  if (source.season) {
    if (!has_times) throw UsageError("--season: these baskets have no times");
    keep_baskets(loaded.table,
                 [&](std::int64_t time_s) { return source.season->contains(time_s); });
  }
  MiningHistory history =
      put_in_order(std::move(loaded), std::move(counts), std::move(names_of_counts));
  history.has_times = has_times;
  history.has_scan_order = has_scan_order;
  if (history.basket_count() == 0) {
    throw Refused("there are no baskets in this range; see 'xsell-hq import baskets --help'");
  }
  return history;
}

}  // namespace xsell::hq
