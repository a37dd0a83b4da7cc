#include "hq/mine/counts_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ostream>
#include <unordered_map>

#include "hq/csv_field.h"
#include "hq/errors.h"
#include "hq/import/csv_reader.h"
#include "hq/import/table_rows.h"
#include "hq/local_time.h"
#include "rules/item_key.h"

namespace xsell::hq {
namespace {

enum CountRole : std::size_t { kItem, kOtherItem, kBaskets, kRecent, kFrom, kUntil };

const std::array<ColumnRole, 6> kCountRoles = {{
    {"item", true, {}},
    {"other_item", true, {}},
    {"baskets", true, {}},
    {"recent", false, {}},
    {"from", false, {}},
    {"until", false, {}},
}};

constexpr std::uint32_t kNoNumber = 0xffffffff;

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

class CountsReader {
 public:
  const char* take(const TableRow& row) {
    std::uint32_t baskets = 0;
    if (!read_number(row.text(kBaskets), baskets) || baskets == 0) {
      return "the number of baskets is no whole number of 1 or more";
    }
    double recent = 0;
    if (!row.text(kRecent).empty() &&
        (!read_number(row.text(kRecent), recent) || !(recent >= 0) || !std::isfinite(recent))) {
      return "the recent count is no number of 0 or more";
    }
    if (row.text(kItem).empty()) {
      return row.text(kOtherItem).empty() ? take_all(row, baskets, recent)
                                          : "other_item without item";
    }
    const std::uint32_t item = number_of(row.text(kItem));
    if (item == kNoNumber) return kBadItem;
    if (row.text(kOtherItem).empty()) {
      if (read_.counts.item_counts[item] != 0) return "the item is counted twice";
      read_.counts.item_counts[item] = baskets;
      read_.counts.recent_items[item] = recent;
      return nullptr;
    }
    const std::uint32_t other = number_of(row.text(kOtherItem));
    if (other == kNoNumber) return kBadItem;
    if (other == item) return "a pair of an item with itself";
    read_.counts.pairs.push_back({.first = std::min(item, other),
                                  .second = std::max(item, other),
                                  .joint_count = baskets,
                                  .recent_joint = recent});
    return nullptr;
  }

  NamedCounts finish(const std::string& path) {
    HistoryCounts& counts = read_.counts;
    if (counts.basket_count == 0) {
      throw Refused(path + ": the row that counts all baskets, with no item, is missing");
    }
    for (std::uint32_t item = 0; item < counts.item_counts.size(); ++item) {
      if (counts.item_counts[item] == 0) {
        throw Refused(fmt::format("{}: item {} is in pairs but has no row of its own", path,
                                  read_.keys[item]));
      }
    }
    std::sort(counts.pairs.begin(), counts.pairs.end(),
              [](const HistoryCounts::Pair& a, const HistoryCounts::Pair& b) {
                return a.first != b.first ? a.first < b.first : a.second < b.second;
              });
    for (std::size_t i = 0; i < counts.pairs.size(); ++i) require_possible(path, i);
    return std::move(read_);
  }

 private:
  static constexpr const char* kBadItem =
      "this can't be an item id: over 63 bytes, or with '>' or control characters";

  const char* take_all(const TableRow& row, std::uint32_t baskets, double recent) {
    const auto until = parse_time(row.text(kUntil));
    if (!until) return "the row of all baskets does not say in 'until' when the last one was";
    if (read_.counts.basket_count != 0) return "all baskets are counted twice";
    read_.counts.basket_count = baskets;
    read_.counts.recent_baskets = recent;
    read_.counts.until_s = *until;
    read_.counts.from_s = parse_time(row.text(kFrom)).value_or(*until);
    return nullptr;
  }

  std::uint32_t number_of(std::string_view text) {
    const auto key = rules::ItemKey::from_text(text);
    if (!key) return kNoNumber;
    const auto [at, is_new] = numbers_.emplace(*key, static_cast<std::uint32_t>(read_.keys.size()));
    if (is_new) {
      read_.keys.push_back(key->text());
      read_.counts.item_counts.push_back(0);
      read_.counts.recent_items.push_back(0);
    }
    return at->second;
  }

  void require_possible(const std::string& path, std::size_t i) const {
    const HistoryCounts& counts = read_.counts;
    const HistoryCounts::Pair& pair = counts.pairs[i];
    const auto name = [&] { return read_.keys[pair.first] + " and " + read_.keys[pair.second]; };
    if (i > 0 && counts.pairs[i - 1].first == pair.first &&
        counts.pairs[i - 1].second == pair.second) {
      throw Refused(fmt::format("{}: {} are counted twice", path, name()));
    }
    const std::uint64_t either = std::uint64_t{counts.item_counts[pair.first]} +
                                 counts.item_counts[pair.second] - pair.joint_count;
    if (pair.joint_count > counts.item_counts[pair.first] ||
        pair.joint_count > counts.item_counts[pair.second] || either > counts.basket_count) {
      throw Refused(fmt::format("{}: {} can't be in {} baskets together by the other counts", path,
                                name(), pair.joint_count));
    }
  }

  NamedCounts read_;
  std::unordered_map<rules::ItemKey, std::uint32_t> numbers_;
};

}  // namespace

NamedCounts read_counts_table(const std::string& path, BadLines& bad) {
  CsvReader reader(ByteSource::open(path));
  CountsReader counts;
  read_table(reader, path, kCountRoles, {}, bad,
             [&](const TableRow& row) { return counts.take(row); });
  return counts.finish(path);
}

void write_counts_table(std::ostream& out, const HistoryCounts& counts,
                        const std::vector<std::string>& keys) {
  out << fmt::format("item,other_item,baskets,recent,from,until\n,,{},{},{},{}\n",
                     counts.basket_count, counts.recent_baskets, format_time(counts.from_s),
                     format_time(counts.until_s));
  std::vector<std::string> fields;
  for (const std::string& key : keys) fields.push_back(csv_field(key));
  for (std::size_t item = 0; item < counts.item_counts.size(); ++item) {
    if (counts.item_counts[item] == 0) continue;
    out << fmt::format("{},,{},{},,\n", fields[item], counts.item_counts[item],
                       counts.recent_items[item]);
  }
  for (const HistoryCounts::Pair& pair : counts.pairs) {
    out << fmt::format("{},{},{},{},,\n", fields[pair.first], fields[pair.second], pair.joint_count,
                       pair.recent_joint);
  }
}

}  // namespace xsell::hq
