#include "sync/fetcher.h"

namespace xsell::sync {

Failure Fetcher::fetch_all(std::string_view path, uint64_t max_bytes, std::string& body) {
  struct Collector : ByteSink {
    explicit Collector(std::string& out) : body(out) {}
    bool write(std::string_view bytes) override {
      body.append(bytes);
      return true;
    }
    std::string& body;
  };
  body.clear();
  Collector collector(body);
  Failure failure = fetch(path, max_bytes, collector);
  if (!failure.failed() && body.size() > max_bytes) {
    failure = {Problem::kTooLarge, NetError::kNone, std::string(path)};
  }
  return failure;
}

}  // namespace xsell::sync
