// An event source over plain http as the WHATWG HTML standard's section on server-sent events has
// it: follows redirects, reconnects with the last event id after the stream's reconnection time,
// gives up on any answer that is no event stream. What it reads goes through the lane's own parser.
// Threads: one, that which runs the io_context.
#ifndef XSELL_TESTS_TOOLS_SSE_EVENT_SOURCE_H_
#define XSELL_TESTS_TOOLS_SSE_EVENT_SOURCE_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sync/sse_parser.h"
#include "tests/tools/sse/http_url.h"

namespace boost::asio {
class io_context;
}

namespace xsell::tests {

struct EventSourceOptions {
  HttpUrl url;
  std::string method = "GET";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string last_event_id;
  std::chrono::milliseconds reconnection_time{1000};
  std::optional<std::chrono::milliseconds> read_timeout;  // without a byte: the connection is dead
};

class EventSource {
 public:
  struct Handlers {
    std::function<void(const sync::SseEvent&)> on_event;
    std::function<void(std::string_view)> on_comment;
    std::function<void(const std::string&)> on_error;  // it may go on all the same
  };

  EventSource(boost::asio::io_context& io, EventSourceOptions options, Handlers handlers);
  ~EventSource();  // closes
  EventSource(const EventSource&) = delete;
  EventSource& operator=(const EventSource&) = delete;

  void start();
  void restart();  // as if the server had dropped the connection, but without a wait or an error

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace xsell::tests

#endif  // XSELL_TESTS_TOOLS_SSE_EVENT_SOURCE_H_
