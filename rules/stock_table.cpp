#include "rules/stock_table.h"

#include <algorithm>

#include "rules/stable_hash.h"

namespace xsell::rules {

namespace {

std::uint64_t key_of(std::string_view item_key) { return stable_hash(item_key) | 1; }

}  // namespace

std::size_t StockTable::slot_of(std::uint64_t key) const {
  std::size_t i = (key >> 1) & (slots_.size() - 1);
  while (slots_[i].key != 0 && slots_[i].key != key) i = (i + 1) & (slots_.size() - 1);
  return i;
}

bool StockTable::set(std::string_view item_key, std::int64_t on_hand_milli) {
  const std::uint64_t key = key_of(item_key);
  Slot& slot = slots_[slot_of(key)];
  if (slot.key == 0) {
    if (count_ == kMaxStockItems) return false;
    ++count_;
    slot.key = key;
  }
  slot.on_hand_milli = std::max<std::int64_t>(0, on_hand_milli);
  return true;
}

std::int64_t StockTable::on_hand_milli(std::string_view item_key) const {
  if (count_ == 0) return kUnknownStock;
  const Slot& slot = slots_[slot_of(key_of(item_key))];
  return slot.key == 0 ? kUnknownStock : slot.on_hand_milli;
}

}  // namespace xsell::rules
