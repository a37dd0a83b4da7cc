#include "rules/document_reader.h"
#include "rules/fixed_decimal.h"
#include "rules/validate.h"

namespace xsell::rules {
namespace {

constexpr int kQuantityPlaces = 3;
constexpr std::int32_t kMaxAge = 150;
constexpr std::int32_t kMaxPromptsPerAnswer = 3;

void read_select(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                 Offer& out) {
  ObjectReader reader(context, value, path);
  reader.read_name("by", out.select_by);
  reader.read("rotate", out.is_rotating);
  reader.read("limit", out.select_limit, 1, kMaxPromptsPerAnswer);
  reader.finish();
}

void read_quantity(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                   Offer& out) {
  ObjectReader reader(context, value, path);
  const bool is_fixed = reader.read_fixed("fixed", out.quantity_milli, kQuantityPlaces, 1);
  out.is_quantity_per_trigger =
      reader.read_fixed("per_trigger", out.quantity_milli, kQuantityPlaces, 1);
  reader.finish();
  if (is_fixed && out.is_quantity_per_trigger) {
    context.error(value, path, "fixed and per_trigger exclude each other", "Keep one of them.");
  }
}

void read_requirement(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                      Requirement& out) {
  ObjectReader reader(context, value, path);
  reader.read("in_assortment", out.in_assortment);
  reader.read_fixed("on_hand_min", out.on_hand_min_milli, kQuantityPlaces);
  reader.read_fixed("max_price_ratio", out.max_price_ratio_millionths, 6);
  reader.read("floor_price", out.floor_price_minor);
  reader.finish();
}

void read_benefit(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                  Benefit& out) {
  ObjectReader reader(context, value, path);
  reader.require("promotion");
  reader.read_text("promotion", out.promotion, kMaxCodeBytes);
  if (const JsonValue* saving = reader.take("saving")) {
    read_money(context, *saving, reader.path_of("saving"), out.saving.emplace());
  }
  reader.finish();
}

}  // namespace

void read_money(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                Money& out) {
  ObjectReader reader(context, value, path);
  reader.require("amount");
  reader.read("amount", out.amount_minor);
  reader.require("currency");
  reader.read_currency("currency", out.currency);
  reader.finish();
}

void read_offer(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                Offer& out) {
  ObjectReader reader(context, value, path);
  out.place = context.place_of(value);
  read_selector(reader, out.target);
  const auto read_part = [&](std::string_view name, auto read, auto& part) {
    if (const JsonValue* found = reader.take(name))
      read(context, *found, reader.path_of(name), part);
  };
  read_part("select", read_select, out);
  reader.read_fixed("score", out.score_millionths, 6, 0, 1000 * kMillionthsPerOne);
  read_part("quantity", read_quantity, out);
  read_part("require", read_requirement, out.require);
  reader.read("minimum_customer_age", out.minimum_customer_age, 0, kMaxAge);
  reader.read("minimum_operator_age", out.minimum_operator_age, 0, kMaxAge);
  reader.read_localised("location", out.location);
  if (const JsonValue* benefit = reader.take("benefit")) {
    read_benefit(context, *benefit, reader.path_of("benefit"), out.benefit.emplace());
  }
  reader.finish();
}

}  // namespace xsell::rules
