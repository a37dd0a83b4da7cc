// Whatever the bytes: a document or an error with a place; and the canonical form of a document
// reads back as itself.
#include <cstdlib>
#include <string>
#include <string_view>

#include "rules/canonical_json.h"
#include "rules/strict_json.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = xsell::rules::read_json(text);
  if (document.error) {
    if (document.error->line == 0 || document.error->column == 0) std::abort();
    if (!document.value.is_null()) std::abort();
    return 0;
  }
  const std::string canonical = xsell::rules::to_canonical_json(document.value);
  const auto again = xsell::rules::read_json(canonical);
  if (again.error || xsell::rules::to_canonical_json(again.value) != canonical) std::abort();
  return 0;
}
