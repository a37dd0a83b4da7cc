#include "hq/mine/pair_table.h"

#include <charconv>
#include <ostream>
#include <string_view>

#include "hq/csv_field.h"

namespace xsell::hq {
namespace {

constexpr std::size_t kFlushBytes = 64 * 1024;
constexpr std::size_t kNumberBytes = 24;

// Lines are put together by hand: formatting took longer than counting.
class LineWriter {
 public:
  explicit LineWriter(std::ostream& out) : out_(out) { text_.reserve(2 * kFlushBytes); }
  ~LineWriter() { flush(); }
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  void add(std::string_view field, char end) {
    text_ += field;
    text_ += end;
  }
  void add(std::uint64_t number, char end) {
    char digits[kNumberBytes];
    const auto written = std::to_chars(digits, digits + kNumberBytes, number);
    text_.append(digits, written.ptr);
    text_ += end;
  }
  // Rounded to as many decimals as `scale` has zeros.
  void add_decimal(double value, std::uint64_t scale, char end) {
    const auto scaled = static_cast<std::uint64_t>(value * static_cast<double>(scale) + 0.5);
    add(scaled / scale, '.');
    const std::uint64_t rest = scaled % scale;
    for (std::uint64_t place = scale / 10; place > rest && place > 1; place /= 10) text_ += '0';
    add(rest, end);
  }
  void end_line() {
    if (text_.size() >= kFlushBytes) flush();
  }

 private:
  void flush() {
    out_.write(text_.data(), static_cast<std::streamsize>(text_.size()));
    text_.clear();
  }

  std::ostream& out_;
  std::string text_;
};

}  // namespace

void write_pair_table(std::ostream& out, const PairCounts& counts,
                      const std::vector<std::string>& keys) {
  LineWriter line(out);
  line.add("trigger,offer,together,trigger_baskets,offer_baskets,confidence,lift", '\n');
  std::vector<std::string> fields;
  fields.reserve(keys.size());
  for (const std::string& key : keys) fields.push_back(csv_field(key));
  const auto add = [&](std::uint32_t trigger, std::uint32_t offer, std::uint32_t joint_count) {
    const std::uint32_t trigger_count = counts.item_counts[trigger];
    const std::uint32_t offer_count = counts.item_counts[offer];
    const double confidence = static_cast<double>(joint_count) / trigger_count;
    line.add(fields[trigger], ',');
    line.add(fields[offer], ',');
    line.add(joint_count, ',');
    line.add(trigger_count, ',');
    line.add(offer_count, ',');
    line.add_decimal(confidence, 1'000'000, ',');
    line.add_decimal(confidence * counts.basket_count / offer_count, 10'000, '\n');
    line.end_line();
  };
  for (const PairCount& pair : counts.pairs) {
    add(pair.first, pair.second, pair.joint_count);
    add(pair.second, pair.first, pair.joint_count);
  }
}

}  // namespace xsell::hq
