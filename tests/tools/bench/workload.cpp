#include "tests/tools/bench/workload.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "rules/strict_json.h"

namespace xsell::bench {
namespace {

using rules::JsonValue;

std::string read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + ": cannot be read");
  std::string bytes(std::filesystem::file_size(path), '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return bytes;
}

template <typename Value>
std::vector<Value> read_records(const std::string& path) {
  const std::string bytes = read_bytes(path);
  if (bytes.size() % sizeof(Value) != 0)
    throw std::runtime_error(path + ": does not hold whole records");
  std::vector<Value> values(bytes.size() / sizeof(Value));
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(values.data()));
  return values;
}

JsonValue parse(const std::string& text, const std::string& path) {
  rules::JsonLimits limits;
  limits.max_bytes = std::size_t{1} << 30;
  limits.max_values = std::size_t{1} << 26;
  rules::JsonDocument document = rules::read_json(text, limits);
  if (document.error) {
    throw std::runtime_error(path + ":" + std::to_string(document.error->line) + ": " +
                             document.error->message);
  }
  return std::move(document.value);
}

std::int32_t number(const JsonValue& object, std::string_view name, std::int32_t usual) {
  const JsonValue* value = object.find(name);
  return value == nullptr ? usual : static_cast<std::int32_t>(value->integer);
}

std::vector<CatalogItem> read_catalog(const std::string& folder) {
  if (std::filesystem::exists(folder + "/catalog.bin"))
    return read_records<CatalogItem>(folder + "/catalog.bin");
  const std::string path = folder + "/catalog.json";
  const JsonValue json = parse(read_bytes(path), path);
  const JsonValue* columns[] = {json.find("cat"), json.find("brand"), json.find("price")};
  std::vector<CatalogItem> items;
  for (const JsonValue* column : columns) {
    if (column == nullptr) throw std::runtime_error(path + ": needs cat, brand and price");
    items.resize(column->items.size());
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    items[i] = {static_cast<std::int32_t>(columns[0]->items[i].integer),
                static_cast<std::int32_t>(columns[1]->items[i].integer),
                static_cast<std::int32_t>(columns[2]->items[i].integer)};
  }
  return items;
}

std::vector<Basket> read_baskets(const std::string& stem) {
  std::vector<Basket> baskets;
  if (std::filesystem::exists(stem + ".bin")) {
    const auto numbers = read_records<std::int32_t>(stem + ".bin");
    for (std::size_t at = 0; at + 5 <= numbers.size();) {
      const std::int32_t* n = numbers.data() + at;
      const auto count = static_cast<std::size_t>(n[4]);
      if (at + 5 + count > numbers.size()) throw std::runtime_error(stem + ".bin: ends too early");
      baskets.push_back({n[0], n[1], n[2], n[3], {n + 5, n + 5 + count}});
      at += 5 + count;
    }
    return baskets;
  }
  const JsonValue json = parse(read_bytes(stem + ".json"), stem + ".json");
  for (const JsonValue& told : json.items) {
    Basket& basket = baskets.emplace_back();
    basket.group = number(told, "grp", 0);
    basket.segment = number(told, "seg", 0);
    basket.weekday = number(told, "dow", 0);
    basket.minute = number(told, "min", 0);
    if (const JsonValue* items = told.find("items")) {
      for (const JsonValue& item : items->items)
        basket.items.push_back(static_cast<std::int32_t>(item.integer));
    }
  }
  return baskets;
}

RuleRecord read_rule(const JsonValue& json) {
  RuleRecord rule;
  rule.id = number(json, "id", 0);
  rule.score = number(json, "score", 0);
  if (const JsonValue* items = json.find("sku")) {
    if (!items->items.empty()) rule.item1 = static_cast<std::int32_t>(items->items[0].integer);
    if (items->items.size() > 1) rule.item2 = static_cast<std::int32_t>(items->items[1].integer);
  }
  rule.category = number(json, "cat", -1);
  rule.min_quantity = number(json, "minQty", -1);
  rule.min_total_minor = number(json, "minTotal", -1);
  rule.absent_item = number(json, "notSku", -1);
  rule.absent_category = number(json, "notCat", -1);
  rule.from_minute = static_cast<std::int16_t>(number(json, "from", -1));
  rule.to_minute = static_cast<std::int16_t>(number(json, "to", -1));
  rule.weekdays = static_cast<std::int8_t>(number(json, "dow", -1));
  rule.group = static_cast<std::int8_t>(number(json, "grp", -1));
  rule.segment = static_cast<std::int8_t>(number(json, "seg", -1));
  const std::int32_t category = number(json, "offCat", -1);
  rule.offer = category >= 0 ? ~category : number(json, "offSku", 0);
  return rule;
}

std::vector<RuleRecord> read_rules(const std::string& stem) {
  if (std::filesystem::exists(stem + ".bin")) return read_records<RuleRecord>(stem + ".bin");
  std::ifstream lines(stem + ".jsonl");
  if (!lines) throw std::runtime_error(stem + ".bin, " + stem + ".jsonl: neither can be read");
  std::vector<RuleRecord> rules;
  for (std::string line; std::getline(lines, line);)
    rules.push_back(read_rule(parse(line, stem + ".jsonl")));
  return rules;
}

}  // namespace

Workload read_workload(const WorkloadName& name) {
  Workload workload;
  workload.items = read_catalog(name.folder);
  workload.baskets = read_baskets(name.folder + (name.is_big ? "/baskets_big" : "/baskets"));
  workload.rules =
      read_rules(name.folder + "/rules_" + name.kind + "_" + std::to_string(name.rule_count));
  for (const CatalogItem& item : workload.items)
    workload.category_count = std::max(workload.category_count, item.category + 1);
  return workload;
}

}  // namespace xsell::bench
