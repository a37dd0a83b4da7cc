#include "hq/mine/margins.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "hq/import/number.h"
#include "hq/import/table_rows.h"
#include "rules/item_key.h"
#include "rules/model.h"

namespace xsell::hq {
namespace {

constexpr int kMarginPlaces = 4;

enum MarginRole : std::size_t { kItem, kMargin };

const std::array<ColumnRole, 2> kMarginRoles = {{
    {"item", true, {}},
    {"margin", true, {}},
}};

}  // namespace

Margins read_margins(const std::string& path, BadLines& bad) {
  Margins margins;
  CsvReader reader(ByteSource::open(path));
  read_table(reader, path, kMarginRoles, {}, bad, [&](const TableRow& row) -> const char* {
    const auto item = rules::ItemKey::from_text(row.text(kItem));
    if (!item) return "this is no item id";
    const auto margin = parse_decimal(row.text(kMargin), kMarginPlaces);
    if (!margin) return "the margin is no decimal such as 1.25";
    margins[item->text()] = static_cast<double>(*margin);
    return nullptr;
  });
  return margins;
}

std::vector<std::int32_t> boosts_of(
    const Margins& margins, const Pack& pack, double power,
    const std::function<const std::string&(std::uint32_t)>& key_of) {
  std::vector<double> margin_of(pack.item_counts.size(), std::nan(""));
  double sum = 0;
  double sales = 0;
  for (std::uint32_t item = 0; item < pack.item_counts.size(); ++item) {
    if (pack.item_counts[item] == 0) continue;
    const auto found = margins.find(key_of(item));
    if (found == margins.end()) continue;
    margin_of[item] = found->second;
    sum += found->second * pack.item_counts[item];
    sales += pack.item_counts[item];
  }
  std::vector<std::int32_t> boosts(pack.item_counts.size(), rules::MinedPair().boost_milli);
  if (sum <= 0) return boosts;
  const double mean = sum / sales;
  for (std::uint32_t item = 0; item < margin_of.size(); ++item) {
    if (std::isnan(margin_of[item])) continue;
    const double ratio = std::max(0.0, margin_of[item] / mean);
    boosts[item] = static_cast<std::int32_t>(
        std::lround(std::clamp(1000 * std::pow(ratio, power), double{rules::kMinBoost_milli},
                               double{rules::kMaxBoost_milli})));
  }
  return boosts;
}

}  // namespace xsell::hq
