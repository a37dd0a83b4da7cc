#ifndef XSELL_HQ_MINE_FILL_IN_H_
#define XSELL_HQ_MINE_FILL_IN_H_

#include <string>
#include <string_view>

namespace xsell::hq {

// Puts the value in place of each placeholder of a text; a placeholder in the value stays.
inline void fill_in(std::string& text, std::string_view placeholder, std::string_view value) {
  for (std::size_t at = text.find(placeholder); at != std::string::npos;
       at = text.find(placeholder, at + value.size())) {
    text.replace(at, placeholder.size(), value);
  }
}

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_FILL_IN_H_
