// Writes the fields of one JSON object that differ from their defaults. Inside the rules library
// only.
#ifndef XSELL_RULES_OBJECT_WRITER_H_
#define XSELL_RULES_OBJECT_WRITER_H_

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/fixed_decimal.h"
#include "rules/item_key.h"
#include "rules/localised_text.h"
#include "rules/model_names.h"
#include "rules/money.h"
#include "rules/strict_json.h"

namespace xsell::rules {

class ObjectWriter {
 public:
  void put(std::string_view name, std::same_as<bool> auto value, bool usual) {
    if (value != usual) object_.set(name, JsonValue::of_boolean(value));
  }
  template <std::signed_integral Number>
  void put(std::string_view name, Number value, std::int64_t usual) {
    if (value != usual) object_.set(name, JsonValue::of(std::int64_t{value}));
  }
  void put_fixed(std::string_view name, std::int64_t value, int places, std::int64_t usual) {
    if (value == usual) return;
    std::int64_t one = 1;
    for (int i = 0; i < places; ++i) one *= 10;
    object_.set(name, value % one == 0
                          ? JsonValue::of(value / one)
                          : JsonValue::of(std::string_view(format_fixed(value, places))));
  }
  void put(std::string_view name, std::string_view value, std::string_view usual = {}) {
    if (value != usual) object_.set(name, JsonValue::of(value));
  }
  void put(std::string_view name, const std::vector<std::string>& values) {
    put_each(name, values,
             [](const std::string& value) { return JsonValue::of(std::string_view(value)); });
  }
  void put(std::string_view name, const std::vector<ItemKey>& values) {
    put_each(name, values, [](const ItemKey& value) { return JsonValue::of(value.view()); });
  }
  void put(std::string_view name, const LocalisedText& text) {
    if (text.is_empty()) return;
    JsonValue value = JsonValue::object();
    for (const auto& entry : text.entries)
      value.set(entry.language, JsonValue::of(std::string_view(entry.text)));
    object_.set(name, std::move(value));
  }
  void put(std::string_view name, const Money& money) {
    JsonValue value = JsonValue::object();
    value.set("amount", JsonValue::of(money.amount_minor));
    value.set("currency", JsonValue::of(money.currency.view()));
    object_.set(name, std::move(value));
  }
  template <typename Enum>
  void put_name(std::string_view name, Enum value, Enum usual) {
    if (value != usual) object_.set(name, JsonValue::of(name_of(value)));
  }
  // A list, left out when it is empty.
  template <typename Values, typename Write>
  void put_each(std::string_view name, const Values& values, Write write) {
    if (values.empty()) return;
    JsonValue list = JsonValue::array();
    for (const auto& value : values) list.items.push_back(write(value));
    object_.set(name, std::move(list));
  }
  // An object, left out when it has no fields.
  void put_object(std::string_view name, JsonValue value) {
    if (!value.members.empty()) object_.set(name, std::move(value));
  }
  void put_always(std::string_view name, JsonValue value) { object_.set(name, std::move(value)); }

  JsonValue take() { return std::move(object_); }

 private:
  JsonValue object_ = JsonValue::object();
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_OBJECT_WRITER_H_
