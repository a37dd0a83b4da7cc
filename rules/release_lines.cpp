#include "rules/release_lines.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include "rules/canonical_json.h"
#include "rules/document_reader.h"
#include "rules/document_writer.h"

namespace xsell::rules {
namespace {

constexpr int kMaxLineDepth = 32;

// The object with its id in place of the field that the authored document names it by.
ReleaseLine line_of(std::string_view kind, std::string_view name_field, JsonValue object) {
  const auto is_name = [&](const JsonMember& member) { return member.key == name_field; };
  const auto name = std::find_if(object.members.begin(), object.members.end(), is_name);
  std::string id(kind);
  if (name != object.members.end()) {
    id += "/" + name->value.text;
    name->key = "id";
    name->value.text = id;
  } else {
    object.set("id", JsonValue::of(std::string_view(id)));
  }
  return {std::move(id), to_canonical_json(object)};
}

ReleaseLine pair_line(const MinedPair& pair) {
  JsonValue object = JsonValue::object();
  std::string id = "pair/" + pair.trigger.text() + ">" + pair.offer.text();
  object.set("id", JsonValue::of(std::string_view(id)));
  object.set("n", JsonValue::of(pair.joint_count));
  object.set("a", JsonValue::of(pair.trigger_count));
  object.set("b", JsonValue::of(pair.offer_count));
  object.set("N", JsonValue::of(pair.basket_count));
  object.set("p", JsonValue::of(pair.weight));
  if (pair.recent_baskets_milli > 0) {
    object.set("rn", JsonValue::of(pair.recent_joint_milli));
    object.set("ra", JsonValue::of(pair.recent_trigger_milli));
    object.set("rb", JsonValue::of(pair.recent_offer_milli));
    object.set("rN", JsonValue::of(pair.recent_baskets_milli));
  }
  if (pair.boost_milli != MinedPair().boost_milli) {
    object.set("w", JsonValue::of(std::int64_t{pair.boost_milli}));
  }
  return {std::move(id), to_canonical_json(object)};
}

void read_pair(DocumentContext& context, const JsonValue& value, std::string_view keys,
               MinedPair& out) {
  ObjectReader reader(context, value, {});
  const std::size_t joint = keys.find('>');
  const auto trigger = ItemKey::from_text(keys.substr(0, joint));
  const auto offer =
      joint == std::string_view::npos ? std::nullopt : ItemKey::from_text(keys.substr(joint + 1));
  if (trigger && offer) {
    out.trigger = *trigger;
    out.offer = *offer;
  } else {
    context.error(value, {nullptr, "id", -1}, "a pair is named by two item ids joined by '>'");
  }
  constexpr std::string_view kFields[] = {"n", "a", "b", "N", "rn", "ra", "rb", "rN"};
  std::int64_t* const counts[] = {
      &out.joint_count,        &out.trigger_count,        &out.offer_count,
      &out.basket_count,       &out.recent_joint_milli,   &out.recent_trigger_milli,
      &out.recent_offer_milli, &out.recent_baskets_milli,
  };
  for (std::size_t i = 0; i < std::size(kFields); ++i) reader.read(kFields[i], *counts[i]);
  reader.require("p");
  reader.read("p", out.weight, 0, std::numeric_limits<std::int32_t>::max());
  reader.read("w", out.boost_milli, kMinBoost_milli, kMaxBoost_milli);
  reader.finish();
}

}  // namespace

ReleaseLine to_release_line(const Rule& rule) {
  return line_of("rule", "rule_id", write_rule(rule));
}

std::vector<ReleaseLine> to_release_lines(const RuleSet& rule_set, const Catalogue& catalogue) {
  std::vector<ReleaseLine> lines;
  lines.reserve(1 + rule_set.item_sets.size() + rule_set.rules.size() + rule_set.pairs.size() +
                catalogue.items.size() + catalogue.categories.size());
  lines.push_back(line_of("policy", "", write_policy(rule_set.policy)));
  for (const ItemSet& set : rule_set.item_sets) {
    JsonValue object = write_item_list(set.list);
    object.set("name", JsonValue::of(std::string_view(set.name)));
    lines.push_back(line_of("set", "name", std::move(object)));
  }
  for (const Rule& rule : rule_set.rules) lines.push_back(to_release_line(rule));
  for (const MinedPair& pair : rule_set.pairs) lines.push_back(pair_line(pair));
  for (const Item& item : catalogue.items)
    lines.push_back(line_of("item", "item", write_item(item)));
  for (const Category& category : catalogue.categories) {
    lines.push_back(line_of("category", "code", write_category(category)));
  }
  std::sort(lines.begin(), lines.end(),
            [](const ReleaseLine& a, const ReleaseLine& b) { return a.id < b.id; });
  return lines;
}

LineResult RuleSetBuilder::refuse(std::string message) {
  message_ = std::move(message);
  return LineResult::refused;
}

LineResult RuleSetBuilder::skip(std::string message) {
  message_ = std::move(message);
  ++skipped_count_;
  return LineResult::skipped;
}

LineResult RuleSetBuilder::add(std::string_view bytes) {
  JsonLimits limits;
  limits.max_bytes = kMaxReleaseLineBytes;
  limits.max_depth = kMaxLineDepth;
  limits.integers_only = true;
  JsonDocument document = read_json(bytes, limits);
  if (document.error)
    return refuse("column " + std::to_string(document.error->column) + ": " +
                  document.error->message);
  JsonValue& object = document.value;
  const auto is_id = [](const JsonMember& member) {
    return member.key == "id" && member.value.is_string();
  };
  const auto member = std::find_if(object.members.begin(), object.members.end(), is_id);
  if (member == object.members.end()) return refuse("a release line needs an \"id\"");
  const std::string id = member->value.text;
  const std::size_t slash = std::min(id.find('/'), id.size());
  const std::string_view kind = std::string_view(id).substr(0, slash);
  const std::string name = slash < id.size() ? id.substr(slash + 1) : std::string();
  const auto rename_id = [&](std::string_view field) {
    member->key = field;
    member->value.text = name;
  };

  DocumentContext context;
  context.is_release = true;
  const FieldPath root;
  // Appends what was read unless it is broken, or holds what only a newer version understands and
  // must not be guessed at.
  const auto keep = [&](auto& list, auto& value, bool needs_all_understood) {
    if (!context.findings.empty()) return refuse(id + ": " + to_text(context.findings.front()));
    if (needs_all_understood && context.unknown_count > 0)
      return skip(id + ": " + context.first_unknown);
    list.push_back(std::move(value));
    return LineResult::added;
  };

  if (kind == "pair") {
    object.members.erase(member);
    MinedPair pair;
    read_pair(context, object, name, pair);
    return keep(rule_set_.pairs, pair, true);
  }
  if (kind == "item") {
    rename_id("item");
    Item item;
    read_item(context, object, root, item);
    if (context.findings.empty() && item.key.view() != name)
      return refuse(id + ": the item id is not normalised");
    return keep(catalogue_.items, item, false);
  }
  if (kind == "rule") {
    rename_id("rule_id");
    Rule rule;
    read_rule(context, object, root, rule);
    return keep(rule_set_.rules, rule, true);
  }
  if (kind == "set") {
    ItemSet set;
    object.members.erase(member);
    read_item_set(context, object, root, name, set);
    return keep(rule_set_.item_sets, set, true);
  }
  if (kind == "category") {
    rename_id("code");
    Category category;
    read_category(context, object, root, category);
    return keep(catalogue_.categories, category, false);
  }
  if (id == "policy") {
    object.members.erase(member);
    Policy policy;
    read_policy(context, object, root, policy);
    if (!context.findings.empty()) return refuse(id + ": " + to_text(context.findings.front()));
    rule_set_.policy = std::move(policy);
    return LineResult::added;
  }
  return skip(id + ": this kind of line is not known");
}

RuleSet RuleSetBuilder::take_rule_set() {
  rule_set_.put_in_order();
  return std::exchange(rule_set_, RuleSet());
}

Catalogue RuleSetBuilder::take_catalogue() {
  catalogue_.put_in_order();
  return std::exchange(catalogue_, Catalogue());
}

}  // namespace xsell::rules
