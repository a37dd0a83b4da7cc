#ifndef XSELL_HQ_IMPORT_FIMI_LINE_H_
#define XSELL_HQ_IMPORT_FIMI_LINE_H_

#include <cstdint>
#include <string_view>

namespace xsell::hq {

inline constexpr const char* kBadFimiLine = "an item is no whole number below 2^32";

// By the first bytes of a file: digits and spaces alone.
inline bool looks_like_fimi(std::string_view start) {
  return !start.empty() && start.find_first_not_of("0123456789 \r\n") == std::string_view::npos;
}

// Reads a line of the FIMI repository's format (Goethals and Zaki 2003), items as whole numbers
// with spaces between them, and hands over each as it stands. False at the first that is none: the
// line is of no use then.
template <typename OnItem>
bool read_fimi_line(const char* begin, const char* end, OnItem on_item) {
  constexpr std::uint64_t kMaxId = 0xffffffff;
  const auto is_space = [](char c) { return c == ' ' || c == '\r' || c == '\t'; };
  const char* at = begin;
  while (at < end) {
    if (is_space(*at)) {
      ++at;
      continue;
    }
    std::uint64_t id = 0;
    const char* const digits = at;
    while (at < end && static_cast<unsigned char>(*at - '0') < 10 && id <= kMaxId) {
      id = id * 10 + static_cast<std::uint64_t>(*at - '0');
      ++at;
    }
    if (at == digits || id > kMaxId || (at < end && !is_space(*at))) return false;
    on_item(static_cast<std::uint32_t>(id));
  }
  return true;
}

}  // namespace xsell::hq

#endif  // XSELL_HQ_IMPORT_FIMI_LINE_H_
