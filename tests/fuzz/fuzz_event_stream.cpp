// A stream gives the same events however it was cut on the way.
#include <cstdlib>
#include <string>
#include <string_view>

#include "sync/sse_parser.h"

namespace {

std::string events_of(std::string_view stream, size_t piece) {
  std::string seen;
  xsell::sync::SseParser parser([&seen](const xsell::sync::SseEvent& event) {
    seen += event.type + '\0' + event.data + '\0' + event.last_event_id + '\1';
  });
  while (!stream.empty()) {
    if (!parser.feed(stream.substr(0, piece))) return seen + "over limit";
    stream.remove_prefix(std::min(piece, stream.size()));
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string_view stream(reinterpret_cast<const char*>(data), size);
  const std::string whole = events_of(stream, size + 1);
  if (events_of(stream, 1) != whole || events_of(stream, 3) != whole) std::abort();
  return 0;
}
