#include <algorithm>
#include <array>

#include "rules/document_reader.h"
#include "rules/fixed_decimal.h"
#include "rules/suggestion.h"
#include "rules/validate.h"

namespace xsell::rules {
namespace {

constexpr std::size_t kMaxNameBytes = 200;
constexpr std::array<std::string_view, 7> kDays = {"mo", "tu", "we", "th", "fr", "sa", "su"};
constexpr std::array<std::string_view, 4> kMoments = {"line_added", "subtotal", "inquiry",
                                                      "after_sale"};

// A list of words as bits in the order of the words. False when the field is left out.
template <std::size_t Count>
bool read_bits(ObjectReader& reader, std::string_view name,
               const std::array<std::string_view, Count>& words, std::uint8_t& out) {
  std::uint8_t bits = 0;
  bool is_right = true;
  const bool is_list = reader.for_each(name, [&](const JsonValue& item, const FieldPath& path) {
    const auto found = std::find(words.begin(), words.end(), item.text);
    if (item.is_string() && found != words.end()) {
      bits = static_cast<std::uint8_t>(bits | 1U << static_cast<unsigned>(found - words.begin()));
      return;
    }
    is_right = false;
    const std::string word =
        item.is_string() ? "\"" + item.text + "\"" : std::string(describe(item.kind));
    reader.context().unknown(item, path, word + " is not known here",
                             suggest(item.text, {words.begin(), words.end()}));
  });
  if (!is_list) return false;
  if (bits == 0 && is_right) {
    reader.context().error(reader.value(), reader.path_of(name), "this list is empty",
                           "Leave it out for the default, or name at least one.");
  }
  out = bits;
  return true;
}

void read_evidence(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                   Evidence& out) {
  ObjectReader reader(context, value, path);
  reader.read_fixed("support", out.support_millionths, 6, 0, kMillionthsPerOne);
  reader.read_fixed("confidence", out.confidence_millionths, 6, 0, kMillionthsPerOne);
  reader.read_fixed("lift", out.lift_millionths, 6);
  reader.read("joint_count", out.joint_count);
  reader.read_date("from", out.from_day);
  reader.read_date("until", out.until_day);
  reader.finish();
}

void read_window(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                 TimeWindow& out) {
  ObjectReader reader(context, value, path);
  read_bits(reader, "days", kDays, out.days);
  reader.read_time_of_day("start", out.start_minute);
  reader.read_time_of_day("end", out.end_minute);
  reader.finish();
  if (out.start_minute == out.end_minute) {
    context.error(value, path, "start and end are the same time",
                  "For a whole day leave both out.");
  }
}

void read_audience(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                   Audience& out) {
  ObjectReader reader(context, value, path);
  reader.read_texts("business_units", out.business_units, kMaxCodeBytes);
  reader.read_texts("exclude_business_units", out.exclude_business_units, kMaxCodeBytes);
  reader.read_texts("business_unit_groups", out.business_unit_groups, kMaxCodeBytes);
  reader.read_texts("exclude_business_unit_groups", out.exclude_business_unit_groups,
                    kMaxCodeBytes);
  reader.read_names("workstation_types", out.workstation_types);
  auto& types = out.workstation_types;
  std::sort(types.begin(), types.end());
  types.erase(std::unique(types.begin(), types.end()), types.end());
  reader.read_texts("operator_roles", out.operator_roles, kMaxCodeBytes);
  if (const JsonValue* segments = reader.take("segments")) {
    read_segments(context, *segments, reader.path_of("segments"), out.segments);
  }
  reader.read("anonymous", out.is_for_anonymous);
  reader.finish();
}

void read_prompt(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                 PromptTexts& out) {
  ObjectReader reader(context, value, path);
  out.place = context.place_of(value);
  reader.read_name("kind", out.kind);
  reader.read_name("mode", out.mode);
  reader.read("required", out.is_required);
  reader.read("timeout_seconds", out.timeout_seconds, 0, 3600);
  reader.read_localised("operator_text", out.operator_text);
  reader.read_localised("customer_text", out.customer_text);
  reader.read_localised("line_display", out.line_display);
  reader.read_localised("reason", out.reason);
  reader.finish();
}

void read_pacing(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                 Pacing& out) {
  ObjectReader reader(context, value, path);
  reader.read("once_per_transaction", out.once_per_transaction);
  reader.read("frequency_percent", out.frequency_percent, 0, 100);
  reader.read_text("exclusive_group", out.exclusive_group, kMaxCodeBytes);
  if (const JsonValue* budget = reader.take("budget")) {
    ObjectReader inside(context, *budget, reader.path_of("budget"));
    out.budget.emplace();
    inside.read("uses", out.budget->uses);
    inside.read("per_store", out.budget->per_store);
    inside.finish();
  }
  reader.finish();
}

void read_after_sale(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                     AfterSale& out) {
  ObjectReader reader(context, value, path);
  reader.require("kind");
  reader.read_name("kind", out.kind);
  reader.read_name("when", out.when);
  reader.read_text("coupon", out.coupon, kMaxCodeBytes);
  reader.read_text("channel", out.channel, kMaxCodeBytes);
  reader.read("requires_consent", out.requires_consent);
  reader.read_localised("text", out.text);
  reader.finish();
}

bool is_rule_id(std::string_view text) {
  return !text.empty() && text.size() <= kMaxRuleIdBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

void read_rule_id(ObjectReader& reader, Rule& out) {
  const JsonValue* id = reader.require("rule_id");
  if (id == nullptr) return;
  if (!id->is_string() || !is_rule_id(id->text)) {
    reader.context().error(*id, reader.path_of("rule_id"), "this is no rule id",
                           "Write 1 to 63 letters, digits, '-', '_' and '.' in quotes.");
    return;
  }
  out.rule_id = id->text;
  reader.context().rule_id = out.rule_id;
}

}  // namespace

void read_rule(DocumentContext& context, const JsonValue& value, const FieldPath& path, Rule& out) {
  ObjectReader reader(context, value, path);
  out.place = context.place_of(value);
  read_rule_id(reader, out);
  reader.read("version", out.version, 1);
  reader.read_text("name", out.name, kMaxNameBytes);
  reader.read("enabled", out.is_enabled);
  reader.read("priority", out.priority, 0, 100);
  reader.read("pinned", out.is_pinned);
  reader.read_name("source", out.source);
  reader.read_name("relation", out.relation);
  const auto read_part = [&](std::string_view name, auto read, auto& part) {
    if (const JsonValue* found = reader.take(name))
      read(context, *found, reader.path_of(name), part);
  };
  if (const JsonValue* evidence = reader.take("evidence")) {
    read_evidence(context, *evidence, reader.path_of("evidence"), out.evidence.emplace());
  }
  reader.read_local_time("effective", out.effective_s);
  reader.read_local_time("expires", out.expires_s);
  reader.for_each("time_windows", [&](const JsonValue& item, const FieldPath& inside) {
    read_window(context, item, inside, out.time_windows.emplace_back());
  });
  read_part("audience", read_audience, out.audience);
  read_bits(reader, "moments", kMoments, out.moments);
  read_part("condition", read_condition, out.condition);
  reader.for_each("offers", [&](const JsonValue& item, const FieldPath& inside) {
    read_offer(context, item, inside, out.offers.emplace_back());
  });
  reader.require("prompt");
  read_part("prompt", read_prompt, out.prompt);
  read_part("pacing", read_pacing, out.pacing);
  reader.for_each("after_sale", [&](const JsonValue& item, const FieldPath& inside) {
    read_after_sale(context, item, inside, out.after_sale.emplace_back());
  });
  reader.finish();
}

}  // namespace xsell::rules
