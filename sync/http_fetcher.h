#ifndef XSELL_SYNC_HTTP_FETCHER_H_
#define XSELL_SYNC_HTTP_FETCHER_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sync/fetcher.h"
#include "sync/http_client.h"

namespace xsell::sync {

// Published files over HTTPS. A transfer that breaks off is resumed a few times, where it stopped
// and only within the same entity. Threads: that of the client. Requires: the client outlives it.
// The one document that ever changes, as it last came: while it has not changed, a poll is answered
// with 304 and this is given instead. Owned by whoever polls, since a fetcher lives for one cycle.
struct HeldDocument {
  static constexpr std::string_view kPath = "v1/tuf/timestamp.json";
  std::string etag;
  std::string body;
};

class HttpFetcher : public Fetcher {
 public:
  struct Options {
    int resumes = 5;
    std::chrono::milliseconds small_deadline{60'000};  // up to a MiB
    std::chrono::milliseconds large_deadline{1'800'000};
    HeldDocument* held = nullptr;  // outlives the fetcher
  };

  explicit HttpFetcher(HttpClient& client);
  HttpFetcher(HttpClient& client, Options options);

  Failure fetch(std::string_view path, uint64_t max_bytes, ByteSink& sink) override;

  // The last whole document was the held one: nothing was sent but a 304.
  bool was_unchanged() const { return was_unchanged_; }
  // Of the last exchange, for the backoff. 0: no status came.
  int last_status() const { return last_status_; }
  std::optional<std::chrono::seconds> retry_after() const { return retry_after_; }
  uint64_t bytes_received() const { return bytes_received_; }

 private:
  HttpClient& client_;
  const Options options_;
  int last_status_ = 0;
  bool was_unchanged_ = false;
  std::optional<std::chrono::seconds> retry_after_;
  uint64_t bytes_received_ = 0;
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_HTTP_FETCHER_H_
