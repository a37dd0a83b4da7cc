// What a scanner sent, taken apart: plain item codes, GS1 element strings (bar codes and 2D codes,
// with or without a symbology identifier, also as printed with brackets), GS1 Digital Links, and
// the codes that a country's stores give to goods sold by weight or price. Sources: GS1 General
// Specifications, sections 2.1.12 (variable measure), 3 (application identifiers), 7.8 (element
// strings), 7.9 (check digit); GS1 Digital Link Standard, URI Syntax. Threads: const use from any.
// Allocates: ScanLayouts::add() only.
#ifndef XSELL_RULES_SCAN_CODE_H_
#define XSELL_RULES_SCAN_CODE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/item_key.h"

namespace xsell::rules {

enum class ScanProblem : std::uint8_t {
  none,
  no_item,      // well formed, but it names no item: a coupon, a shipping label
  check_digit,  // the check digit of the item's number is wrong
  malformed,    // it starts like a GS1 code and goes on like none
};

struct ScannedCode {
  ScanProblem problem = ScanProblem::none;
  std::int64_t quantity_milli = 0;  // weight in thousandths of a kilogram, or pieces; 0: not told
  std::int64_t amount_minor = -1;   // what the code says it costs; -1: not told
  std::array<char, kMaxItemKeyBytes + 1> bytes{};
  std::size_t size = 0;

  std::string_view item() const { return {bytes.data(), size}; }
};

// The national layouts of in-store codes, as patterns of 8, 12 or 13 places: a digit stands for
// itself, I for the item, W for grams, P for minor units of price, N for pieces, V for the inner
// check digit of weight or price, C for the check digit. "29IIIIIWWWWWC": item 12345 at 0.678 kg is
// 2912345006785. The item's id is the code with zeros for what differs from pack to pack, and the
// check digit that goes with them: 2912345000004.
class ScanLayouts {
 public:
  // False: no such pattern; the first that fits a code counts.
  bool add(std::string_view pattern);
  bool is_empty() const { return patterns_.empty(); }

 private:
  friend ScannedCode read_scan(std::string_view, const ScanLayouts&);
  std::vector<std::string> patterns_;
};

ScannedCode read_scan(std::string_view raw, const ScanLayouts& layouts);

// The GS1 check digit of the digits before it, as a character. Requires: digits only.
char gs1_check_digit(std::string_view digits);

}  // namespace xsell::rules

#endif  // XSELL_RULES_SCAN_CODE_H_
