#include "rules/document_writer.h"
#include "rules/object_writer.h"

namespace xsell::rules {
namespace {

constexpr int kQuantityPlaces = 3;

void put_item_list(ObjectWriter& out, const ItemList& list) {
  out.put("items", list.items);
  out.put("categories", list.categories);
  out.put("brands", list.brands);
  out.put("tags", list.tags);
  out.put("exclude_items", list.exclude_items);
  out.put("exclude_categories", list.exclude_categories);
  out.put("exclude_brands", list.exclude_brands);
  out.put("exclude_tags", list.exclude_tags);
  ObjectWriter price;
  price.put("min", list.min_price_minor, 0);
  price.put("max", list.max_price_minor, kNoMaximum);
  out.put_object("price", price.take());
}

void put_selector(ObjectWriter& out, const ItemSelector& selector) {
  out.put("set", selector.set);
  put_item_list(out, selector.list);
}

void put_bounds(ObjectWriter& out, const Condition& condition, std::string_view least,
                std::string_view most, int places, std::int64_t usual_least) {
  out.put_fixed(least, condition.min, places, usual_least);
  out.put_fixed(most, condition.max, places, kNoMaximum);
}

JsonValue write_fields(const Condition& condition) {
  ObjectWriter out;
  switch (condition.kind) {
    case ConditionKind::basket_has:
      put_selector(out, condition.selector);
      put_bounds(out, condition, "min_quantity", "max_quantity", kQuantityPlaces, 1000);
      break;
    case ConditionKind::basket_count:
      put_selector(out, condition.selector);
      put_bounds(out, condition, "min", "max", kQuantityPlaces, 0);
      break;
    case ConditionKind::distinct_categories:
      put_bounds(out, condition, "min", "max", 0, 0);
      break;
    case ConditionKind::amount:
      put_bounds(out, condition, "min", "max", 0, 0);
      out.put("currency", condition.currency.view());
      break;
    case ConditionKind::segment:
      out.put("any_of", condition.segments.any_of);
      out.put("none_of", condition.segments.none_of);
      break;
    case ConditionKind::bought_within:
      put_selector(out, condition.selector);
      out.put("days", condition.days, 0);
      break;
    case ConditionKind::due_for:
      put_selector(out, condition.selector);
      break;
    case ConditionKind::near_miss:
      out.put("promotion", condition.text);
      out.put("missing_at_most", condition.max, 1);
      break;
    case ConditionKind::context:
      out.put("flag", condition.text);
      break;
    case ConditionKind::all:
    case ConditionKind::any:
    case ConditionKind::negation:
    case ConditionKind::unknown:
      break;
  }
  return out.take();
}

}  // namespace

JsonValue write_item_list(const ItemList& list) {
  ObjectWriter out;
  put_item_list(out, list);
  return out.take();
}

JsonValue write_condition(const Condition& condition) {
  JsonValue out = JsonValue::object();
  const std::string_view name = name_of(condition.kind);
  switch (condition.kind) {
    case ConditionKind::all:
    case ConditionKind::any: {
      JsonValue& list = out.set(name, JsonValue::array());
      for (const Condition& child : condition.children)
        list.items.push_back(write_condition(child));
      break;
    }
    case ConditionKind::negation:
      out.set(name, condition.children.empty() ? JsonValue::object()
                                               : write_condition(condition.children.front()));
      break;
    case ConditionKind::unknown:
      out.set(condition.text, read_json(condition.unknown_json).value);
      break;
    default:
      out.set(name, write_fields(condition));
  }
  return out;
}

JsonValue write_offer(const Offer& offer) {
  const Offer usual;
  ObjectWriter out;
  put_selector(out, offer.target);
  ObjectWriter select;
  select.put_name("by", offer.select_by, usual.select_by);
  select.put("rotate", offer.is_rotating, usual.is_rotating);
  select.put("limit", offer.select_limit, usual.select_limit);
  out.put_object("select", select.take());
  out.put_fixed("score", offer.score_millionths, 6, usual.score_millionths);
  ObjectWriter quantity;
  if (offer.is_quantity_per_trigger) {
    quantity.put_fixed("per_trigger", offer.quantity_milli, kQuantityPlaces, 0);
  } else {
    quantity.put_fixed("fixed", offer.quantity_milli, kQuantityPlaces, usual.quantity_milli);
  }
  out.put_object("quantity", quantity.take());
  ObjectWriter require;
  require.put("in_assortment", offer.require.in_assortment, usual.require.in_assortment);
  require.put_fixed("on_hand_min", offer.require.on_hand_min_milli, kQuantityPlaces,
                    usual.require.on_hand_min_milli);
  require.put_fixed("max_price_ratio", offer.require.max_price_ratio_millionths, 6,
                    usual.require.max_price_ratio_millionths);
  require.put("floor_price", offer.require.floor_price_minor, usual.require.floor_price_minor);
  out.put_object("require", require.take());
  out.put("minimum_customer_age", offer.minimum_customer_age, usual.minimum_customer_age);
  out.put("minimum_operator_age", offer.minimum_operator_age, usual.minimum_operator_age);
  out.put("location", offer.location);
  if (offer.benefit) {
    ObjectWriter benefit;
    benefit.put("promotion", offer.benefit->promotion);
    if (offer.benefit->saving) benefit.put("saving", *offer.benefit->saving);
    out.put_always("benefit", benefit.take());
  }
  return out.take();
}

}  // namespace xsell::rules
