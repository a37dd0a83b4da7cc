// Lines of a release, one after the other as a bundle would bring them: added, skipped or refused
// with a reason.
#include <cstdlib>
#include <string_view>

#include "rules/release_lines.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  using namespace xsell::rules;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  RuleSetBuilder builder;
  while (!rest.empty()) {
    const size_t end = rest.find('\n');
    if (builder.add(rest.substr(0, end)) == LineResult::refused && builder.message().empty())
      std::abort();
    rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
  }
  builder.take_rule_set();
  builder.take_catalogue();
  return 0;
}
