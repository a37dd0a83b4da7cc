#include "hq/explain/basket_script.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include "hq/errors.h"
#include "rules/local_time.h"
#include "rules/model_names.h"
#include "rules/suggestion.h"

namespace xsell::hq {
namespace {

// Beside the event. Contract cases also say what they expect; that is passed over.
constexpr std::array<std::string_view, 9> kStepFields = {
    "after_s", "at", "kill", "kill_rule", "phase", "prompts", "result", "sequence", "transaction"};

class FileReader {
 public:
  FileReader(const Json& file, const std::string& name) : file_(file), name_(name) {}

  BasketScript read(std::int64_t now_s) {
    if (!file_.is_object()) refuse("a basket file is one JSON object");
    check_fields(file_, {"about", "at", "customer", "items", "lane", "operator", "steps"}, "");
    BasketScript basket;
    basket.scope = read_scope();
    basket.begins_at_s = file_.contains("at") ? read_time(file_["at"], "at") : now_s;
    const bool has_items = file_.contains("items");
    if (has_items == file_.contains("steps")) {
      refuse("give either \"items\", a list of what is in the basket, or \"steps\", its events");
    }
    const Json& list = file_[has_items ? "items" : "steps"];
    if (!list.is_array() || list.empty()) {
      refuse(fmt::format("\"{}\" must be a list that is not empty", has_items ? "items" : "steps"));
    }
    basket.steps = has_items ? steps_of_items(list) : std::vector<Json>(list.begin(), list.end());
    for (std::size_t i = 0; i < basket.steps.size() && !has_items; ++i) check_step(list[i], i);
    put_begin(basket.steps);
    return basket;
  }

 private:
  [[noreturn]] void refuse(const std::string& message) const {
    throw Refused(fmt::format("{}: {}", name_, message));
  }

  void check_fields(const Json& object, std::vector<std::string_view> known,
                    const std::string& where) const {
    for (const auto& [field, value] : object.items()) {
      if (std::find(known.begin(), known.end(), field) != known.end()) continue;
      refuse(fmt::format("{}there is no field \"{}\". {}", where, field,
                         rules::suggest(field, known)));
    }
  }

  std::int64_t read_time(const Json& value, const std::string& field) const {
    const auto time = value.is_string() ? rules::parse_local_time(value.get<std::string>())
                                        : std::optional<std::int64_t>();
    if (!time) {
      refuse(
          fmt::format("{}: write the store's own time without a zone, such as "
                      "\"2026-06-03T16:30:00\"",
                      field));
    }
    return *time;
  }

  template <typename Value>
  Value value_of(const Json& object, const char* field, Value otherwise) const {
    try {
      return object.value(field, otherwise);
    } catch (const Json::exception&) {
      refuse(fmt::format("lane.{}: a value of the wrong type", field));
    }
  }

  rules::LaneScope read_scope() const {
    rules::LaneScope scope;
    scope.business_unit = "1";
    scope.workstation = "1";
    if (!file_.contains("lane")) return scope;
    const Json& lane = file_["lane"];
    if (!lane.is_object()) refuse("\"lane\" must be an object");
    check_fields(lane,
                 {"currency", "lane", "lanes_in_store", "language", "store", "store_groups",
                  "workstation_type"},
                 "lane: ");
    scope.business_unit = value_of(lane, "store", scope.business_unit);
    scope.workstation = value_of(lane, "lane", scope.workstation);
    scope.business_unit_groups = value_of(lane, "store_groups", scope.business_unit_groups);
    scope.language = value_of(lane, "language", scope.language);
    scope.lanes_in_store = std::max(1, value_of(lane, "lanes_in_store", 1));
    const auto type = rules::value_of<rules::WorkstationType>(
        value_of(lane, "workstation_type", std::string("staffed")));
    if (!type) refuse("lane.workstation_type: staffed, self_checkout, mobile or kiosk");
    scope.workstation_type = *type;
    const std::string currency = value_of(lane, "currency", std::string());
    if (!currency.empty()) {
      const auto known = rules::Currency::from_text(currency);
      if (!known) refuse("lane.currency: three capital letters, such as EUR");
      scope.currency = *known;
    }
    return scope;
  }

  std::vector<Json> steps_of_items(const Json& items) const {
    std::vector<Json> steps;
    if (file_.contains("operator")) steps.push_back({{"operator_sign_on", file_["operator"]}});
    steps.push_back({{"begin", Json::object()}});
    if (file_.contains("customer")) {
      steps.push_back({{"customer_identified", file_["customer"]}});
    }
    for (const Json& item : items) steps.push_back({{"scan", item}});
    return steps;
  }

  void check_step(const Json& step, std::size_t position) const {
    const std::string where = fmt::format("step {}: ", position + 1);
    if (!step.is_object()) refuse(where + "a step is an object such as {\"scan\": \"4001\"}");
    std::size_t events = 0;
    for (const auto& [field, value] : step.items()) {
      const bool is_told =
          std::find(kStepFields.begin(), kStepFields.end(), field) != kStepFields.end();
      if (is_event_word(field) || field == "kill" || field == "kill_rule") {
        ++events;
      } else if (!is_told) {
        refuse(fmt::format("{}there is no event \"{}\". {}", where, field,
                           rules::suggest(field, event_words())));
      }
    }
    if (events != 1) refuse(where + "a step holds one event");
  }

  // Nobody need say that a basket begins.
  void put_begin(std::vector<Json>& steps) const {
    const bool has_begin = std::any_of(steps.begin(), steps.end(), [](const Json& step) {
      return step.contains("begin") || step.contains("transaction_begin") ||
             step.contains("recall");
    });
    if (!has_begin) steps.insert(steps.begin(), Json{{"begin", Json::object()}});
  }

  const Json& file_;
  const std::string& name_;
};

// "4001234500012" or "4001234500012 2" in each line.
Json items_of_lines(std::string_view text, const std::string& name) {
  Json items = Json::array();
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::istringstream words(line);
    std::string item, rest;
    double quantity = 1;
    if (!(words >> item)) continue;
    const bool has_quantity = !(words >> std::ws).eof();
    if (has_quantity && (!(words >> quantity) || quantity <= 0 || words >> rest)) {
      throw Refused(
          fmt::format("{}, line {}: an item and, if it is not one, how many, such as \"4001 2\"",
                      name, number));
    }
    items.push_back(has_quantity ? Json{{"item", item}, {"quantity", quantity}} : Json(item));
  }
  return items;
}

}  // namespace

BasketScript read_basket_script(std::string_view text, const std::string& name,
                                std::int64_t now_s) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool is_json = first != text.npos && (text[first] == '{' || text[first] == '[');
  Json file;
  try {
    file = is_json ? Json::parse(text) : items_of_lines(text, name);
  } catch (const Json::exception& error) {
    throw Refused(fmt::format("{}: not JSON: {}", name, error.what()));
  }
  if (file.is_array()) file = Json{{"items", std::move(file)}};
  return FileReader(file, name).read(now_s);
}

}  // namespace xsell::hq
