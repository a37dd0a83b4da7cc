// Item keys numbered from 0 in the order they came, found by one look into one array: keys of up to
// 14 digits (every GTIN, most PLUs) are compared as one number, others by their text.
// Threads: const use from any; find() allocates nothing.
#ifndef XSELL_RULES_ITEM_KEY_TABLE_H_
#define XSELL_RULES_ITEM_KEY_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/item_key.h"
#include "rules/text_table.h"

namespace xsell::rules {

class ItemKeyTable {
 public:
  std::uint32_t add(const ItemKey& key);
  // kNoId when it is not there.
  std::uint32_t find(const ItemKey& key) const { return find(key.view()); }
  std::uint32_t find(std::string_view key) const;  // a normalised key
  // An item as the host names it: normalised on the way. False: no item id at all.
  bool find_told(std::string_view told, std::uint32_t& id) const;

  std::string_view text(std::uint32_t id) const {
    return {bytes_.data() + begin_[id], begin_[id + 1] - begin_[id]};
  }
  void fetch_place(std::uint32_t id) const { __builtin_prefetch(&begin_[id]); }
  void fetch_text(std::uint32_t id) const { __builtin_prefetch(bytes_.data() + begin_[id]); }
  std::size_t size() const { return begin_.size() - 1; }
  std::size_t bytes() const;

  template <class Archive, class Self>
  static void visit(Archive& archive, Self& self) {
    archive(self.slots_, self.bytes_, self.begin_);
  }

 private:
  struct Slot {
    std::uint64_t code = 0;  // 0: free
    std::uint32_t id = 0;
    std::uint32_t unused = 0;
  };

  std::uint32_t find_code(std::uint64_t code, std::string_view key) const;
  void put(std::uint64_t code, std::uint32_t id);
  void grow();

  std::vector<Slot> slots_;
  std::string bytes_;
  std::vector<std::uint32_t> begin_{0};
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_ITEM_KEY_TABLE_H_
