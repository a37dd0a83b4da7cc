#ifndef XSELL_PLUGIN_EVENT_READER_H_
#define XSELL_PLUGIN_EVENT_READER_H_

#include <array>
#include <string_view>
#include <vector>

#include "rules/customer_past.h"
#include "rules/event.h"
#include "rules/scan_code.h"
#include "xsell/xsell.h"

namespace xsell::plugin {

// Turns an event as the till compiled it into the engine's.
// Threads: one at a time. Owns: the lists that the result points into, until the next read; its
// texts stay the till's. Allocates nothing after construction.
class EventReader {
 public:
  static constexpr size_t kMaxLines = 2000;
  static constexpr size_t kMaxSegments = 64;
  static constexpr size_t kMaxNearMisses = 64;
  static constexpr size_t kMaxRecentItems = rules::kMaxRecentItems;  // later ones are not read
  static constexpr size_t kMaxTextBytes = 4096;

  // layouts: how the country's in-store codes are read.
  explicit EventReader(rules::ScanLayouts layouts = {});

  // XSELL_OK with kind kNone: an event this version does not know.
  // XSELL_ERROR_ARGUMENT, _STRUCT_SIZE or _TEXT: the till's mistake; the event must not be used.
  xsell_status read(const xsell_event_header* event, rules::Event& out) noexcept;

 private:
  xsell_status read_line(const xsell_line& line, rules::EventLine& out) noexcept;
  xsell_status read_item(const xsell_str& item, const xsell_str& raw_scan,
                         rules::EventLine& out) noexcept;
  xsell_status read_lines(const xsell_array& array, rules::Event& out) noexcept;
  xsell_status read_segments(const xsell_array& array, rules::Event& out) noexcept;
  xsell_status read_recent_items(const xsell_array& array, rules::Event& out) noexcept;
  xsell_status read_near_misses(const xsell_array& array, rules::Event& out) noexcept;
  xsell_status read_core(const xsell_event_header* event, rules::Event& out) noexcept;

  rules::ScanLayouts layouts_;
  std::vector<std::array<char, rules::kMaxItemKeyBytes + 1>> items_;  // taken out of raw scans
  std::vector<rules::EventLine> lines_;
  std::vector<std::string_view> segments_;
  std::vector<rules::RecentPurchase> recent_items_;
  std::vector<rules::NearMiss> near_misses_;
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_EVENT_READER_H_
