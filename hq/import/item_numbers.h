#ifndef XSELL_HQ_IMPORT_ITEM_NUMBERS_H_
#define XSELL_HQ_IMPORT_ITEM_NUMBERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "hq/store.h"

namespace xsell::hq {

// Item texts as they stand in a file to the database's row numbers, each text normalised once.
// An item nobody has heard of gets a row that is marked as not known.
class ItemNumbers {
 public:
  explicit ItemNumbers(HqStore& store);

  // Nothing when the text cannot be an item id. Writes: call it inside a transaction.
  std::optional<std::int64_t> find_or_add(std::string_view text);
  // Rows that this object had to add.
  std::uint64_t added_count() const { return added_count_; }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>> numbers_;
  offline_cache::Database& database_;
  offline_cache::Statement find_;
  offline_cache::Statement add_;
  std::uint64_t added_count_ = 0;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_IMPORT_ITEM_NUMBERS_H_
