#include "rules/localised_text.h"

#include <algorithm>

namespace xsell::rules {
namespace {

const LocalisedText::Entry* entry_of(const LocalisedText& text, std::string_view language) {
  for (const auto& entry : text.entries) {
    if (entry.language == language) return &entry;
  }
  return nullptr;
}

}  // namespace

bool LocalisedText::has(std::string_view language) const {
  return entry_of(*this, language) != nullptr;
}

void LocalisedText::set(std::string_view language, std::string_view text) {
  const auto place = std::lower_bound(
      entries.begin(), entries.end(), language,
      [](const Entry& entry, std::string_view wanted) { return entry.language < wanted; });
  if (place != entries.end() && place->language == language) {
    place->text = text;
  } else {
    entries.insert(place, Entry{std::string(language), std::string(text)});
  }
}

std::string_view LocalisedText::find(std::string_view language, std::string_view fallback) const {
  // Whatever is asked for, the only text there is is the answer.
  if (entries.size() == 1) return entries.front().text;
  for (const std::string_view start : {language, fallback}) {
    std::string_view wanted = start;
    while (!wanted.empty()) {
      if (const Entry* entry = entry_of(*this, wanted)) return entry->text;
      const std::size_t dash = wanted.rfind('-');
      wanted = dash == std::string_view::npos ? std::string_view{} : wanted.substr(0, dash);
    }
  }
  return entries.empty() ? std::string_view{} : std::string_view{entries.front().text};
}

}  // namespace xsell::rules
