#include "rules/item_key.h"

#include <algorithm>

#include "rules/utf8.h"

namespace xsell::rules {
namespace {

constexpr std::size_t kGtinDigits = 14;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

bool is_gtin(std::string_view text) {
  const std::size_t size = text.size();
  if (size != 8 && size != 12 && size != 13 && size != 14) return false;
  if (!std::all_of(text.begin(), text.end(), is_digit)) return false;
  int sum = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const bool is_weighted = (size - i) % 2 == 0;
    sum += (text[i] - '0') * (is_weighted ? 3 : 1);
  }
  return sum % 10 == 0;
}

std::optional<ItemKey> ItemKey::from_text(std::string_view text) {
  text = trim(text);
  if (text.empty() || text.size() > kMaxItemKeyBytes || !is_printable_utf8(text))
    return std::nullopt;
  if (text.find('>') != std::string_view::npos) return std::nullopt;
  ItemKey key;
  const std::size_t zeros = is_gtin(text) ? kGtinDigits - text.size() : 0;
  std::fill_n(key.bytes_.begin(), zeros, '0');
  std::copy(text.begin(), text.end(), key.bytes_.begin() + static_cast<std::ptrdiff_t>(zeros));
  key.size_ = static_cast<std::uint8_t>(zeros + text.size());
  return key;
}

}  // namespace xsell::rules
