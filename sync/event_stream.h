// A GET whose body is a Server-Sent Events stream, over the same verified TLS as HttpClient.
// Threads: one, that which runs the io_context.
#ifndef XSELL_SYNC_EVENT_STREAM_H_
#define XSELL_SYNC_EVENT_STREAM_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sync/hq_endpoint.h"
#include "sync/net_error.h"
#include "sync/sse_parser.h"

namespace boost::asio {
class io_context;
}

namespace xsell::sync {

struct StreamEnd {
  NetError error = NetError::kNone;
  int status = 0;
  std::string detail;
  std::optional<std::chrono::milliseconds> retry_after;  // the header's, or the stream's "retry"
};

class EventStream {
 public:
  struct Handlers {
    std::function<void()> on_open;                  // status 200 and the right content type
    std::function<void()> on_bytes;                 // something came, be it only a heartbeat
    std::function<void(const SseEvent&)> on_event;  // may call close()
    std::function<void(StreamEnd)> on_end;  // once for each open(), unless close() came first
  };

  EventStream(boost::asio::io_context& io, HqEndpoint endpoint, std::string path, Handlers handlers,
              std::chrono::milliseconds connect_timeout = std::chrono::milliseconds{10'000});
  ~EventStream();
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  void open();   // closes what is open
  void close();  // at once and quietly
  bool is_open() const;
  void set_clock_suspect(bool is_suspect);  // for what is opened from now on

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_EVENT_STREAM_H_
