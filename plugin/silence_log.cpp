#include "plugin/silence_log.h"

#include <algorithm>

namespace xsell::plugin {

void SilenceLog::watch(const rules::CompiledRuleSet* in_use) {
  if (in_use == in_use_) return;
  if (in_use_ != nullptr) {
    former_.insert(former_.begin(), read(*in_use_, id_));
    if (former_.size() > kMaxFormer) former_.pop_back();
  }
  in_use_ = in_use;
  id_ = new_id_();
}

rules::JsonValue SilenceLog::to_json() const {
  rules::JsonValue json = rules::JsonValue::array();
  if (in_use_ != nullptr) json.items.push_back(to_json(read(*in_use_, id_)));
  for (const Count& count : former_) json.items.push_back(to_json(count));
  return json;
}

SilenceLog::Count SilenceLog::read(const rules::CompiledRuleSet& rules, uint64_t id) {
  Count count;
  count.id = id;
  count.version = rules.version();
  for (const auto& row : rules.silence().rows()) {
    if (row.count == 0) continue;
    count.rows.push_back({rules.rule_id(row.rule), std::string(name_of(row.reason)), row.count});
  }
  std::stable_sort(count.rows.begin(), count.rows.end(),
                   [](const Row& a, const Row& b) { return a.count > b.count; });
  if (count.rows.size() > kMaxRows) {
    count.left_away = count.rows.size() - kMaxRows;
    count.rows.resize(kMaxRows);
  }
  return count;
}

rules::JsonValue SilenceLog::to_json(const Count& count) {
  using rules::JsonValue;
  const auto number = [](uint64_t value) { return JsonValue::of(static_cast<int64_t>(value)); };
  JsonValue rows = JsonValue::array();
  for (const Row& row : count.rows) {
    JsonValue one = JsonValue::array();
    one.items.push_back(JsonValue::of(std::string_view(row.rule)));
    one.items.push_back(JsonValue::of(std::string_view(row.reason)));
    one.items.push_back(number(row.count));
    rows.items.push_back(std::move(one));
  }
  JsonValue json = JsonValue::object();
  json.set("id", number(count.id));
  json.set("version", number(count.version));
  json.set("left_away", number(count.left_away));
  json.set("rows", std::move(rows));
  return json;
}

}  // namespace xsell::plugin
