#include "json_view.h"

#include <fmt/format.h>

#include <string>

#include "money.h"
#include "printer.h"

namespace lane {
namespace {

// Ids are 64 bits wide; as text they survive every JSON reader.
std::string id(std::uint64_t number) { return fmt::format("{}", number); }

void set_if_told(Json& json, const char* name, const char* text) {
  if (text[0] != '\0') json[name] = text;
}

Json line_json(const BasketLine& line) {
  Json json = {{"line", line.line},
               {"item", line.item},
               {"name", line.name},
               {"quantity_milli", line.quantity_milli}};
  if (line.unit_price_minor) {
    json["unit_price_minor"] = *line.unit_price_minor;
    json["amount_minor"] = line.amount_minor();
  }
  if (line.prompt != 0) json["from_prompt"] = id(line.prompt);
  if (line.is_voided) json["voided"] = true;
  if (line.is_return) json["return"] = true;
  return json;
}

Json latency_json(const SaleStats::Latency& latency) {
  return {{"count", latency.count},
          {"p50_ns", latency.p50_ns},
          {"p99_ns", latency.p99_ns},
          {"max_ns", latency.max_ns}};
}

}  // namespace

Json prompts_json(const std::vector<ShownPrompt>& prompts) {
  Json list = Json::array();
  for (const ShownPrompt& shown : prompts) {
    const xsell_prompt& prompt = shown.prompt;
    Json json = {{"number", shown.number},
                 {"prompt", id(prompt.prompt)},
                 {"new", shown.is_new},
                 {"rule_id", prompt.rule_id},
                 {"rule_set_version", prompt.rule_set_version},
                 {"relation", relation_name(prompt.relation)},
                 {"kind", prompt.kind == XSELL_PROMPT_INFORMATION ? "information" : "offer"},
                 {"mode", prompt.mode},
                 {"moment", prompt.moment},
                 {"item", prompt.item},
                 {"description", prompt.description},
                 {"quantity_milli", prompt.quantity_milli},
                 {"operator_text", prompt.operator_text},
                 {"reason", prompt.reason}};
    set_if_told(json, "customer_text", prompt.customer_text);
    set_if_told(json, "line_display_1", prompt.line_display_1);
    set_if_told(json, "line_display_2", prompt.line_display_2);
    set_if_told(json, "location", prompt.location);
    set_if_told(json, "currency", prompt.currency);
    set_if_told(json, "language", prompt.language);
    set_if_told(json, "experiment", prompt.experiment);
    if (prompt.flags & XSELL_PROMPT_PRICE_KNOWN) json["price_minor"] = prompt.price_minor;
    if (prompt.flags & XSELL_PROMPT_STOCK_KNOWN) json["stock_milli"] = prompt.stock_milli;
    if (prompt.flags & XSELL_PROMPT_REQUIRED) json["required"] = true;
    if (prompt.benefit_kind == XSELL_BENEFIT_PROMOTION) {
      json["promotion"] = prompt.promotion;
      json["saving_minor"] = prompt.saving_minor;
    }
    if (prompt.minimum_customer_age != 0) {
      json["minimum_customer_age"] = prompt.minimum_customer_age;
    }
    if (prompt.text_direction == XSELL_TEXT_RIGHT_TO_LEFT) json["direction"] = "rtl";
    const xsell::Prompt view(prompt);
    json["trigger_lines"] =
        std::vector<std::uint64_t>(view.trigger_lines_begin(), view.trigger_lines_end());
    list.push_back(std::move(json));
  }
  return list;
}

Json to_json(const Step& step) {
  Json json = {{"event", step.event},
               {"status", xsell::status_name(step.status)},
               {"transaction", step.transaction},
               {"local_time", format_local_time(step.local_time_s)}};
  if (step.line) {
    json.update(line_json(*step.line));
  }
  if (!step.item.empty()) json["item"] = step.item;
  if (step.prompt != 0) json["prompt"] = id(step.prompt);
  json["latency_ns"] = step.latency_ns;
  json["rule_set_version"] = step.rule_set_version;
  json["connection"] = connection_name(step.connection);
  json["online"] = step.connection >= XSELL_CONNECTION_POLLING;
  json["prompts"] = prompts_json(step.prompts);
  Json withdrawn = Json::array();
  for (const ShownPrompt& gone : step.withdrawn) withdrawn.push_back(id(gone.prompt.prompt));
  json["withdrawn"] = std::move(withdrawn);
  return json;
}

Json lines_json(const Till& till) {
  Json list = Json::array();
  for (const BasketLine& line : till.lines()) list.push_back(line_json(line));
  return list;
}

Json health_json(const xsell_health& health) {
  static constexpr const char* kFreshness[] = {"none", "ok", "stale", "frozen"};
  return {{"state", health_state_name(health.state)},
          {"connection", connection_name(health.connection)},
          {"online", health.connection >= XSELL_CONNECTION_POLLING},
          {"freshness",
           health.freshness < std::size(kFreshness) ? kFreshness[health.freshness] : "unknown"},
          {"rule_set_version", health.rule_set_version},
          {"ready_version", health.ready_version},
          {"rules", health.rule_count},
          {"skipped_rules", health.skipped_rules},
          {"items", health.item_count},
          {"last_contact_s", health.last_contact_s},
          {"events", health.events},
          {"prompts_shown", health.prompts},
          {"outcomes_pending", health.outcomes_pending},
          {"outcomes_lost", health.outcomes_lost},
          {"business_unit", health.business_unit},
          {"workstation", health.workstation},
          {"message", health.message}};
}

Json stats_json(const SaleStats& stats) {
  return {{"transactions", stats.transactions()},
          {"scans", stats.scans().count},
          {"scans_prompted", stats.scans_prompted()},
          {"prompts", stats.prompts()},
          {"prompts_followed", stats.prompts_followed()},
          {"accepted", stats.accepted()},
          {"declined", stats.declined()},
          {"withdrawn", stats.withdrawn()},
          {"refused_events", stats.refused()},
          {"on_event", latency_json(stats.events())},
          {"on_scan", latency_json(stats.scans())}};
}

Json page_json(const Till& till) {
  const std::uint64_t now_ns = till.clock().monotonic_ns();
  const std::uint64_t snoozed_until_ns = till.snoozed_until_ns();
  Json prompts = prompts_json(till.prompts());
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    const ShownPrompt& shown = till.prompts()[i];
    prompts[i]["show_ms"] = shown.prompt.show_ms;
    prompts[i]["age_ms"] = (now_ns - shown.shown_at_ns) / 1'000'000;
  }
  return {
      {"transaction", till.transaction()},
      {"is_open", till.is_open()},
      {"is_tendering", till.is_tendering()},
      {"suspended", till.suspended_count()},
      {"currency", till.currency()},
      {"currency_digits", currency_digits(till.currency())},
      {"lines", lines_json(till)},
      {"total_minor", till.total_minor()},
      {"prompts", std::move(prompts)},
      {"snoozed_s", snoozed_until_ns > now_ns ? (snoozed_until_ns - now_ns) / 1'000'000'000 : 0},
      {"last_scan_ns", till.last_scan_ns()},
      {"on_scan", latency_json(till.stats().scans())},
      {"local_time", format_local_time(till.clock().local_time_s())},
      {"health", health_json(till.health())}};
}

}  // namespace lane
