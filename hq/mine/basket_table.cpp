#include "hq/mine/basket_table.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "hq/local_time.h"

namespace xsell::hq {
namespace {

using offline_cache::Statement;

class TableBuilder {
 public:
  explicit TableBuilder(const ReturnedQuantities& returned) : returned_(returned) {}

  void add_line(std::int64_t basket_id, std::int64_t time_s, std::string_view customer,
                std::int64_t item_id, std::int64_t quantity_milli) {
    if (basket_id != basket_id_) {
      finish_basket();
      basket_id_ = basket_id;
      time_s_ = time_s;
      customer_ = customer_number(customer);
    }
    const std::uint32_t item = item_number(item_id);
    if (slots_[item] == 0) {
      lines_.emplace_back(item, 0);
      slots_[item] = static_cast<std::uint32_t>(lines_.size());
    }
    lines_[slots_[item] - 1].second += quantity_milli;
  }

  BasketTable finish() {
    finish_basket();
    return std::move(table_);
  }

 private:
  std::uint32_t item_number(std::int64_t item_id) {
    const auto id = static_cast<std::size_t>(item_id);
    if (id >= numbers_.size()) numbers_.resize(id + 1024, 0);
    if (numbers_[id] == 0) {
      table_.item_ids.push_back(item_id);
      slots_.push_back(0);
      numbers_[id] = static_cast<std::uint32_t>(table_.item_ids.size());
    }
    return numbers_[id] - 1;
  }

  std::uint32_t customer_number(std::string_view customer) {
    if (customer.empty()) return 0;
    const auto next = static_cast<std::uint32_t>(customers_.size() + 1);
    return customers_.emplace(customer, next).first->second;
  }

  void finish_basket() {
    for (auto& [item, quantity_milli] : lines_) {
      slots_[item] = 0;
      if (!returned_.empty()) {
        const auto found = returned_.find({basket_id_, table_.item_ids[item]});
        if (found != returned_.end()) quantity_milli -= found->second;
      }
      if (quantity_milli > 0) table_.items.push_back(item);
    }
    lines_.clear();
    if (table_.items.size() == table_.begins.back()) return;
    table_.begins.push_back(table_.items.size());
    table_.times_s.push_back(time_s_);
    table_.customers.push_back(customer_);
  }

  const ReturnedQuantities& returned_;
  BasketTable table_;
  std::vector<std::uint32_t> numbers_;  // item_id -> number + 1; row ids are small and dense
  std::vector<std::uint32_t> slots_;    // item number -> its place in lines_ + 1
  std::vector<std::pair<std::uint32_t, std::int64_t>> lines_;
  std::int64_t basket_id_ = 0;
  std::int64_t time_s_ = 0;
  std::uint32_t customer_ = 0;
  std::unordered_map<std::string, std::uint32_t> customers_;
};

}  // namespace

ReturnedQuantities find_returned(HqStore& store) {
  ReturnedQuantities returned;
  Statement returns = store.prepare(
      "SELECT b.customer, b.local_time_s, l.item_id, -l.quantity_milli, b.basket_id "
      "FROM basket_lines l JOIN baskets b USING (basket_id) "
      "WHERE l.quantity_milli < 0 AND b.customer <> '' ORDER BY b.local_time_s, b.basket_id");
  Statement bought = store.prepare(
      "SELECT b.basket_id FROM baskets b JOIN basket_lines l USING (basket_id) "
      "WHERE b.customer = ? AND b.local_time_s <= ? AND b.basket_id <> ? AND l.item_id = ? "
      "AND l.quantity_milli > 0 ORDER BY b.local_time_s DESC LIMIT 1");
  while (returns.step()) {
    const std::int64_t item_id = returns.column_int64(2);
    bought.bind_all(returns.column_text(0), returns.column_int64(1), returns.column_int64(4),
                    item_id);
    if (bought.step()) {
      returned[{bought.column_int64(0), item_id}] += returns.column_int64(3);
    }
    bought.reset();
  }
  return returned;
}

BasketTable load_baskets(HqStore& store, const TimeRange& range) {
  return load_baskets(store, range, find_returned(store));
}

BasketTable load_baskets(HqStore& store, const TimeRange& range,
                         const ReturnedQuantities& returned) {
  TableBuilder builder(returned);
  // CROSS JOIN keeps SQLite to this order: baskets by time, then their lines.
  Statement lines = store.prepare(
      "SELECT b.basket_id, b.local_time_s, b.customer, l.item_id, l.quantity_milli "
      "FROM baskets b CROSS JOIN basket_lines l USING (basket_id) "
      "WHERE b.local_time_s >= ? AND b.local_time_s < ? ORDER BY b.local_time_s, b.basket_id, "
      "l.line");
  lines.bind_all(range.from_s, range.until_s);
  while (lines.step()) {
    builder.add_line(lines.column_int64(0), lines.column_int64(1), lines.column_text(2),
                     lines.column_int64(3), lines.column_int64(4));
  }
  return builder.finish();
}

bool stands_in_scan_order(const BasketTable& table) {
  return std::any_of(table.times_s.begin(), table.times_s.end(),
                     [](std::int64_t time_s) { return time_s % kSecondsPerDay != 0; });
}

}  // namespace xsell::hq
