#ifndef XSELL_HQ_CSV_FIELD_H_
#define XSELL_HQ_CSV_FIELD_H_

#include <string>
#include <string_view>

namespace xsell::hq {

// A text as one field of a CSV line, quoted where RFC 4180 asks for it.
std::string csv_field(std::string_view text);

}  // namespace xsell::hq

#endif  // XSELL_HQ_CSV_FIELD_H_
