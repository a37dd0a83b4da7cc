#include "hq/mine/month_counts.h"

#include <zstd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <vector>

#include "hq/errors.h"
#include "hq/local_time.h"
#include "rules/flat_archive.h"
#include "rules/stable_hash.h"

namespace xsell::hq {
namespace {

using offline_cache::Statement;

constexpr std::uint32_t kFormat = 2;
constexpr int kLevel = 1;

// In this machine's own byte order: the counts never leave it, and can be made again.
std::string pack_counts(const HistoryCounts& counts) {
  std::string bytes;
  const rules::ByteSink sink = [&](std::string_view part) { bytes += part; };
  rules::FlatWriter write(sink);
  write(kFormat, counts);
  std::string packed(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size =
      ZSTD_compress(packed.data(), packed.size(), bytes.data(), bytes.size(), kLevel);
  if (ZSTD_isError(size) != 0) throw Refused("the counts of a month can't be packed");
  packed.resize(size);
  return packed;
}

bool unpack_counts(std::span<const std::byte> packed, HistoryCounts& counts) {
  const auto size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR) return false;
  std::string bytes(size, '\0');
  if (ZSTD_decompress(bytes.data(), size, packed.data(), packed.size()) != size) return false;
  std::string_view left = bytes;
  const rules::ByteSource source = [&](void* to, std::size_t count) {
    std::memcpy(to, left.data(), count);
    left.remove_prefix(count);
    return true;
  };
  rules::FlatReader read(size, source);
  std::uint32_t format = 0;
  read(format);
  if (format != kFormat) return false;
  read(counts);
  return read.is_at_end();
}

// Of the returns that take something from baskets of each month.
std::map<std::int64_t, std::uint64_t> hash_returns(HqStore& store,
                                                   const ReturnedQuantities& returned) {
  Statement time = store.prepare("SELECT local_time_s FROM baskets WHERE basket_id = ?");
  std::map<std::int64_t, std::uint64_t> hashes;
  for (const auto& [from, quantity_milli] : returned) {
    time.bind_all(from.basket_id).step();
    const std::uint64_t hash = rules::mix_bits(
        rules::mix_bits(rules::mix_bits(static_cast<std::uint64_t>(from.basket_id)) ^
                        static_cast<std::uint64_t>(from.item_id)) ^
        static_cast<std::uint64_t>(quantity_milli));
    hashes[month_of(time.column_int64(0))] += hash;  // in any order
    time.reset();
  }
  return hashes;
}

// Counts by items.item_id.
HistoryCounts count_month(const BasketTable& table) {
  HistoryCounts counts = count_history(table, 0, table.basket_count());
  std::vector<std::uint32_t> numbers;
  std::size_t item_count = 0;
  for (const std::int64_t id : table.item_ids) {
    numbers.push_back(static_cast<std::uint32_t>(id));
    item_count = std::max(item_count, static_cast<std::size_t>(id) + 1);
  }
  renumber(counts, numbers, item_count);
  return counts;
}

struct Month {
  std::int64_t month = 0;
  std::uint64_t baskets = 0;  // some of which may come to nothing
};

std::vector<Month> months_of(HqStore& store, const TimeRange& range) {
  Statement days = store.prepare(
      "SELECT local_time_s / 86400, count(*) FROM baskets "
      "WHERE local_time_s >= ? AND local_time_s < ? GROUP BY 1 ORDER BY 1");
  days.bind_all(range.from_s, range.until_s);
  std::vector<Month> months;
  while (days.step()) {
    const std::int64_t month = month_of(days.column_int64(0) * kSecondsPerDay);
    if (months.empty() || months.back().month != month) months.push_back({month, 0});
    months.back().baskets += static_cast<std::uint64_t>(days.column_int64(1));
  }
  return months;
}

struct KeptMonth {
  std::int64_t month;
  std::int64_t returns;
  std::string counts;
};

// One moment for all that is read, whoever imports meanwhile.
class Snapshot {
 public:
  explicit Snapshot(HqStore& store) : store_(store) { store_.database().execute("BEGIN"); }
  ~Snapshot() { store_.database().execute("COMMIT"); }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  HqStore& store_;
};

constexpr std::string_view kChanges = "basket_changes";

std::string basket_changes(HqStore& store) { return store.setting(kChanges).value_or("0"); }

void read_counted_baskets(HqStore& store, const TimeRange& range, double later_share,
                          const std::function<void(std::int64_t month)>& on_month,
                          CountedBaskets& result, std::vector<KeptMonth>& to_keep) {
  const Snapshot snapshot(store);
  const ReturnedQuantities returned = find_returned(store);
  const auto hashes = hash_returns(store, returned);
  const std::vector<Month> months = months_of(store, range);
  Statement find = store.prepare("SELECT returns, counts FROM month_counts WHERE month = ?");
  std::uint64_t left = 0;
  for (const Month& month : months) left += month.baskets;
  const auto wanted = static_cast<double>(left) * later_share;
  for (const Month& month : months) {
    const TimeRange whole = range_of_month(month.month);
    const bool is_whole = whole.from_s >= range.from_s && whole.until_s <= range.until_s;
    // A range that begins inside a month: that month is counted, and its counts not kept.
    const TimeRange part = {.from_s = std::max(whole.from_s, range.from_s),
                            .until_s = std::min(whole.until_s, range.until_s)};
    if (static_cast<double>(left - month.baskets) < wanted) {
      result.later = load_baskets(store, {part.from_s, range.until_s}, returned);
      break;
    }
    left -= month.baskets;
    const auto hash_of = hashes.find(month.month);
    const auto hash = static_cast<std::int64_t>(hash_of == hashes.end() ? 0 : hash_of->second);
    HistoryCounts counts;
    bool is_known = false;
    if (is_whole) {
      find.bind_all(month.month);
      is_known =
          find.step() && find.column_int64(0) == hash && unpack_counts(find.column_blob(1), counts);
      find.reset();
    }
    if (!is_known) {
      on_month(month.month);
      ++result.counted_months;
      counts = count_month(load_baskets(store, part, returned));
      if (is_whole) {
        to_keep.push_back({month.month, hash, pack_counts(counts)});
      }
    }
    add_counts(result.past, counts);
  }
}

// Nothing, if baskets changed since they were counted.
void keep_months(HqStore& store, const std::vector<KeptMonth>& months,
                 const std::string& changes_before) {
  if (months.empty()) return;
  offline_cache::Transaction transaction(store.database());
  if (basket_changes(store) != changes_before) return;
  Statement keep = store.prepare(
      "INSERT OR REPLACE INTO month_counts (month, returns, counts) VALUES (?, ?, ?)");
  for (const KeptMonth& month : months) {
    keep.run(month.month, month.returns, std::as_bytes(std::span(month.counts)));
  }
  transaction.commit();
}

}  // namespace

std::int64_t month_of(std::int64_t time_s) {
  const auto day =
      std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(time_s)));
  const std::chrono::year_month_day date(day);
  return std::int64_t{static_cast<int>(date.year())} * 12 + static_cast<unsigned>(date.month()) - 1;
}

TimeRange range_of_month(std::int64_t month) {
  const auto first_of = [](std::int64_t m) {
    const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(m / 12)),
                                           std::chrono::month(static_cast<unsigned>(m % 12 + 1)),
                                           std::chrono::day(1));
    return std::chrono::sys_seconds(std::chrono::sys_days(date)).time_since_epoch().count();
  };
  return {.from_s = first_of(month), .until_s = first_of(month + 1)};
}

void forget_month(HqStore& store, std::int64_t month) {
  store.prepare("DELETE FROM month_counts WHERE month = ?").run(month);
}

CountedBaskets load_counted_baskets(HqStore& store, const TimeRange& range, double later_share,
                                    const std::function<void(std::int64_t month)>& on_month) {
  std::vector<KeptMonth> to_keep;
  CountedBaskets result;
  const std::string changes = basket_changes(store);
  read_counted_baskets(store, range, later_share, on_month, result, to_keep);
  keep_months(store, to_keep, changes);
  return result;
}

void note_basket_change(HqStore& store) {
  store.set_setting(kChanges, std::to_string(std::stoull(basket_changes(store)) + 1));
}

}  // namespace xsell::hq
