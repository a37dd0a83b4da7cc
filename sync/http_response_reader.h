// Reads one HTTP/1.1 response out of bytes that arrive cut anywhere; pure, capped, strict.
#ifndef XSELL_SYNC_HTTP_RESPONSE_READER_H_
#define XSELL_SYNC_HTTP_RESPONSE_READER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sync/net_error.h"

namespace xsell::sync {

struct HttpHead {
  int status = 0;
  std::string etag;
  std::string content_type;  // lower case, without parameters
  std::string content_range;
  std::string content_encoding;
  std::string location;
  std::optional<std::chrono::seconds> retry_after;  // a date counts from the response's own Date
};

// Who else than HQ answers like this: kPortal, kRedirect, kProxyLogin, or kNone.
NetError impostor_of(const HttpHead& head);
// A redirect's target as a message may show it: printable, short.
std::string shown_location(std::string_view location);

class HttpResponseReader {
 public:
  // Each returns kNone to go on, or what to end with. on_head comes once, before any body.
  struct Handlers {
    std::function<NetError(const HttpHead&)> on_head;
    std::function<NetError(std::string_view)> on_body;
  };

  HttpResponseReader(std::uint32_t header_cap, std::uint64_t body_cap, Handlers handlers);
  ~HttpResponseReader();
  HttpResponseReader(const HttpResponseReader&) = delete;
  HttpResponseReader& operator=(const HttpResponseReader&) = delete;

  NetError feed(std::string_view bytes);
  NetError feed_end();  // the peer closed in order

  bool is_done() const;
  bool has_head() const;
  bool is_reusable() const;  // done, nothing left over, and neither side asked to close

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
  const std::uint32_t header_cap_;
  const std::uint64_t body_cap_;
  const Handlers handlers_;
  std::string pending_;  // bytes the parser could not use yet
  bool has_junk_ = false;
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_HTTP_RESPONSE_READER_H_
