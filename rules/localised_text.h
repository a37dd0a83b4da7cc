// One text in several languages, keyed by BCP 47 tags ("de", "de-AT").
#ifndef XSELL_RULES_LOCALISED_TEXT_H_
#define XSELL_RULES_LOCALISED_TEXT_H_

#include <string>
#include <string_view>
#include <vector>

namespace xsell::rules {

struct LocalisedText {
  struct Entry {
    std::string language;
    std::string text;
    bool operator==(const Entry&) const = default;
  };
  std::vector<Entry> entries;  // sorted by language

  bool is_empty() const { return entries.empty(); }
  bool has(std::string_view language) const;
  void set(std::string_view language, std::string_view text);

  // The text in this language, else in its shorter forms (de-AT, then de), else in the fallback
  // language, else the first one. Owns: nothing; the view lives as long as this text.
  std::string_view find(std::string_view language, std::string_view fallback = "en") const;

  bool operator==(const LocalisedText&) const = default;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_LOCALISED_TEXT_H_
