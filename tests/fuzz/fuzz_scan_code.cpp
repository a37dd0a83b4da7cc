// What a scanner may send, whole or broken: no code crashes the reader, what it takes for an item
// is an id that goes through unchanged, and check digits that it accepts are right.
#include <cstdlib>
#include <string>
#include <string_view>

#include "rules/item_key.h"
#include "rules/scan_code.h"

namespace {

using namespace xsell::rules;

const ScanLayouts& layouts() {
  static const ScanLayouts kLayouts = [] {
    ScanLayouts made;
    for (const char* pattern :
         {"29IIIIIWWWWWC", "28IIIIIPPPPPC", "27IIIIVPPPPPC", "2IIIIINNNNNC", "02IIIIIC"}) {
      made.add(pattern);
    }
    return made;
  }();
  return kLayouts;
}

void check(std::string_view raw, const ScanLayouts& known) {
  const ScannedCode code = read_scan(raw, known);
  if (code.size > kMaxItemKeyBytes) std::abort();
  if (code.quantity_milli < 0 || code.amount_minor < -1) std::abort();
  if (code.problem != ScanProblem::none || code.size == 0) return;
  const auto key = ItemKey::from_text(code.item());
  if (!key) return;  // not printable, for one: the lane refuses it by name
  if (ItemKey::from_text(key->view()) != key) std::abort();
  // An item's number by itself is that item.
  if (!is_gtin(code.item())) return;
  const ScannedCode again = read_scan(code.item(), ScanLayouts());
  if (again.problem != ScanProblem::none || ItemKey::from_text(again.item()) != key) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(text, ScanLayouts());
  check(text, layouts());
  ScanLayouts own;
  const std::size_t line = text.find('\n');
  if (line != std::string_view::npos && own.add(text.substr(0, line))) {
    check(text.substr(line + 1), own);
  }
  return 0;
}
