// What the host said is on hand, for as many items as it has room for.
// Threads: one at a time. Allocates: in the constructor only. Outlives changes of rule sets.
#ifndef XSELL_RULES_STOCK_TABLE_H_
#define XSELL_RULES_STOCK_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace xsell::rules {

inline constexpr std::size_t kMaxStockItems = 3072;
inline constexpr std::int64_t kUnknownStock = -1;

class StockTable {
 public:
  StockTable() : slots_(4096) {}

  // False: no room for another item.
  bool set(std::string_view item_key, std::int64_t on_hand_milli);
  std::int64_t on_hand_milli(std::string_view item_key) const;
  bool is_empty() const { return count_ == 0; }

 private:
  struct Slot {
    std::uint64_t key = 0;  // 0: free
    std::int64_t on_hand_milli = 0;
  };

  std::size_t slot_of(std::uint64_t key) const;

  std::vector<Slot> slots_;
  std::size_t count_ = 0;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_STOCK_TABLE_H_
