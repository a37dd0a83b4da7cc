#include "hq/mine/similar_names.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace xsell::hq {
namespace {

std::vector<std::string> sorted_words(std::string_view name) {
  std::vector<std::string> words(1);
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_word =
        byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!is_word) {
      if (!words.back().empty()) words.emplace_back();
      continue;
    }
    words.back() += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (words.back().empty()) words.pop_back();
  std::sort(words.begin(), words.end());
  return words;
}

}  // namespace

bool are_similar_names(std::string_view a, std::string_view b) {
  const std::vector<std::string> words_a = sorted_words(a);
  const std::vector<std::string> words_b = sorted_words(b);
  if (words_a.size() < 2 || words_b.size() < 2) return false;
  std::vector<std::string> shared;
  std::set_intersection(words_a.begin(), words_a.end(), words_b.begin(), words_b.end(),
                        std::back_inserter(shared));
  return shared.size() + 1 >= std::max(words_a.size(), words_b.size());
}

}  // namespace xsell::hq
