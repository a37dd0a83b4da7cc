#include "hq/mine/pair_table.h"

#include <fmt/format.h>

#include <cmath>
#include <ostream>

#include "hq/csv_field.h"

namespace xsell::hq {
namespace {

constexpr std::size_t kFlushBytes = 64 * 1024;

// Whole numbers are several times quicker to write than floating ones.
template <std::uint64_t kScale, int kDecimals>
void append_decimal(fmt::memory_buffer& text, double value) {
  const auto scaled = static_cast<std::uint64_t>(value * kScale + 0.5);
  fmt::format_to(std::back_inserter(text), FMT_STRING("{}.{:0{}}"), scaled / kScale,
                 scaled % kScale, kDecimals);
}

}  // namespace

void write_pair_table(std::ostream& out, const PairCounts& counts,
                      const std::vector<std::string>& keys) {
  out << "trigger,offer,together,trigger_baskets,offer_baskets,confidence,lift\n";
  std::vector<std::string> fields;
  for (const std::string& key : keys) fields.push_back(csv_field(key));
  fmt::memory_buffer text;
  const auto add = [&](std::uint32_t trigger, std::uint32_t offer, std::uint32_t joint_count) {
    const std::uint32_t trigger_count = counts.item_counts[trigger];
    const std::uint32_t offer_count = counts.item_counts[offer];
    const double confidence = static_cast<double>(joint_count) / trigger_count;
    fmt::format_to(std::back_inserter(text), FMT_STRING("{},{},{},{},{},"), fields[trigger],
                   fields[offer], joint_count, trigger_count, offer_count);
    append_decimal<1'000'000, 6>(text, confidence);
    text.push_back(',');
    append_decimal<10'000, 4>(text, confidence * counts.basket_count / offer_count);
    text.push_back('\n');
  };
  for (const PairCount& pair : counts.pairs) {
    add(pair.first, pair.second, pair.joint_count);
    add(pair.second, pair.first, pair.joint_count);
    if (text.size() < kFlushBytes) continue;
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    text.clear();
  }
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
}

}  // namespace xsell::hq
