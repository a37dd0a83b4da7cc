#include <array>

#include "rules/document_writer.h"
#include "rules/local_time.h"
#include "rules/object_writer.h"

namespace xsell::rules {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"mo", "tu", "we", "th", "fr", "sa", "su"};
constexpr std::array<std::string_view, 4> kMoments = {"line_added", "subtotal", "inquiry",
                                                      "after_sale"};

template <std::size_t Count>
void put_bits(ObjectWriter& out, std::string_view name,
              const std::array<std::string_view, Count>& words, std::uint8_t bits,
              std::uint8_t usual) {
  if (bits == usual) return;
  std::vector<std::string> set;
  for (std::size_t i = 0; i < Count; ++i) {
    if ((bits >> i & 1U) != 0) set.emplace_back(words[i]);
  }
  out.put(name, set);
}

JsonValue write_evidence(const Evidence& evidence) {
  ObjectWriter out;
  out.put_fixed("support", evidence.support_millionths, 6, 0);
  out.put_fixed("confidence", evidence.confidence_millionths, 6, 0);
  out.put_fixed("lift", evidence.lift_millionths, 6, 0);
  out.put("joint_count", evidence.joint_count, 0);
  if (evidence.from_day) out.put("from", format_date(*evidence.from_day));
  if (evidence.until_day) out.put("until", format_date(*evidence.until_day));
  return out.take();
}

JsonValue write_window(const TimeWindow& window) {
  const TimeWindow usual;
  ObjectWriter out;
  put_bits(out, "days", kDays, window.days, usual.days);
  if (window.start_minute != usual.start_minute)
    out.put("start", format_time_of_day(window.start_minute));
  if (window.end_minute != usual.end_minute) out.put("end", format_time_of_day(window.end_minute));
  return out.take();
}

JsonValue write_audience(const Audience& audience) {
  ObjectWriter out;
  out.put("business_units", audience.business_units);
  out.put("exclude_business_units", audience.exclude_business_units);
  out.put("business_unit_groups", audience.business_unit_groups);
  out.put("exclude_business_unit_groups", audience.exclude_business_unit_groups);
  out.put_each("workstation_types", audience.workstation_types,
               [](WorkstationType type) { return JsonValue::of(name_of(type)); });
  out.put("operator_roles", audience.operator_roles);
  ObjectWriter segments;
  segments.put("any_of", audience.segments.any_of);
  segments.put("none_of", audience.segments.none_of);
  out.put_object("segments", segments.take());
  out.put("anonymous", audience.is_for_anonymous, true);
  return out.take();
}

JsonValue write_prompt(const PromptTexts& prompt) {
  const PromptTexts usual;
  ObjectWriter out;
  out.put_name("kind", prompt.kind, usual.kind);
  out.put_name("mode", prompt.mode, usual.mode);
  out.put("required", prompt.is_required, usual.is_required);
  out.put("timeout_seconds", prompt.timeout_seconds, usual.timeout_seconds);
  out.put("operator_text", prompt.operator_text);
  out.put("customer_text", prompt.customer_text);
  out.put("line_display", prompt.line_display);
  out.put("reason", prompt.reason);
  return out.take();
}

JsonValue write_pacing(const Pacing& pacing) {
  const Pacing usual;
  ObjectWriter out;
  out.put("once_per_transaction", pacing.once_per_transaction, usual.once_per_transaction);
  out.put("frequency_percent", pacing.frequency_percent, usual.frequency_percent);
  out.put("exclusive_group", pacing.exclusive_group);
  if (pacing.budget) {
    ObjectWriter budget;
    budget.put("uses", pacing.budget->uses, 0);
    budget.put("per_store", pacing.budget->per_store, 0);
    out.put_always("budget", budget.take());
  }
  return out.take();
}

JsonValue write_after_sale(const AfterSale& after) {
  const AfterSale usual;
  ObjectWriter out;
  out.put("kind", name_of(after.kind));
  out.put_name("when", after.when, usual.when);
  out.put("coupon", after.coupon);
  out.put("channel", after.channel);
  out.put("requires_consent", after.requires_consent, usual.requires_consent);
  out.put("text", after.text);
  return out.take();
}

}  // namespace

JsonValue write_rule(const Rule& rule) {
  const Rule usual;
  ObjectWriter out;
  out.put("rule_id", rule.rule_id);
  out.put("version", rule.version, usual.version);
  out.put("name", rule.name);
  out.put("enabled", rule.is_enabled, usual.is_enabled);
  out.put("priority", rule.priority, usual.priority);
  out.put("pinned", rule.is_pinned, usual.is_pinned);
  out.put_name("source", rule.source, usual.source);
  out.put_name("relation", rule.relation, usual.relation);
  if (rule.evidence) out.put_always("evidence", write_evidence(*rule.evidence));
  if (rule.effective_s) out.put("effective", format_local_time(*rule.effective_s));
  if (rule.expires_s) out.put("expires", format_local_time(*rule.expires_s));
  out.put_each("time_windows", rule.time_windows, write_window);
  out.put_object("audience", write_audience(rule.audience));
  put_bits(out, "moments", kMoments, rule.moments, usual.moments);
  if (!(rule.condition == usual.condition))
    out.put_always("condition", write_condition(rule.condition));
  out.put_each("offers", rule.offers, write_offer);
  out.put_always("prompt", write_prompt(rule.prompt));
  out.put_object("pacing", write_pacing(rule.pacing));
  out.put_each("after_sale", rule.after_sale, write_after_sale);
  return out.take();
}

JsonValue write_item(const Item& item) {
  const Item usual;
  ObjectWriter out;
  out.put("item", item.key.view());
  out.put("name", item.name);
  out.put("category", item.category);
  out.put("brand", item.brand);
  out.put("tags", item.tags);
  out.put("variant_group", item.variant_group);
  out.put("item_class", item.item_class);
  if (item.price_minor) out.put("price", Money{*item.price_minor, item.currency});
  out.put("minimum_age", item.minimum_age, usual.minimum_age);
  out.put("in_assortment", item.is_in_assortment, usual.is_in_assortment);
  out.put("leak", item.leak, usual.leak);
  return out.take();
}

JsonValue write_category(const Category& category) {
  const Category usual;
  ObjectWriter out;
  out.put("code", category.code);
  out.put("parent", category.parent);
  out.put("name", category.name);
  out.put("minimum_age", category.minimum_age, usual.minimum_age);
  return out.take();
}

}  // namespace xsell::rules
