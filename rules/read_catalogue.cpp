#include <limits>

#include "rules/document_reader.h"
#include "rules/validate.h"

namespace xsell::rules {
namespace {

constexpr std::int32_t kMaxAge = 150;

bool looks_like_gtin(std::string_view text) {
  if (text.size() < 12 || text.size() > 14) return false;
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

void read_item(DocumentContext& context, const JsonValue& value, const FieldPath& path, Item& out) {
  ObjectReader reader(context, value, path);
  out.place = context.place_of(value);
  const JsonValue* key = reader.require("item");
  reader.read_key("item", out.key);
  if (key != nullptr && key->is_string() && looks_like_gtin(key->text) && !is_gtin(key->text)) {
    context.warning(*key, reader.path_of("item"),
                    "this looks like a GTIN, but its check digit is wrong",
                    "Correct it; as it stands it is an in-house code and matches no scanned GTIN.");
  }
  reader.read_localised("name", out.name);
  reader.read_text("category", out.category, kMaxCodeBytes);
  reader.read_text("brand", out.brand, kMaxCodeBytes);
  reader.read_texts("tags", out.tags, kMaxCodeBytes);
  reader.read_text("variant_group", out.variant_group, kMaxCodeBytes);
  reader.read_text("item_class", out.item_class, kMaxCodeBytes);
  if (const JsonValue* price = reader.take("price")) {
    Money money;
    read_money(context, *price, reader.path_of("price"), money);
    out.price_minor = money.amount_minor;
    out.currency = money.currency;
  }
  reader.read("minimum_age", out.minimum_age, 0, kMaxAge);
  reader.read("in_assortment", out.is_in_assortment);
  reader.read("leak", out.leak, 0, std::numeric_limits<std::int32_t>::max());
  reader.finish();
}

void read_category(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                   Category& out) {
  ObjectReader reader(context, value, path);
  out.place = context.place_of(value);
  reader.require("code");
  reader.read_text("code", out.code, kMaxCodeBytes);
  reader.read_text("parent", out.parent, kMaxCodeBytes);
  reader.read_localised("name", out.name);
  reader.read("minimum_age", out.minimum_age, 0, kMaxAge);
  reader.finish();
}

}  // namespace xsell::rules
