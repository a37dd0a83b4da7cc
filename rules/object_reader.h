// Reads the fields of one JSON object of the rules document, reporting every fault with its place
// and path, and every field that nobody asked for. Inside the rules library only.
#ifndef XSELL_RULES_OBJECT_READER_H_
#define XSELL_RULES_OBJECT_READER_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/finding.h"
#include "rules/item_key.h"
#include "rules/localised_text.h"
#include "rules/model_names.h"
#include "rules/money.h"
#include "rules/place.h"
#include "rules/strict_json.h"

namespace xsell::rules {

// Where a reader stands inside the document. A chain on the stack: its text is put together only
// when something is wrong.
struct FieldPath {
  const FieldPath* parent = nullptr;
  std::string_view name;
  int index = -1;  // in a list; -1: the field itself

  std::string text() const;
};

struct DocumentContext {
  std::string_view file;
  std::uint32_t file_index = 0;
  std::string rule_id;
  // A release line: what this version does not know is counted, not reported, because a newer
  // headquarters may have written it.
  bool is_release = false;
  std::uint64_t unknown_count = 0;
  std::string first_unknown;
  std::vector<Finding> findings;

  Place place_of(const JsonValue& value) const { return {file_index, value.line, value.column}; }
  void error(const JsonValue& at, const FieldPath& path, std::string message,
             std::string mend = {});
  void warning(const JsonValue& at, const FieldPath& path, std::string message,
               std::string mend = {});
  void unknown(const JsonValue& at, const FieldPath& path, std::string message,
               std::string mend = {});
};

class ObjectReader {
 public:
  // Reports a value that is no object; every field then counts as left out.
  ObjectReader(DocumentContext& context, const JsonValue& value, const FieldPath& path);
  ObjectReader(const ObjectReader&) = delete;
  ObjectReader& operator=(const ObjectReader&) = delete;

  // The field's value, or null when it is left out. A field counts as known from then on.
  const JsonValue* take(std::string_view name);
  // As take, but reports a field that is left out.
  const JsonValue* require(std::string_view name);

  // These leave `out` as it is when the field is left out or wrong, and say whether they set it.
  bool read(std::string_view name, bool& out);
  bool read(std::string_view name, std::int32_t& out, std::int32_t least, std::int32_t most);
  bool read(std::string_view name, std::int64_t& out, std::int64_t least = 0,
            std::int64_t most = std::numeric_limits<std::int64_t>::max());
  // A decimal, or a string that holds one, in units of 10^-places.
  bool read_fixed(std::string_view name, std::int64_t& out, int places, std::int64_t least = 0,
                  std::int64_t most = std::numeric_limits<std::int64_t>::max());
  // Printable text of 1 to max_bytes bytes.
  bool read_text(std::string_view name, std::string& out, std::size_t max_bytes);
  bool read_texts(std::string_view name, std::vector<std::string>& out,
                  std::size_t max_bytes);  // sorted, unique
  bool read_key(std::string_view name, ItemKey& out);
  bool read_keys(std::string_view name, std::vector<ItemKey>& out);  // sorted, unique
  bool read_localised(std::string_view name, LocalisedText& out);
  bool read_currency(std::string_view name, Currency& out);
  bool read_local_time(std::string_view name, std::optional<std::int64_t>& out);
  bool read_date(std::string_view name, std::optional<std::int32_t>& out);
  bool read_time_of_day(std::string_view name, std::int32_t& out);

  template <typename Enum>
  bool read_name(std::string_view name, Enum& out) {
    const JsonValue* value = take(name);
    if (value == nullptr) return false;
    const std::optional<Enum> found = name_from<Enum>(*value, path_of(name));
    if (found) out = *found;
    return found.has_value();
  }

  template <typename Enum>
  bool read_names(std::string_view name, std::vector<Enum>& out) {
    std::vector<Enum> values;
    const bool is_list = for_each(name, [&](const JsonValue& item, const FieldPath& path) {
      if (const auto found = name_from<Enum>(item, path)) values.push_back(*found);
    });
    if (is_list) out = std::move(values);
    return is_list;
  }

  // Calls visit(value, path) for each entry of a list. False when the field is left out or no list.
  template <typename Visit>
  bool for_each(std::string_view name, Visit visit) {
    const JsonValue* list = take(name);
    if (list == nullptr) return false;
    const FieldPath path = path_of(name);
    if (!expect(*list, JsonKind::array, path)) return false;
    for (std::size_t i = 0; i < list->items.size(); ++i) {
      visit(list->items[i], FieldPath{path.parent, path.name, static_cast<int>(i)});
    }
    return true;
  }

  // Reports the fields that nobody took.
  void finish();

  FieldPath path_of(std::string_view name) const { return {&path_, name, -1}; }
  const JsonValue& value() const { return value_; }
  DocumentContext& context() { return context_; }

 private:
  template <typename Enum>
  std::optional<Enum> name_from(const JsonValue& value, const FieldPath& path) {
    if (!expect(value, JsonKind::string, path)) return std::nullopt;
    const std::optional<Enum> found = value_of<Enum>(value.text);
    if (!found) {
      std::vector<std::string_view> known;
      for (const auto& entry : names_of<Enum>()) known.push_back(entry.name);
      report_unknown_word(value, path, known);
    }
    return found;
  }

  bool expect(const JsonValue& value, JsonKind kind, const FieldPath& path);
  bool expect_text(const JsonValue& value, const FieldPath& path, std::size_t max_bytes);
  std::optional<ItemKey> key_from(const JsonValue& value, const FieldPath& path);
  void report_unknown_word(const JsonValue& value, const FieldPath& path,
                           const std::vector<std::string_view>& known);

  DocumentContext& context_;
  const JsonValue& value_;
  FieldPath path_;
  std::vector<std::string_view> known_;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_OBJECT_READER_H_
