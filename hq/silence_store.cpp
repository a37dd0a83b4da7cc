#include "hq/silence_store.h"

#include <algorithm>
#include <utility>

namespace xsell::hq {
namespace {

using offline_cache::Statement;
using rules::JsonValue;

constexpr std::size_t kMaxWordBytes = 63;

std::optional<std::int64_t> number_of(const JsonValue& json, std::string_view name) {
  const JsonValue* value = json.find(name);
  if (value == nullptr || !value->is_integer() || value->integer < 0) return std::nullopt;
  return value->integer;
}

bool is_row(const JsonValue& row) {
  return row.is_array() && row.items.size() == 3 && row.items[0].is_string() &&
         row.items[0].text.size() <= kMaxWordBytes && row.items[1].is_string() &&
         !row.items[1].text.empty() && row.items[1].text.size() <= kMaxWordBytes &&
         row.items[2].is_integer() && row.items[2].integer > 0;
}

}  // namespace

void SilenceStore::record(std::string_view device, const JsonValue& silence, std::int64_t now_s) {
  if (!silence.is_array()) return;
  Statement put = store_.prepare(
      "INSERT INTO silence (device, count_id, version, rule, reason, count, reported_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device, count_id, rule, reason) "
      "DO UPDATE SET count = excluded.count, reported_at = excluded.reported_at "
      "WHERE excluded.count > count");
  for (std::size_t i = 0; i < std::min(silence.items.size(), kMaxSilenceCounts); ++i) {
    const JsonValue& count = silence.items[i];
    const auto id = number_of(count, "id");
    const auto version = number_of(count, "version");
    const JsonValue* rows = count.find("rows");
    if (!id || !version || rows == nullptr || !rows->is_array()) continue;
    for (std::size_t r = 0; r < std::min(rows->items.size(), kMaxSilenceRows); ++r) {
      const JsonValue& row = rows->items[r];
      if (!is_row(row)) continue;
      put.run(device, *id, *version, row.items[0].text, row.items[1].text, row.items[2].integer,
              now_s);
    }
  }
}

std::vector<SilenceRow> SilenceStore::sums(const SilenceFilter& filter) {
  Statement query = store_.prepare(
      "SELECT s.rule, s.reason, s.version, sum(s.count), count(DISTINCT s.device) "
      "FROM silence s JOIN devices d ON d.device = s.device "
      "WHERE (?1 IS NULL OR s.rule = ?1) AND (?2 IS NULL OR s.version = ?2) "
      "AND (?3 IS NULL OR d.store = ?3) "
      "GROUP BY s.rule, s.reason, s.version "
      "ORDER BY sum(s.count) DESC, s.rule, s.reason, s.version DESC");
  query.bind_all(filter.rule, filter.version, filter.store);
  std::vector<SilenceRow> rows;
  while (query.step()) {
    SilenceRow row;
    row.rule = query.column_text(0);
    row.reason = query.column_text(1);
    row.version = static_cast<std::uint64_t>(query.column_int64(2));
    row.count = static_cast<std::uint64_t>(query.column_int64(3));
    row.lanes = static_cast<std::uint64_t>(query.column_int64(4));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace xsell::hq
