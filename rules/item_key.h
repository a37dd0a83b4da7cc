// The normalised id of an item: a GTIN-8, -12, -13 or -14 with a right check digit becomes 14
// digits, all else stays as it is. Threads: any; a key is a plain value without heap memory, so it
// may be made on the scan path.
#ifndef XSELL_RULES_ITEM_KEY_H_
#define XSELL_RULES_ITEM_KEY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace xsell::rules {

inline constexpr std::size_t kMaxItemKeyBytes = 63;

class ItemKey {
 public:
  ItemKey() = default;

  // Trims spaces; nothing for an empty or too long text, broken UTF-8, a control character or '>'
  // (which joins the keys of a pair).
  static std::optional<ItemKey> from_text(std::string_view text);

  std::string_view view() const { return {bytes_.data(), size_}; }
  std::string text() const { return std::string(view()); }
  bool is_empty() const { return size_ == 0; }

  friend bool operator==(const ItemKey& a, const ItemKey& b) { return a.view() == b.view(); }
  friend auto operator<=>(const ItemKey& a, const ItemKey& b) { return a.view() <=> b.view(); }

 private:
  std::array<char, kMaxItemKeyBytes> bytes_{};
  std::uint8_t size_ = 0;
};

static_assert(sizeof(ItemKey) == 64);

// Digits of length 8, 12, 13 or 14 whose last digit is the GS1 check digit of the others.
bool is_gtin(std::string_view text);

}  // namespace xsell::rules

template <>
struct std::hash<xsell::rules::ItemKey> {
  std::size_t operator()(const xsell::rules::ItemKey& key) const noexcept {
    return std::hash<std::string_view>{}(key.view());
  }
};

#endif  // XSELL_RULES_ITEM_KEY_H_
