// Many short lists in one array: list i is values[begin[i] .. begin[i + 1]).
// Threads: const use from any.
#ifndef XSELL_RULES_FLAT_LISTS_H_
#define XSELL_RULES_FLAT_LISTS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace xsell::rules {

template <typename Value>
class FlatLists {
 public:
  FlatLists() = default;

  // Each value goes to the list named with it; within a list values keep the order given.
  FlatLists(std::size_t list_count, const std::vector<std::pair<std::uint32_t, Value>>& placed)
      : begin_(list_count + 1, 0), values_(placed.size()) {
    for (const auto& [list, value] : placed) ++begin_[list + 1];
    for (std::size_t i = 0; i < list_count; ++i) begin_[i + 1] += begin_[i];
    std::vector<std::uint32_t> next(begin_.begin(), begin_.end() - 1);
    for (const auto& [list, value] : placed) values_[next[list]++] = value;
  }

  std::span<const Value> of(std::uint32_t list) const {
    if (values_.empty()) return {};
    return {values_.data() + begin_[list], values_.data() + begin_[list + 1]};
  }
  // Where a list starts in values(), for arrays kept beside them.
  std::uint32_t offset(std::uint32_t list) const { return begin_[list]; }
  std::span<const Value> values() const { return values_; }
  bool is_empty() const { return values_.empty(); }
  std::size_t bytes() const {
    return begin_.size() * sizeof(std::uint32_t) + values_.size() * sizeof(Value);
  }

  template <class Archive, class Self>
  static void visit(Archive& archive, Self& self) {
    archive(self.begin_, self.values_);
  }

 private:
  std::vector<std::uint32_t> begin_;
  std::vector<Value> values_;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_FLAT_LISTS_H_
