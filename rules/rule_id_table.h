// Rule ids numbered from 0 in the order they came. A million of them must not weigh more than the
// rules: each but the first of a block says only how many bytes it shares with the one before it,
// and the rest ("front coding"; Witten, Moffat, Bell: Managing Gigabytes, 2nd ed., 4.1). Ids in
// their order share most. Threads: const use from any; text() and find() allocate nothing.
#ifndef XSELL_RULES_RULE_ID_TABLE_H_
#define XSELL_RULES_RULE_ID_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/outcome.h"
#include "rules/text_table.h"

namespace xsell::rules {

using RuleIdText = FixedText<64>;  // validate.h allows no longer one

class RuleIdTable {
 public:
  void add(std::string_view id);  // what does not fit into a RuleIdText is cut
  RuleIdText text(std::uint32_t rule) const;
  // kNoId when it is not there. Requires: they were added in the order of their bytes.
  std::uint32_t find(std::string_view id) const;

  void fetch_place(std::uint32_t rule) const { __builtin_prefetch(&blocks_[rule / kBlock]); }
  void fetch_text(std::uint32_t rule) const {
    __builtin_prefetch(bytes_.data() + blocks_[rule / kBlock]);
  }
  std::size_t size() const { return count_; }
  std::size_t bytes() const { return bytes_.size() + blocks_.size() * sizeof(std::uint32_t); }
  void shrink_to_fit() {
    bytes_.shrink_to_fit();
    blocks_.shrink_to_fit();
  }

  template <class Archive, class Self>
  static void visit(Archive& archive, Self& self) {
    archive(self.bytes_, self.blocks_, self.count_, self.last_);
  }

 private:
  static constexpr std::uint32_t kBlock = 8;

  std::string bytes_;                  // of each id: bytes shared, bytes of its own, and these
  std::vector<std::uint32_t> blocks_;  // where each begins in bytes_
  std::uint32_t count_ = 0;
  RuleIdText last_;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_RULE_ID_TABLE_H_
