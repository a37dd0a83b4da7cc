// An event as a till hands it to the shared library.
#ifndef XSELL_TESTS_CONTRACT_TILL_EVENT_H_
#define XSELL_TESTS_CONTRACT_TILL_EVENT_H_

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rules/event.h"
#include "xsell/event.h"

namespace xsell::contract {

// Owns: what the struct points to, but for the texts, which stay the event's.
class TillEvent {
 public:
  explicit TillEvent(const rules::Event& event);
  const xsell_event_header* header() const;

 private:
  using AnyEvent =
      std::variant<xsell_event_header, xsell_event_operator, xsell_event_shift,
                   xsell_event_lane_load, xsell_event_stock_changed, xsell_event_connectivity,
                   xsell_event_snooze, xsell_event_transaction_begin,
                   xsell_event_transaction_finalised, xsell_event_transaction_recalled,
                   xsell_event_post_void, xsell_event_customer, xsell_event_amount,
                   xsell_event_line, xsell_event_quantity_changed, xsell_event_line_voided,
                   xsell_event_price_overridden, xsell_event_return_line, xsell_event_item_inquiry,
                   xsell_event_promotion, xsell_event_prompt>;

  template <typename Struct>
  Struct& make(const rules::Event& event);
  void fill(const rules::Event& event);
  void put_lines(const rules::Event& event, xsell_array& out);

  AnyEvent event_;
  std::string number_;
  std::vector<xsell_line> lines_;
  std::vector<xsell_str> segments_;
  std::vector<xsell_recent_item> recent_items_;
  std::vector<xsell_near_miss> near_misses_;
};

}  // namespace xsell::contract

#endif  // XSELL_TESTS_CONTRACT_TILL_EVENT_H_
