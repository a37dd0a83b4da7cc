#include "item_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "money.h"
#include "text_file.h"

namespace lane {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

int find_column(const std::vector<std::string>& header,
                std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    for (std::size_t i = 0; i < header.size(); ++i) {
      if (lower(header[i]) == name) return static_cast<int>(i);
    }
  }
  return -1;
}

std::string_view field(const std::vector<std::string>& record, int column) {
  if (column < 0 || static_cast<std::size_t>(column) >= record.size()) return {};
  return record[static_cast<std::size_t>(column)];
}

bool has_valid_check_digit(std::string_view digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const int weight = (digits.size() - i) % 2 == 0 ? 3 : 1;
    sum += weight * (digits[i] - '0');
  }
  return sum % 10 == 0;
}

}  // namespace

std::string item_key(std::string_view code) {
  const bool is_gtin_size =
      code.size() == 8 || code.size() == 12 || code.size() == 13 || code.size() == 14;
  const bool is_digits =
      std::all_of(code.begin(), code.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  if (!is_gtin_size || !is_digits || !has_valid_check_digit(code)) return std::string(code);
  return std::string(14 - code.size(), '0') + std::string(code);
}

std::optional<ItemList> ItemList::load(const std::string& path, std::string_view currency,
                                       std::string& error) {
  const std::optional<std::string> text = read_text_file(path, error);
  if (!text) return std::nullopt;
  ItemList list;
  const bool is_json = path.ends_with(".json") || path.ends_with(".json.gz");
  const std::optional<std::string> problem =
      is_json ? list.load_json(*text) : list.load_csv(*text, currency);
  if (problem) {
    error = path + *problem;
    return std::nullopt;
  }
  return list;
}

std::optional<std::string> ItemList::load_csv(std::string_view text, std::string_view currency) {
  CsvReader reader(text);
  std::vector<std::string> record;
  if (!reader.next(record)) return ": empty; the first line must name the columns";
  const int code =
      find_column(record, {"item", "item_id", "item_key", "key", "code", "gtin", "sku"});
  const int name = find_column(record, {"name", "description", "item_name"});
  const int category = find_column(record, {"category", "category_code"});
  const int price = find_column(record, {"price", "unit_price"});
  const int price_minor = find_column(record, {"price_minor"});
  const int minimum_age = find_column(record, {"minimum_age", "minimum_customer_age"});
  if (code < 0 || name < 0) return ":1: needs the columns `item` and `name`";
  while (reader.next(record)) {
    if (record.size() == 1 && record[0].empty()) continue;
    Item item;
    item.code = field(record, code);
    if (item.code.empty()) return fmt::format(":{}: no item code", reader.line());
    item.name = field(record, name);
    item.category = field(record, category);
    item.price_minor = price_minor >= 0
                           ? parse_decimal(field(record, price_minor), 0)
                           : parse_decimal(field(record, price), currency_digits(currency));
    item.minimum_age =
        static_cast<std::uint32_t>(parse_decimal(field(record, minimum_age), 0).value_or(0));
    add(std::move(item));
  }
  return std::nullopt;
}

std::optional<std::string> ItemList::load_json(std::string_view text) {
  try {
    const nlohmann::json document = nlohmann::json::parse(text);
    for (const nlohmann::json& entry : document.at("items")) {
      Item item;
      item.code = entry.at("item").get<std::string>();
      const nlohmann::json& names = entry.at("name");
      const nlohmann::json& name = names.contains("en") ? names["en"] : names.front();
      item.name = name.get<std::string>();
      item.category = entry.value("category", "");
      if (entry.contains("price"))
        item.price_minor = entry["price"].at("amount").get<std::int64_t>();
      item.minimum_age = entry.value("minimum_age", 0u);
      add(std::move(item));
    }
  } catch (const nlohmann::json::exception& problem) {
    return fmt::format(": {}", problem.what());
  }
  return std::nullopt;
}

void ItemList::add(Item item) {
  if (!by_key_.emplace(item_key(item.code), items_.size()).second) return;
  search_keys_.push_back(" " + lower(item.name + " " + item.code));
  items_.push_back(std::move(item));
}

const Item* ItemList::find(std::string_view code) const {
  const auto found = by_key_.find(item_key(code));
  return found == by_key_.end() ? nullptr : &items_[found->second];
}

std::vector<const Item*> ItemList::search(std::string_view text, std::size_t limit) const {
  std::vector<std::string> words;
  const std::string wanted = lower(text);
  for (std::size_t at = 0; at < wanted.size();) {
    const std::size_t end = std::min(wanted.find(' ', at), wanted.size());
    if (end > at) words.push_back(wanted.substr(at, end - at));
    at = end + 1;
  }
  std::vector<const Item*> starts, contains;
  if (words.empty()) return starts;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    // Keys begin with a space, so that each word does.
    const std::string& key = search_keys_[i];
    bool has_all = true;
    bool begins_all = true;
    for (const std::string& word : words) {
      has_all = has_all && key.find(word) != std::string::npos;
      begins_all = begins_all && key.find(" " + word) != std::string::npos;
    }
    if (has_all) (begins_all ? starts : contains).push_back(&items_[i]);
  }
  // A shorter name is nearer to what was typed.
  const auto is_shorter = [](const Item* a, const Item* b) {
    return a->name.size() < b->name.size();
  };
  std::stable_sort(starts.begin(), starts.end(), is_shorter);
  std::stable_sort(contains.begin(), contains.end(), is_shorter);
  starts.insert(starts.end(), contains.begin(), contains.end());
  if (starts.size() > limit) starts.resize(limit);
  return starts;
}

}  // namespace lane
