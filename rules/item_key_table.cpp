#include "rules/item_key_table.h"

#include <bit>
#include <cstring>
#include <utility>

#include "rules/stable_hash.h"

namespace xsell::rules {

namespace {

constexpr std::size_t kMaxDigits = 14;
constexpr std::uint64_t kIsHash = std::uint64_t{1} << 63;

struct Digits {
  std::uint64_t code = 0;  // the number and how many digits it has; 0: these are no digits
  bool is_gtin = false;
};

constexpr bool is_gtin_length(std::size_t size) {
  return size == 8 || size == 12 || size == 13 || size == 14;
}

constexpr std::uint64_t every_byte(std::uint64_t byte) { return byte * 0x0101010101010101u; }

// Eight characters in the order of their places, the first in the lowest byte.
std::uint64_t eight_from(const char* text) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, text, sizeof bytes);
  return bytes;
}

constexpr bool are_digits(std::uint64_t eight) {
  const std::uint64_t upper = eight & every_byte(0xf0);
  const std::uint64_t upper_of_more = (eight + every_byte(0x06)) & every_byte(0xf0);
  return upper == every_byte(0x30) && upper_of_more == every_byte(0x30);
}

// Neighbours become pairs, pairs fours, fours the number.
constexpr std::uint64_t number_of(std::uint64_t digits) {
  const std::uint64_t pairs = digits * (10 + (1u << 8)) >> 8 & 0x00ff00ff00ff00ffu;
  const std::uint64_t fours = pairs * (100 + (1u << 16)) >> 16 & 0x0000ffff0000ffffu;
  return fours * (10'000 + (std::uint64_t{1} << 32)) >> 32;
}

// All digits at once: scanners send hardly anything else. Requires: 8 to kMaxDigits
// characters, a little-endian machine.
Digits read_long_digits(std::string_view text) {
  const std::uint64_t low = eight_from(text.data() + text.size() - 8);
  std::uint64_t high = every_byte('0');
  if (const std::size_t more = text.size() - 8; more > 0)
    high = eight_from(text.data()) << (64 - 8 * more) | every_byte('0') >> 8 * more;
  if (!are_digits(low) || !are_digits(high)) return {};
  const std::uint64_t low_digits = low & every_byte(0x0f);
  const std::uint64_t high_digits = high & every_byte(0x0f);
  const std::uint64_t number = number_of(high_digits) * 100'000'000 + number_of(low_digits);
  // The last digit counts once, the one before it three times, and so on.
  const std::uint64_t sums = low_digits + high_digits;
  const std::uint64_t weighted =
      (sums >> 8 & 0x00ff00ff00ff00ffu) + 3 * (sums & 0x00ff00ff00ff00ffu);
  const bool is_right = (weighted * 0x0001000100010001u >> 48) % 10 == 0;
  return {number << 4 | text.size(), is_right && is_gtin_length(text.size())};
}

Digits read_digits(std::string_view text) {
  if (text.empty() || text.size() > kMaxDigits) return {};
  if constexpr (std::endian::native == std::endian::little) {
    if (text.size() >= 8) return read_long_digits(text);
  }
  std::uint64_t number = 0;
  // Of the digits at even and at odd places; the one sum becomes the other from place to place.
  unsigned sum = 0;
  unsigned other = 0;
  for (const char c : text) {
    const unsigned digit = static_cast<unsigned char>(c) - unsigned{'0'};
    if (digit > 9) return {};
    number = number * 10 + digit;
    other = std::exchange(sum, other + digit);
  }
  // The last digit counts once, the one before it three times, and so on.
  const bool is_right = (sum + 3 * other) % 10 == 0;
  return {number << 4 | text.size(), is_right && is_gtin_length(text.size())};
}

std::uint64_t code_of(std::string_view key) {
  const std::uint64_t digits = read_digits(key).code;
  return digits != 0 ? digits : stable_hash(key) | kIsHash;
}

}  // namespace

std::uint32_t ItemKeyTable::find_code(std::uint64_t code, std::string_view key) const {
  if (slots_.empty()) return kNoId;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = mix_bits(code) & mask; slots_[i].code != 0; i = (i + 1) & mask) {
    if (slots_[i].code != code) continue;
    if ((code & kIsHash) == 0 || text(slots_[i].id) == key) return slots_[i].id;
  }
  return kNoId;
}

std::uint32_t ItemKeyTable::find(std::string_view key) const {
  return find_code(code_of(key), key);
}

bool ItemKeyTable::find_told(std::string_view told, std::uint32_t& id) const {
  if (const Digits digits = read_digits(told); digits.code != 0) {
    // The leading zeros that make it a GTIN-14 do not change the number.
    const std::uint64_t code = digits.code & ~std::uint64_t{15};
    id = find_code(digits.is_gtin ? code | kMaxDigits : digits.code, told);
    return true;
  }
  const auto key = ItemKey::from_text(told);
  if (!key) return false;
  id = find(*key);
  return true;
}

std::uint32_t ItemKeyTable::add(const ItemKey& key) {
  const std::uint64_t code = code_of(key.view());
  if (const std::uint32_t known = find_code(code, key.view()); known != kNoId) return known;
  if ((size() + 1) * 2 > slots_.size()) grow();
  const auto id = static_cast<std::uint32_t>(size());
  bytes_ += key.view();
  begin_.push_back(static_cast<std::uint32_t>(bytes_.size()));
  put(code, id);
  return id;
}

void ItemKeyTable::put(std::uint64_t code, std::uint32_t id) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = mix_bits(code) & mask;
  while (slots_[i].code != 0) i = (i + 1) & mask;
  slots_[i] = {code, id};
}

void ItemKeyTable::grow() {
  std::vector<Slot> old(slots_.empty() ? 64 : slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.code != 0) put(slot.code, slot.id);
  }
}

std::size_t ItemKeyTable::bytes() const {
  return slots_.size() * sizeof(Slot) + bytes_.size() + begin_.size() * sizeof(std::uint32_t);
}

}  // namespace xsell::rules
