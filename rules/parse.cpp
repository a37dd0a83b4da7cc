#include "rules/parse.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "rules/document_reader.h"

namespace xsell::rules {
namespace {

// Room for a chain's mined pairs, a quarter of a million and more.
constexpr JsonLimits kFileLimits{.max_bytes = std::size_t{128} << 20, .max_values = 20'000'000};

constexpr std::string_view kRulesSchema = "xsell.rules/1";
constexpr std::string_view kItemsSchema = "xsell.items/1";

void read_schema(ObjectReader& reader, std::string_view wanted) {
  const JsonValue* schema = reader.require("schema");
  if (schema == nullptr || (schema->is_string() && schema->text == wanted)) return;
  reader.context().error(*schema, reader.path_of("schema"),
                         "this is no schema that this version reads",
                         "Write \"schema\": \"" + std::string(wanted) + "\".");
}

void read_sets(ObjectReader& reader, RuleSet& out) {
  const JsonValue* sets = reader.take("item_sets");
  if (sets == nullptr) return;
  const FieldPath path = reader.path_of("item_sets");
  DocumentContext& context = reader.context();
  if (!sets->is_object()) {
    context.error(*sets, path, "an object of named sets is expected",
                  "Write it like {\"pasta\": {\"categories\": [...]}}.");
    return;
  }
  for (const JsonMember& member : sets->members) {
    const FieldPath inside{&path, member.key, -1};
    read_item_set(context, member.value, inside, member.key, out.item_sets.emplace_back());
  }
}

void read_pair(DocumentContext& context, const JsonValue& value, const FieldPath& path,
               MinedPair& out) {
  ObjectReader reader(context, value, path);
  reader.require("trigger");
  reader.read_key("trigger", out.trigger);
  reader.require("offer");
  reader.read_key("offer", out.offer);
  reader.read("joint_count", out.joint_count);
  reader.read("trigger_count", out.trigger_count);
  reader.read("offer_count", out.offer_count);
  reader.read("basket_count", out.basket_count);
  reader.require("weight");
  reader.read("weight", out.weight, 0, std::numeric_limits<std::int32_t>::max());
  reader.read_fixed("recent_joint", out.recent_joint_milli, 3);
  reader.read_fixed("recent_trigger", out.recent_trigger_milli, 3);
  reader.read_fixed("recent_offer", out.recent_offer_milli, 3);
  reader.read_fixed("recent_baskets", out.recent_baskets_milli, 3);
  std::int64_t boost_milli = out.boost_milli;
  reader.read_fixed("boost", boost_milli, 3, kMinBoost_milli, kMaxBoost_milli);
  out.boost_milli = static_cast<std::int32_t>(boost_milli);
  reader.finish();
}

// Reports a name that an earlier entry of the list has taken already.
template <typename Entry, typename Name>
void refuse_duplicates(const std::vector<Entry>& entries, Name name, std::string_view what,
                       std::string_view file_of_findings, const std::vector<std::string>& files,
                       std::vector<Finding>& findings) {
  std::vector<const Entry*> sorted;
  sorted.reserve(entries.size());
  for (const Entry& entry : entries) sorted.push_back(&entry);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](const Entry* a, const Entry* b) { return name(*a) < name(*b); });
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    const Entry& first = *sorted[i - 1];
    const Entry& second = *sorted[i];
    if (name(first).empty() || name(first) != name(second)) continue;
    const auto file = [&](const Place& place) {
      return place.file < files.size() ? files[place.file] : std::string(file_of_findings);
    };
    Finding finding;
    finding.file = file(second.place);
    finding.line = second.place.line;
    finding.column = second.place.column;
    finding.message = "the " + std::string(what) + " \"" + std::string(name(second)) +
                      "\" is there twice, first at " + file(first.place) + ":" +
                      std::to_string(first.place.line);
    finding.mend = "Rename or remove one of them.";
    findings.push_back(std::move(finding));
  }
}

void add_json_error(DocumentContext& context, const JsonError& error) {
  JsonValue at;
  at.line = error.line;
  at.column = error.column;
  context.error(at, {}, error.message, "The file must be valid JSON.");
}

void refuse_duplicate_names(ParsedRules& parsed) {
  const auto& files = parsed.rule_set.files;
  refuse_duplicates(
      parsed.rule_set.rules, [](const Rule& rule) -> std::string_view { return rule.rule_id; },
      "rule", "", files, parsed.findings);
  refuse_duplicates(
      parsed.rule_set.item_sets, [](const ItemSet& set) -> std::string_view { return set.name; },
      "item set", "", files, parsed.findings);
}

