// The test service that the public contract tests of server-sent-events clients drive: it opens
// streams on command and reports what comes out of them.
#ifndef XSELL_TESTS_TOOLS_SSE_SSE_SERVICE_H_
#define XSELL_TESTS_TOOLS_SSE_SSE_SERVICE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "hq/server/http_message.h"
#include "tests/tools/sse/callback_sender.h"
#include "tests/tools/sse/event_source.h"

namespace xsell::tests {

class SseService {
 public:
  SseService(boost::asio::io_context& io, std::function<void()> on_quit)
      : io_(io), on_quit_(std::move(on_quit)) {}

  hq::HttpAnswer answer(const hq::HttpRequest& request);

 private:
  struct Stream {
    std::unique_ptr<CallbackSender> callbacks;
    std::unique_ptr<EventSource> source;
  };

  hq::HttpAnswer create(const hq::HttpRequest& request);
  static hq::HttpAnswer command(Stream& stream, std::string_view body);

  boost::asio::io_context& io_;
  const std::function<void()> on_quit_;
  std::map<std::string, Stream, std::less<>> streams_;  // by path
  std::uint64_t count_ = 0;
};

}  // namespace xsell::tests

#endif  // XSELL_TESTS_TOOLS_SSE_SSE_SERVICE_H_
