// What a network may answer to a lane: cut anywhere, it must be read the same, or refused.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sync/http_response_reader.h"

namespace {

using xsell::sync::HttpHead;
using xsell::sync::HttpResponseReader;
using xsell::sync::NetError;

struct Read {
  std::string body;
  int status = 0;
  bool is_done = false;
  bool is_refused = false;

  bool operator==(const Read&) const = default;
};

Read read(std::string_view bytes, std::size_t step) {
  constexpr std::uint64_t kBodyCap = 1000;
  Read result;
  HttpResponseReader reader(8192, kBodyCap,
                            {[&](const HttpHead& head) {
                               result.status = head.status;
                               return NetError::kNone;
                             },
                             [&](std::string_view part) {
                               result.body += part;
                               return NetError::kNone;
                             }});
  while (!bytes.empty() && !reader.is_done() && !result.is_refused) {
    result.is_refused = reader.feed(bytes.substr(0, step)) != NetError::kNone;
    bytes.remove_prefix(std::min(step, bytes.size()));
  }
  if (!result.is_refused) reader.feed_end();
  result.is_done = reader.is_done();
  if (result.body.size() > kBodyCap) std::abort();
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Read whole = read(bytes, bytes.size() + 1);
  // What is refused may have been refused a little earlier or later, but never taken as good.
  const Read cut = read(bytes, 7);
  if (whole.is_done != cut.is_done) std::abort();
  if (whole.is_done && !whole.is_refused && whole != cut) std::abort();
  return 0;
}
