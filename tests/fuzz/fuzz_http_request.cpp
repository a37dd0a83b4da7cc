// What anybody may send to HQ: cut anywhere, it must be the same requests, or refused.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "hq/server/http_request_reader.h"

namespace {

using xsell::hq::HttpRequest;
using xsell::hq::HttpRequestReader;

std::vector<std::string> read(std::string_view bytes, std::size_t step) {
  const xsell::hq::RequestLimits limits{.header_bytes = 2048, .body_bytes = 1000};
  std::vector<std::string> seen;
  HttpRequestReader reader(limits);
  while (!bytes.empty()) {
    auto state = reader.feed(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
    while (state == HttpRequestReader::State::kDone) {
      const HttpRequest request = reader.take();
      if (request.path.empty() || request.path.front() != '/' ||
          request.body.size() > limits.body_bytes)
        std::abort();
      seen.push_back(request.method + " " + request.path + " " + request.body);
      state = reader.feed({});
    }
    if (state == HttpRequestReader::State::kRefused) break;
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (read(bytes, bytes.size() + 1) != read(bytes, 5)) std::abort();
  return 0;
}
