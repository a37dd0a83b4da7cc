// What the till knows of its items: code, name, price, category. Read from a CSV file.
#ifndef XSELL_SDK_EXAMPLES_LANE_ITEM_LIST_H_
#define XSELL_SDK_EXAMPLES_LANE_ITEM_LIST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lane {

struct Item {
  std::string code;
  std::string name;
  std::string category;
  std::optional<std::int64_t> price_minor;
  std::uint32_t minimum_age = 0;
};

class ItemList {
 public:
  // Columns by their names in the first line, in any order: item (or item_id, item_key, code, gtin,
  // sku), name (or description), category, price (12.50) or price_minor (1250), minimum_age. Fails
  // on a missing file or column, and `error` says which.
  static std::optional<ItemList> load(const std::string& path, std::string_view currency,
                                      std::string& error);

  // By code; GTINs of different lengths are the same item. Null when there is none.
  const Item* find(std::string_view code) const;

  // Items with all words of the text in their name or code, best match first, at most `limit`.
  std::vector<const Item*> search(std::string_view text, std::size_t limit) const;

  std::size_t size() const { return items_.size(); }

 private:
  std::vector<Item> items_;
  std::vector<std::string> search_keys_;  // lower case, beside items_
  std::unordered_map<std::string, std::size_t> by_key_;
};

// The form under which two spellings of a code are one: a GTIN of 8, 12 or 13 digits gets its
// leading zeros.
std::string item_key(std::string_view code);

}  // namespace lane

#endif  // XSELL_SDK_EXAMPLES_LANE_ITEM_LIST_H_
