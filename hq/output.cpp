#include "hq/output.h"

#include <ostream>

namespace xsell::hq {

void Output::text(std::string_view line) {
  if (!is_json_) out_ << line << '\n';
}

void Output::table(const Table& table) {
  if (!is_json_) table.print(out_);
}

void Output::json(const Json& document) {
  if (is_json_) out_ << document.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

void Output::warning(std::string_view line) { err_ << "xsell-hq: " << line << '\n'; }

}  // namespace xsell::hq
