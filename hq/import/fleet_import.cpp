#include <array>

#include "hq/import/table_import.h"
#include "hq/import/table_rows.h"

namespace xsell::hq {
namespace {

using offline_cache::Statement;
using offline_cache::Transaction;

enum StoreRole : std::size_t { kStore, kName, kTimeZone, kCurrency, kLanguage, kGroups };

const std::array<ColumnRole, 6> kStoreRoles = {{
    {"store", true, {"store_id", "business_unit", "business_unit_id", "id"}},
    {"name", false, {"store_name", "description"}},
    {"time_zone", false, {"tz", "timezone"}},
    {"currency", false, {}},
    {"language", false, {"locale"}},
    {"groups", false, {"store_groups", "group"}},
}};

enum GroupRole : std::size_t { kGroup, kGroupStore };

const std::array<ColumnRole, 2> kGroupRoles = {{
    {"group", true, {"store_group", "business_unit_group"}},
    {"store", true, {"store_id", "business_unit", "business_unit_id"}},
}};

enum LaneRole : std::size_t { kLaneStore, kLane, kType };

const std::array<ColumnRole, 3> kLaneRoles = {{
    {"store", true, {"store_id", "business_unit", "business_unit_id"}},
    {"lane", true, {"lane_id", "workstation", "workstation_id", "terminal", "register"}},
    {"type", false, {"lane_type", "workstation_type"}},
}};

constexpr std::size_t kMaxIdBytes = 31;  // as outcomes carry them
constexpr std::array<std::string_view, 4> kLaneTypes = {"staffed", "self_checkout", "mobile",
                                                        "kiosk"};

bool is_id(std::string_view text) { return !text.empty() && text.size() <= kMaxIdBytes; }

class StoreLookup {
 public:
  explicit StoreLookup(HqStore& store)
      : find_(store.prepare("SELECT 1 FROM stores WHERE store = ?")) {}
  bool has(std::string_view id) {
    const bool is_there = find_.bind_all(id).step();
    find_.reset();
    return is_there;
  }

 private:
  Statement find_;
};

}  // namespace

TableImportCounts import_stores(HqStore& store, CsvReader& reader, const std::string& file,
                                const TableImportOptions& options, BadLines& bad) {
  Transaction transaction(store.database());
  Statement upsert = store.prepare(
      "INSERT INTO stores (store, name, time_zone, currency, language) "
      "VALUES (?1, coalesce(?2, ''), coalesce(?3, ''), coalesce(?4, ''), coalesce(?5, '')) "
      "ON CONFLICT (store) DO UPDATE SET name = coalesce(?2, name),"
      "  time_zone = coalesce(?3, time_zone), currency = coalesce(?4, currency),"
      "  language = coalesce(?5, language)");
  Statement leave_groups = store.prepare("DELETE FROM store_groups WHERE store = ?");
  Statement join_group = store.prepare(
      "INSERT INTO store_groups (store_group, store) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const auto take = [&](const TableRow& row) -> const char* {
    const std::string_view id = row.text(kStore);
    if (!is_id(id)) return "no store id, or one over 31 bytes";
    upsert.run(id, row.given(kName), row.given(kTimeZone), row.given(kCurrency),
               row.given(kLanguage));
    const auto groups = row.given(kGroups);
    if (!groups) return nullptr;
    leave_groups.run(id);
    std::string_view rest = *groups;
    while (!rest.empty()) {
      const std::string_view group = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(rest.size(), group.size() + 1));
      if (!group.empty()) join_group.run(group, id);
    }
    return nullptr;
  };
  TableImportCounts counts = read_table(reader, file, kStoreRoles, options, bad, take);
  transaction.commit();
  return counts;
}

TableImportCounts import_store_groups(HqStore& store, CsvReader& reader, const std::string& file,
                                      const TableImportOptions& options, BadLines& bad) {
  Transaction transaction(store.database());
  StoreLookup stores(store);
  Statement join_group = store.prepare(
      "INSERT INTO store_groups (store_group, store) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const auto take = [&](const TableRow& row) -> const char* {
    if (row.text(kGroup).empty()) return "no group";
    if (!stores.has(row.text(kGroupStore))) return "there is no such store; import stores first";
    join_group.run(row.text(kGroup), row.text(kGroupStore));
    return nullptr;
  };
  TableImportCounts counts = read_table(reader, file, kGroupRoles, options, bad, take);
  transaction.commit();
  return counts;
}

TableImportCounts import_lanes(HqStore& store, CsvReader& reader, const std::string& file,
                               const TableImportOptions& options, BadLines& bad) {
  Transaction transaction(store.database());
  StoreLookup stores(store);
  Statement upsert = store.prepare(
      "INSERT INTO lanes (store, lane, type) VALUES (?1, ?2, coalesce(?3, 'staffed')) "
      "ON CONFLICT (store, lane) DO UPDATE SET type = coalesce(?3, type)");
  const auto take = [&](const TableRow& row) -> const char* {
    if (!is_id(row.text(kLane))) return "no lane id, or one over 31 bytes";
    if (!stores.has(row.text(kLaneStore))) return "there is no such store; import stores first";
    std::optional<std::string_view> type = row.given(kType);
    if (type && type->empty()) type.reset();
    if (type && std::find(kLaneTypes.begin(), kLaneTypes.end(), *type) == kLaneTypes.end()) {
      return "the type is none of staffed, self_checkout, mobile, kiosk";
    }
    upsert.run(row.text(kLaneStore), row.text(kLane), type);
    return nullptr;
  };
  TableImportCounts counts = read_table(reader, file, kLaneRoles, options, bad, take);
  transaction.commit();
  return counts;
}

}  // namespace xsell::hq
