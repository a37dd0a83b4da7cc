// The published schema and the reader must agree: what one accepts the other accepts, and both know
// the same fields.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>

#include "rules/parse.h"
#include "rules/strict_json.h"
#include "tests/rules/example_document.h"

namespace xsell::rules {
namespace {

std::string read_file(const std::string& name) {
  std::ifstream file(std::string(XSELL_SOURCE_DIR) + "/rules/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Enough of JSON Schema for the keywords that this schema uses; an unknown keyword is a fault, so
// that none is passed over.
class SchemaCheck {
 public:
  explicit SchemaCheck(const JsonValue& root) : root_(root) {}

  // Empty when the value fits.
  std::string fault(const JsonValue& value, const JsonValue& schema, const std::string& path) {
    for (const JsonMember& keyword : schema.members) {
      const std::string found = keyword_fault(value, schema, keyword, path);
      if (!found.empty()) return found;
    }
    return {};
  }

  const std::set<std::string>& used_fields() const { return used_fields_; }

 private:
  static bool has_type(const JsonValue& value, const std::string& type) {
    if (type == "number") return value.is_integer() || value.is_decimal();
    if (type == "integer") return value.is_integer();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "array") return value.is_array();
    return type == "object" && value.is_object();
  }

  std::string keyword_fault(const JsonValue& value, const JsonValue& schema,
                            const JsonMember& keyword, const std::string& path) {
    const std::string& name = keyword.key;
    const JsonValue& rule = keyword.value;
    if (name == "description" || name == "title" || name == "default" || name == "$schema" ||
        name == "$defs")
      return {};
    if (name == "$ref") {
      const JsonValue* target =
          root_.find("$defs")->find(rule.text.substr(std::string("#/$defs/").size()));
      return target == nullptr ? path + ": " + rule.text + " is not defined"
                               : fault(value, *target, path);
    }
    if (name == "type")
      return has_type(value, rule.text) ? "" : path + ": not of type " + rule.text;
    if (name == "const") return value.text == rule.text ? "" : path + ": not " + rule.text;
    if (name == "enum") {
      for (const JsonValue& word : rule.items) {
        if (word.text == value.text) return {};
      }
      return path + ": not one of the words";
    }
    if (name == "anyOf") {
      for (const JsonValue& choice : rule.items) {
        if (fault(value, choice, path).empty()) return {};
      }
      return path + ": fits no choice";
    }
    if (name == "minimum")
      return !value.is_integer() || value.integer >= rule.integer ? "" : path + ": too small";
    if (name == "maximum")
      return !value.is_integer() || value.integer <= rule.integer ? "" : path + ": too large";
    if (name == "minLength")
      return value.text.size() >= static_cast<std::size_t>(rule.integer) ? ""
                                                                         : path + ": too short";
    if (name == "maxLength")
      return value.text.size() <= static_cast<std::size_t>(rule.integer) ? "" : path + ": too long";
    if (name == "pattern")
      return std::regex_search(value.text, std::regex(rule.text)) ? "" : path + ": no match";
    if (name == "minItems")
      return value.items.size() >= static_cast<std::size_t>(rule.integer) ? "" : path + ": too few";
    if (name == "maxItems")
      return value.items.size() <= static_cast<std::size_t>(rule.integer) ? ""
                                                                          : path + ": too many";
    if (name == "minProperties")
      return value.members.size() >= static_cast<std::size_t>(rule.integer) ? ""
                                                                            : path + ": too few";
    if (name == "maxProperties")
      return value.members.size() <= static_cast<std::size_t>(rule.integer) ? ""
                                                                            : path + ": too many";
    if (name == "required") {
      for (const JsonValue& field : rule.items) {
        if (value.find(field.text) == nullptr) return path + ": " + field.text + " is missing";
      }
      return {};
    }
    if (name == "items") {
      for (const JsonValue& item : value.items) {
        const std::string found = fault(item, rule, path + "[]");
        if (!found.empty()) return found;
      }
      return {};
    }
    if (name == "propertyNames") {
      for (const JsonMember& member : value.members) {
        const std::string found = fault(JsonValue::of(std::string_view(member.key)), rule, path);
        if (!found.empty()) return found;
      }
      return {};
    }
    if (name == "properties") {
      for (const JsonMember& member : value.members) {
        const JsonValue* field = rule.find(member.key);
        if (field == nullptr) continue;
        used_fields_.insert(place_of(schema) + "." + member.key);
        const std::string found = fault(member.value, *field, path + "." + member.key);
        if (!found.empty()) return found;
      }
      return {};
    }
    if (name == "additionalProperties") {
      const JsonValue* known = schema.find("properties");
      for (const JsonMember& member : value.members) {
        if (known != nullptr && known->find(member.key) != nullptr) continue;
        if (rule.is_boolean()) return path + ": no field " + member.key;
        const std::string found = fault(member.value, rule, path + "." + member.key);
        if (!found.empty()) return found;
      }
      return {};
    }
    return "the schema uses the keyword " + name + ", which this check does not know";
  }

  static std::string place_of(const JsonValue& schema) { return std::to_string(schema.line); }

  const JsonValue& root_;
  std::set<std::string> used_fields_;
};

void collect_fields(const JsonValue& schema, std::set<std::string>& out) {
  const JsonValue* properties = schema.find("properties");
  if (properties != nullptr && properties->is_object()) {
    for (const JsonMember& member : properties->members)
      out.insert(std::to_string(schema.line) + "." + member.key);
  }
  for (const JsonMember& member : schema.members) collect_fields(member.value, out);
  for (const JsonValue& item : schema.items) collect_fields(item, out);
}

class SchemaTest : public testing::Test {
 protected:
  SchemaTest() : schema_(read_json(read_file("rules.schema.json")).value), check_(schema_) {}

  std::string fault(std::string_view text) {
    return check_.fault(read_json(text).value, schema_, "");
  }

  JsonValue schema_;
  SchemaCheck check_;
};

TEST_F(SchemaTest, AcceptsWhatTheReaderAccepts) {
  ASSERT_TRUE(schema_.is_object());
  EXPECT_EQ(fault(kExampleDocument), "");
  EXPECT_EQ(fault(read_file("examples/store.rules.json")), "");
}

TEST_F(SchemaTest, RefusesWhatTheReaderRefuses) {
  const auto rule = [](const std::string& fields) {
    return "{\"schema\":\"xsell.rules/1\",\"rules\":[{\"rule_id\":\"r\",\"prompt\":{}" + fields +
           "}]}";
  };
  for (const std::string& text :
       {std::string("{}"),
        std::string(R"({"schema":"xsell.rules/2"})"),
        std::string(R"({"schema":"xsell.rules/1","ruls":[]})"),
        rule(",\"priority\":101"),
        rule(",\"priority\":\"high\""),
        rule(",\"relation\":\"friend\""),
        rule(",\"moments\":[]"),
        rule(",\"effective\":\"2026-06-03\""),
        rule(",\"version\":0"),
        rule(",\"condition\":{}"),
        rule(",\"condition\":{\"any\":[]}"),
        rule(",\"condition\":{\"context\":{}}"),
        rule(",\"offers\":[{\"items\":[5]}]"),
        rule(",\"offers\":[{\"score\":\"1e3\"}]"),
        rule(",\"offers\":[{\"benefit\":{}}]"),
        rule(",\"after_sale\":[{}]"),
        rule(",\"time_windows\":[{\"start\":\"25:00\"}]"),
        rule(",\"audience\":{\"anonymous\":1}"),
        rule(",\"name\":\"\""),
        std::string(R"({"schema":"xsell.rules/1","item_sets":{"":{}}})")}) {
    EXPECT_NE(fault(text), "") << text;
    EXPECT_TRUE(has_errors(parse_rules(text, "f").findings)) << text;
  }
  EXPECT_EQ(fault(rule("")), "");
  EXPECT_FALSE(has_errors(parse_rules(rule(""), "f").findings));
}

// The text of a part of a file as a rules document: with a schema, and words for rules without.
std::string as_document(const std::string& file, const JsonValue& part) {
  std::map<std::size_t, std::string> insertions;
  const char* comma = part.members.empty() ? "" : ",";
  insertions[part.offset + 1] = std::string(R"("schema":"xsell.rules/1")") + comma;
  if (const JsonValue* rules = part.find("rules")) {
    for (const JsonValue& rule : rules->items) {
      if (rule.find("prompt") == nullptr) {
        insertions[rule.offset + 1] =
            R"("prompt":{"operator_text":{"en":"{offer}?"},"reason":{"en":"It goes well."}},)";
      }
    }
  }
  std::string text = file.substr(0, part.offset + part.size);
  for (auto at = insertions.rbegin(); at != insertions.rend(); ++at) {
    text.insert(at->first, at->second);
  }
  return text.substr(part.offset);
}

TEST_F(SchemaTest, AcceptsEveryContractCaseThatTheReaderAccepts) {
  std::size_t documents = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(XSELL_SOURCE_DIR) +
                                                               "/tests/contract/cases")) {
    const std::string file =
        read_file("../tests/contract/cases/" + entry.path().filename().string());
    const JsonDocument cases = read_json(file);
    ASSERT_FALSE(cases.error) << entry.path() << ": " << cases.error->message;
    const auto check = [&](const JsonValue& part) {
      if (!part.is_object()) return;  // it names a file
      const std::string text = as_document(file, part);
      // An unknown condition is passed on with a warning, for lanes of a later version.
      const bool is_read = parse_rules(text, "f").findings.empty();
      EXPECT_EQ(fault(text).empty(), is_read) << entry.path() << ": " << fault(text) << "\n"
                                              << text;
      ++documents;
    };
    const auto check_all = [&](const JsonValue& holder) {
      if (const JsonValue* rules = holder.find("rules")) check(*rules);
      if (const JsonValue* releases = holder.find("releases")) {
        for (const JsonMember& release : releases->members) check(release.value);
      }
    };
    check_all(cases.value);
    for (const JsonValue& one : cases.value.find("cases")->items) check_all(one);
  }
  EXPECT_GT(documents, 100u);
}

TEST_F(SchemaTest, AcceptsDocumentsWhoseFaultsOnlyLintCanSee) {
  const std::set<std::string> seen_by_schema = {"four_offers.json"};
  for (const auto& entry : std::filesystem::directory_iterator(std::string(XSELL_SOURCE_DIR) +
                                                               "/tests/rules/bad_documents")) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".json") || name.ends_with("items.json")) continue;
    const std::string found = fault(read_file("../tests/rules/bad_documents/" + name));
    EXPECT_EQ(!found.empty(), seen_by_schema.contains(name)) << name << ": " << found;
  }
}

TEST_F(SchemaTest, NamesNoFieldThatTheExampleOfAllFieldsLeavesOut) {
  std::set<std::string> known;
  collect_fields(schema_, known);
  fault(kExampleDocument);
  std::set<std::string> unused;
  for (const std::string& field : known) {
    // Selectors repeat the fields of item lists, and two ways to write a quantity exclude each
    // other.
    const std::string name = field.substr(field.find('.') + 1);
    static const std::set<std::string> kSelector = {"set",
                                                    "items",
                                                    "categories",
                                                    "brands",
                                                    "tags",
                                                    "exclude_items",
                                                    "exclude_categories",
                                                    "exclude_brands",
                                                    "exclude_tags",
                                                    "price",
                                                    "fixed",
                                                    "min",
                                                    "max"};
    if (!check_.used_fields().contains(field) && !kSelector.contains(name)) unused.insert(field);
  }
  EXPECT_THAT(unused, testing::IsEmpty());
}

}  // namespace
}  // namespace xsell::rules
