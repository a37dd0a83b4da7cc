#include "hq/release_log.h"

namespace xsell::hq {
namespace {

using offline_cache::Statement;

constexpr const char* kColumns =
    "version, published_at, published_by, state_hash, bundle_sha256, spread_s, line_count, note, "
    "restores";

ReleaseEntry read_entry(const Statement& row) {
  ReleaseEntry entry;
  entry.version = static_cast<std::uint64_t>(row.column_int64(0));
  entry.published_at_s = row.column_int64(1);
  entry.published_by = row.column_text(2);
  entry.state_hash = row.column_text(3);
  entry.bundle_sha256 = row.column_text(4);
  entry.spread_s = static_cast<std::uint32_t>(row.column_int64(5));
  entry.line_count = static_cast<std::uint64_t>(row.column_int64(6));
  entry.note = row.column_text(7);
  if (!row.is_null(8)) entry.restores = static_cast<std::uint64_t>(row.column_int64(8));
  return entry;
}

}  // namespace

void ReleaseLog::add(const ReleaseEntry& entry) {
  store_
      .prepare(std::string("INSERT INTO releases (") + kColumns +
               ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(entry.version, entry.published_at_s, entry.published_by, entry.state_hash,
           entry.bundle_sha256, std::int64_t{entry.spread_s}, entry.line_count, entry.note,
           entry.restores);
}

std::vector<ReleaseEntry> ReleaseLog::newest_first() {
  Statement query =
      store_.prepare(std::string("SELECT ") + kColumns + " FROM releases ORDER BY version DESC");
  std::vector<ReleaseEntry> entries;
  while (query.step()) entries.push_back(read_entry(query));
  return entries;
}

std::optional<ReleaseEntry> ReleaseLog::find(std::uint64_t version) {
  Statement query =
      store_.prepare(std::string("SELECT ") + kColumns + " FROM releases WHERE version = ?");
  query.bind_all(version);
  if (!query.step()) return std::nullopt;
  return read_entry(query);
}

std::uint64_t ReleaseLog::highest_version() {
  Statement query = store_.prepare("SELECT coalesce(max(version), 0) FROM releases");
  query.step();
  return static_cast<std::uint64_t>(query.column_int64(0));
}

}  // namespace xsell::hq
