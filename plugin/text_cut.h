#ifndef XSELL_PLUGIN_TEXT_CUT_H_
#define XSELL_PLUGIN_TEXT_CUT_H_

#include <cstddef>
#include <cstring>
#include <string_view>

namespace xsell::plugin {

// Bytes of the text that fit into `room`, never ending within a code point. Requires: UTF-8.
inline size_t size_that_fits(std::string_view text, size_t room) noexcept {
  if (text.size() <= room) return text.size();
  size_t size = room;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
  return size;
}

// Copies the text, cut to fit, and a zero behind it.
template <size_t Size>
void copy_cut(char (&out)[Size], std::string_view text) noexcept {
  const size_t size = size_that_fits(text, Size - 1);
  if (size != 0) std::memcpy(out, text.data(), size);
  out[size] = '\0';
}

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_TEXT_CUT_H_
