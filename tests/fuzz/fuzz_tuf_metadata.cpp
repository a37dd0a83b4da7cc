// Metadata, whatever the bytes: read or refused with an Error, nothing else.
#include <string_view>

#include "sync/tuf_metadata.h"

namespace {

template <typename Parse>
void read_or_refuse(Parse parse, std::string_view bytes) {
  try {
    parse(bytes);
  } catch (const xsell::sync::tuf::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_or_refuse(xsell::sync::tuf::parse_root, bytes);
  read_or_refuse(xsell::sync::tuf::parse_timestamp, bytes);
  read_or_refuse(xsell::sync::tuf::parse_snapshot, bytes);
  read_or_refuse(xsell::sync::tuf::parse_targets, bytes);
  return 0;
}