template <typename Entry>
void move_all(std::vector<Entry>& into, std::vector<Entry>& from) {
  into.insert(into.end(), std::make_move_iterator(from.begin()),
              std::make_move_iterator(from.end()));
}

void shift(Place& place, std::uint32_t by) { place.file += by; }

void shift(Condition& condition, std::uint32_t by) {
  shift(condition.place, by);
  shift(condition.selector.place, by);
  for (Condition& child : condition.children) shift(child, by);
}

void shift(Rule& rule, std::uint32_t by) {
  shift(rule.place, by);
  shift(rule.condition, by);
  shift(rule.prompt.place, by);
  for (Offer& offer : rule.offers) {
    shift(offer.place, by);
    shift(offer.target.place, by);
  }
}

}  // namespace

ParsedRules parse_rules(std::string_view text, std::string_view file_name) {
  ParsedRules parsed;
  parsed.rule_set.files.emplace_back(file_name);
  DocumentContext context;
  context.file = file_name;
  const JsonDocument document = read_json(text, kFileLimits);
  if (document.error) {
    add_json_error(context, *document.error);
  } else {
    ObjectReader reader(context, document.value, {});
    read_schema(reader, kRulesSchema);
    if (const JsonValue* policy = reader.take("policy")) {
      parsed.has_policy = true;
      read_policy(context, *policy, reader.path_of("policy"), parsed.rule_set.policy);
    }
    read_sets(reader, parsed.rule_set);
    reader.for_each("rules", [&](const JsonValue& item, const FieldPath& path) {
      context.rule_id.clear();
      read_rule(context, item, path, parsed.rule_set.rules.emplace_back());
    });
    context.rule_id.clear();
    reader.for_each("pairs", [&](const JsonValue& item, const FieldPath& path) {
      read_pair(context, item, path, parsed.rule_set.pairs.emplace_back());
    });
    reader.finish();
  }
  parsed.findings = std::move(context.findings);
  refuse_duplicate_names(parsed);
  put_in_order(parsed.findings);
  return parsed;
}

void merge_rules(ParsedRules& into, ParsedRules&& from) {
  const auto by = static_cast<std::uint32_t>(into.rule_set.files.size());
  shift(from.rule_set.policy.place, by);
  for (Rule& rule : from.rule_set.rules) shift(rule, by);
  for (ItemSet& set : from.rule_set.item_sets) shift(set.place, by);
  move_all(into.rule_set.files, from.rule_set.files);
  move_all(into.rule_set.rules, from.rule_set.rules);
  move_all(into.rule_set.item_sets, from.rule_set.item_sets);
  move_all(into.rule_set.pairs, from.rule_set.pairs);
  move_all(into.findings, from.findings);
  if (from.has_policy && into.has_policy) {
    const Place& second = from.rule_set.policy.place;
    const std::string first = into.rule_set.files[into.rule_set.policy.place.file];
    into.findings.push_back(
        {Severity::error, into.rule_set.files[second.file], second.line, second.column, "",
         "policy", "there is a policy in " + first + " already", "Keep one policy for all files."});
  } else if (from.has_policy) {
    into.rule_set.policy = std::move(from.rule_set.policy);
    into.has_policy = true;
  }
  refuse_duplicate_names(into);
  put_in_order(into.findings);
}

ParsedItems parse_items(std::string_view text, std::string_view file_name) {
  ParsedItems parsed;
  DocumentContext context;
  context.file = file_name;
  const JsonDocument document = read_json(text, kFileLimits);
  if (document.error) {
    add_json_error(context, *document.error);
  } else {
    ObjectReader reader(context, document.value, {});
    read_schema(reader, kItemsSchema);
    reader.for_each("categories", [&](const JsonValue& item, const FieldPath& path) {
      read_category(context, item, path, parsed.catalogue.categories.emplace_back());
    });
    reader.for_each("items", [&](const JsonValue& item, const FieldPath& path) {
      read_item(context, item, path, parsed.catalogue.items.emplace_back());
    });
    reader.finish();
  }
  parsed.findings = std::move(context.findings);
  parsed.catalogue.put_in_order();
  const std::vector<std::string> files = {std::string(file_name)};
  refuse_duplicates(
      parsed.catalogue.items, [](const Item& item) { return item.key.view(); }, "item", file_name,
      files, parsed.findings);
  refuse_duplicates(
      parsed.catalogue.categories,
      [](const Category& category) -> std::string_view { return category.code; }, "category",
      file_name, files, parsed.findings);
  put_in_order(parsed.findings);
  return parsed;
}

}  // namespace xsell::rules
