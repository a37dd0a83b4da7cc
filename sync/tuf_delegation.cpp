#include "sync/tuf_delegation.h"

#include <algorithm>
#include <optional>

#include "sync/sha256.h"

namespace xsell::sync::tuf {
namespace {

// One element of a pattern that matches one character, and how long it is.
struct Element {
  size_t size = 1;
  bool is_match = false;
};

// "[a-z]" at the start of the pattern; nothing when it is never closed. A ']' that comes first is a
// member.
std::optional<Element> match_bracket(std::string_view pattern, char c) {
  size_t at = 1;
  const bool is_negated = at < pattern.size() && pattern[at] == '!';
  if (is_negated) ++at;
  const size_t first = at;
  bool is_member = false;
  for (; at < pattern.size(); ++at) {
    if (pattern[at] == ']' && at > first) return Element{at + 1, is_member != is_negated};
    const auto from = static_cast<unsigned char>(pattern[at]);
    auto to = from;
    if (at + 2 < pattern.size() && pattern[at + 1] == '-' && pattern[at + 2] != ']') {
      to = static_cast<unsigned char>(pattern[at + 2]);
      at += 2;
    }
    const auto value = static_cast<unsigned char>(c);
    is_member = is_member || (from <= value && value <= to);
  }
  return std::nullopt;
}

Element match_one(std::string_view pattern, char c) {
  if (pattern.front() == '?') return {1, c != '/'};
  if (pattern.front() == '[') {
    if (auto element = match_bracket(pattern, c)) {
      element->is_match = element->is_match && c != '/';
      return *element;
    }
  }
  return {1, pattern.front() == c};
}

}  // namespace

bool matches_pattern(std::string_view pattern, std::string_view name) {
  // After a mismatch only the last star can take more: what stood before it matched already.
  size_t p = 0;
  size_t n = 0;
  std::optional<size_t> star;
  size_t star_takes_to = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_takes_to = n;
      continue;
    }
    if (p < pattern.size()) {
      const Element element = match_one(pattern.substr(p), name[n]);
      if (element.is_match) {
        p += element.size;
        ++n;
        continue;
      }
    }
    if (!star || name[star_takes_to] == '/') return false;
    p = *star + 1;
    n = ++star_takes_to;
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool Delegation::covers(std::string_view target_name) const {
  if (std::any_of(paths.begin(), paths.end(), [&](const std::string& pattern) {
        return matches_pattern(pattern, target_name);
      })) {
    return true;
  }
  if (path_hash_prefixes.empty()) return false;
  const std::string digest = sha256_hex(target_name);
  return std::any_of(path_hash_prefixes.begin(), path_hash_prefixes.end(),
                     [&](const std::string& prefix) { return digest.starts_with(prefix); });
}

bool can_be_delegated(std::string_view role) {
  return !role.empty() && role != "root" && role != "timestamp" && role != "snapshot" &&
         role != "targets";
}

}  // namespace xsell::sync::tuf
