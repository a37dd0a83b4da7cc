// What the till knows of its items: code, name, price, category. Read from a file.
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
  // A CSV file, compressed or not, with its columns in any order under these names: item (or
  // item_id, item_key, key, code, gtin, sku), name (or description), and if it has them category,
  // price (12.50) or price_minor (1250), minimum_age. Or a JSON file of items as rules are authored
  // with (schema xsell.items/1). Fails on a missing file or column, and `error` says which.
  static std::optional<ItemList> load(const std::string& path, std::string_view currency,
                                      std::string& error);

  // By code; GTINs of different lengths are the same item. Null when there is none.
  const Item* find(std::string_view code) const;

  // Items with all words of the text in their name or code, those first in which they begin words,
  // shorter names first, at most `limit`.
  std::vector<const Item*> search(std::string_view text, std::size_t limit) const;

  std::size_t size() const { return items_.size(); }

 private:
  std::optional<std::string> load_csv(std::string_view text, std::string_view currency);
  std::optional<std::string> load_json(std::string_view text);
  void add(Item item);

  std::vector<Item> items_;
  std::vector<std::string> search_keys_;  // " name code" in lower case, beside items_
  std::unordered_map<std::string, std::size_t> by_key_;
};

// The form under which two spellings of a code are one: a GTIN of 8, 12 or 13 digits gets its
// leading zeros.
std::string item_key(std::string_view code);

}  // namespace lane

#endif  // XSELL_SDK_EXAMPLES_LANE_ITEM_LIST_H_
