#include "rules/text_table.h"

#include "rules/stable_hash.h"

namespace xsell::rules {

namespace {

constexpr std::uint64_t kHashHalf = 0xffffffff00000000u;

std::uint32_t id_of(std::uint64_t slot) { return static_cast<std::uint32_t>(slot) - 1; }

}  // namespace

std::uint32_t TextTable::find(std::string_view text) const {
  if (slots_.empty()) return kNoId;
  const std::uint64_t hash = stable_hash(text);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = hash & mask; slots_[i] != 0; i = (i + 1) & mask) {
    if (((slots_[i] ^ hash) & kHashHalf) == 0 && this->text(id_of(slots_[i])) == text) {
      return id_of(slots_[i]);
    }
  }
  return kNoId;
}

std::uint32_t TextTable::add(std::string_view text) {
  if (const std::uint32_t known = find(text); known != kNoId) return known;
  if ((size() + 1) * 2 > slots_.size()) grow();
  const auto id = static_cast<std::uint32_t>(size());
  bytes_ += text;
  begin_.push_back(static_cast<std::uint32_t>(bytes_.size()));
  const std::uint64_t hash = stable_hash(text);
  std::size_t i = hash & (slots_.size() - 1);
  while (slots_[i] != 0) i = (i + 1) & (slots_.size() - 1);
  slots_[i] = (hash & kHashHalf) | (id + 1);
  return id;
}

void TextTable::grow() {
  slots_.assign(slots_.empty() ? 16 : slots_.size() * 2, 0);
  for (std::uint32_t id = 0; id < size(); ++id) {
    const std::uint64_t hash = stable_hash(text(id));
    std::size_t i = hash & (slots_.size() - 1);
    while (slots_[i] != 0) i = (i + 1) & (slots_.size() - 1);
    slots_[i] = (hash & kHashHalf) | (id + 1);
  }
}

std::size_t TextTable::bytes() const {
  return bytes_.size() + begin_.size() * sizeof(std::uint32_t) +
         slots_.size() * sizeof(std::uint64_t);
}

}  // namespace xsell::rules
