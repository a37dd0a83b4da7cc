// Texts numbered from 0 in the order they came, each once.
// Threads: const use from any; find() allocates nothing.
#ifndef XSELL_RULES_TEXT_TABLE_H_
#define XSELL_RULES_TEXT_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace xsell::rules {

// No item, category, rule, ...: the id that stands for none in every table.
inline constexpr std::uint32_t kNoId = 0xffffffff;

class TextTable {
 public:
  std::uint32_t add(std::string_view text);
  std::uint32_t find(std::string_view text) const;  // kNoId when it is not there
  std::string_view text(std::uint32_t id) const {
    return {bytes_.data() + begin_[id], begin_[id + 1] - begin_[id]};
  }
  std::size_t size() const { return begin_.size() - 1; }
  std::size_t bytes() const;

  template <class Archive, class Self>
  static void visit(Archive& archive, Self& self) {
    archive(self.bytes_, self.begin_, self.slots_);
  }

 private:
  void grow();

  std::string bytes_;
  std::vector<std::uint32_t> begin_{0};
  std::vector<std::uint64_t> slots_;  // upper half: hash, lower half: id + 1; 0: free
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_TEXT_TABLE_H_
