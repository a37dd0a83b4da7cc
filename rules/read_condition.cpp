#include <algorithm>

#include "rules/canonical_json.h"
#include "rules/document_reader.h"
#include "rules/model_names.h"
#include "rules/suggestion.h"
#include "rules/utf8.h"
#include "rules/validate.h"

namespace xsell::rules {
namespace {

constexpr int kQuantityPlaces = 3;
constexpr std::int32_t kMaxDays = 36'500;

void read_bounds(ObjectReader& reader, Condition& out, std::string_view least,
                 std::string_view most, int places) {
  reader.read_fixed(least, out.min, places);
  reader.read_fixed(most, out.max, places);
  if (out.min > out.max) {
    reader.context().error(reader.value(), reader.path_of(least),
                           "it is larger than " + std::string(most),
                           "Swap them, or leave one out.");
  }
}

void read_children(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                   Condition& out) {
  if (!value.is_array() || value.items.empty()) {
    context.error(value, path, "a list of conditions is expected",
                  "Write it like [ {...}, {...} ].");
    return;
  }
  out.children.resize(value.items.size());
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    read_condition(context, value.items[i], {path.parent, path.name, static_cast<int>(i)},
                   out.children[i]);
  }
}

void read_fields(ObjectReader& reader, Condition& out) {
  switch (out.kind) {
    case ConditionKind::basket_has:
      read_selector(reader, out.selector);
      out.min = 1000;
      read_bounds(reader, out, "min_quantity", "max_quantity", kQuantityPlaces);
      break;
    case ConditionKind::basket_count:
      read_selector(reader, out.selector);
      read_bounds(reader, out, "min", "max", kQuantityPlaces);
      break;
    case ConditionKind::distinct_categories:
      read_bounds(reader, out, "min", "max", 0);
      break;
    case ConditionKind::amount:
      read_bounds(reader, out, "min", "max", 0);
      reader.read_currency("currency", out.currency);
      break;
    case ConditionKind::bought_within:
      read_selector(reader, out.selector);
      reader.require("days");
      reader.read("days", out.days, 1, kMaxDays);
      break;
    case ConditionKind::due_for:
      read_selector(reader, out.selector);
      break;
    case ConditionKind::near_miss:
      reader.require("promotion");
      reader.read_text("promotion", out.text, kMaxCodeBytes);
      out.max = 1;
      reader.read("missing_at_most", out.max, 1);
      break;
    case ConditionKind::context:
      reader.require("flag");
      reader.read_text("flag", out.text, kMaxCodeBytes);
      break;
    case ConditionKind::all:
    case ConditionKind::any:
    case ConditionKind::negation:
    case ConditionKind::segment:
    case ConditionKind::unknown:
      break;
  }
}

void read_unknown(DocumentContext& context, const JsonMember& member, const FieldPath& path,
                  Condition& out) {
  std::vector<std::string_view> known;
  for (const auto& entry : names_of<ConditionKind>()) known.push_back(entry.name);
  JsonValue at;
  at.line = member.line;
  at.column = member.column;
  std::string mend = suggest(member.key, known);
  if (!mend.empty()) mend += " ";
  context.warning(
      at, path,
      "the condition \"" + member.key + "\" is not known, so that every lane skips this rule",
      mend + "Use a known condition, or disable the rule.");
  out.kind = ConditionKind::unknown;
  out.text = member.key;
  out.unknown_json = to_canonical_json(member.value);
}

}  // namespace

void read_item_list(ObjectReader& reader, ItemList& out) {
  reader.read_keys("items", out.items);
  reader.read_texts("categories", out.categories, kMaxCodeBytes);
  reader.read_texts("brands", out.brands, kMaxCodeBytes);
  reader.read_texts("tags", out.tags, kMaxCodeBytes);
  reader.read_keys("exclude_items", out.exclude_items);
  reader.read_texts("exclude_categories", out.exclude_categories, kMaxCodeBytes);
  reader.read_texts("exclude_brands", out.exclude_brands, kMaxCodeBytes);
  reader.read_texts("exclude_tags", out.exclude_tags, kMaxCodeBytes);
  if (const JsonValue* price = reader.take("price")) {
    ObjectReader band(reader.context(), *price, reader.path_of("price"));
    band.read("min", out.min_price_minor);
    band.read("max", out.max_price_minor);
    band.finish();
    if (out.min_price_minor > out.max_price_minor) {
      reader.context().error(*price, reader.path_of("price"), "min is larger than max",
                             "Swap them.");
    }
  }
}

void read_item_set(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                   std::string_view name, ItemSet& out) {
  out.name = name;
  out.place = context.place_of(value);
  if (name.empty() || name.size() > kMaxCodeBytes || !is_printable_utf8(name)) {
    context.error(value, path, "this is no name for a set",
                  "Write 1 to 63 bytes without control characters.");
  }
  ObjectReader reader(context, value, path);
  read_item_list(reader, out.list);
  reader.finish();
}

void read_selector(ObjectReader& reader, ItemSelector& out) {
  out.place = reader.context().place_of(reader.value());
  reader.read_text("set", out.set, kMaxCodeBytes);
  read_item_list(reader, out.list);
  if (!out.set.empty() && !out.list.is_empty()) {
    reader.context().error(reader.value(), reader.path_of("set"),
                           "a set and a list of its own exclude each other",
                           "Keep the set, or write all of it in place.");
  }
}

void read_segments(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                   SegmentTest& out) {
  ObjectReader reader(context, value, path);
  reader.read_texts("any_of", out.any_of, kMaxCodeBytes);
  reader.read_texts("none_of", out.none_of, kMaxCodeBytes);
  reader.finish();
}

void read_condition(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                    Condition& out) {
  out.place = context.place_of(value);
  if (!value.is_object() || value.members.size() != 1) {
    context.error(value, path, "a condition is an object with exactly one field, its name",
                  "Write it like {\"basket_has\": {...}}; join several with {\"all\": [...]}.");
    return;
  }
  const JsonMember& member = value.members.front();
  const auto kind = value_of<ConditionKind>(member.key);
  const FieldPath inside{&path, member.key, -1};
  if (!kind) {
    read_unknown(context, member, path, out);
    return;
  }
  out.kind = *kind;
  switch (*kind) {
    case ConditionKind::all:
    case ConditionKind::any:
      read_children(context, member.value, inside, out);
      return;
    case ConditionKind::negation:
      read_condition(context, member.value, inside, out.children.emplace_back());
      return;
    case ConditionKind::segment:
      read_segments(context, member.value, inside, out.segments);
      return;
    default: {
      ObjectReader reader(context, member.value, inside);
      read_fields(reader, out);
      reader.finish();
      return;
    }
  }
}

}  // namespace xsell::rules
