// Reads HTTP/1.1 requests out of bytes that arrive cut anywhere; pure, capped, strict about where a
// request ends.
#ifndef XSELL_HQ_SERVER_HTTP_REQUEST_READER_H_
#define XSELL_HQ_SERVER_HTTP_REQUEST_READER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "hq/server/http_message.h"

namespace xsell::hq {

struct RequestLimits {
  std::uint32_t header_bytes = 16 * 1024;  // start line and fields; also what frames one chunk
  std::uint64_t body_bytes = 256 * 1024;
};

class HttpRequestReader {
 public:
  enum class State { kNeedMore, kDone, kRefused };

  explicit HttpRequestReader(RequestLimits limits);
  ~HttpRequestReader();
  HttpRequestReader(const HttpRequestReader&) = delete;
  HttpRequestReader& operator=(const HttpRequestReader&) = delete;

  // What comes behind the first request is kept for the next.
  State feed(std::string_view bytes);

  // After kDone. The reader then stands at the next request; feed({}) tries what was kept.
  HttpRequest take();
  bool wants_keep_alive() const { return keeps_alive_; }

  // After kRefused: 400, 413 or 431.
  int refusal_status() const { return refusal_status_; }

  bool is_idle() const;                // nothing of a request has come
  std::size_t buffered_bytes() const;  // what this reader holds in memory

 private:
  class Parser;
  void start_parser();
  State await_header();
  State refuse(int status);

  const RequestLimits limits_;
  std::unique_ptr<Parser> parser_;
  std::string pending_;
  std::size_t searched_ = 0;  // of pending_, for the header's end
  int refusal_status_ = 0;
  bool keeps_alive_ = false;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_SERVER_HTTP_REQUEST_READER_H_
