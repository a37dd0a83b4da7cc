// A request as it came and an answer as it goes, apart from how they travel.
#ifndef XSELL_HQ_SERVER_HTTP_MESSAGE_H_
#define XSELL_HQ_SERVER_HTTP_MESSAGE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xsell::hq {

struct HttpRequest {
  std::string method;
  std::string path;                                          // as sent, before any '?'
  std::string peer;                                          // address without port
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  bool is_http_1_0 = false;

  // The first of that name (lower case), or empty.
  std::string_view header(std::string_view name) const;
};

// An open stream of Server-Sent Events. Slow readers see the latest event only: at most one waits.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void send(std::string event) = 0;  // a whole event, blank line included
  virtual void close() = 0;
};

// A part of an open file.
struct FileBody {
  FileBody(int file, std::uint64_t from, std::uint64_t count)
      : descriptor(file), offset(from), size(count) {}
  ~FileBody();
  FileBody(const FileBody&) = delete;
  FileBody& operator=(const FileBody&) = delete;

  const int descriptor;
  std::uint64_t offset;
  std::uint64_t size;
};

struct HttpAnswer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::shared_ptr<FileBody> file;  // instead of body

  // Instead of all else: the answer comes later, from the same thread, through what this is handed.
  // It must come some time; until then the connection waits.
  std::function<void(std::function<void(HttpAnswer)>)> on_later;
  // Instead of a body: the answer stays open as an event stream and is handed to this once its head
  // is on the way.
  std::function<void(std::shared_ptr<EventSink>)> on_stream;
  // Asked before each heartbeat; false ends the stream.
  std::function<bool()> is_still_allowed;
};

// {"error":word,"message":message}
HttpAnswer error_answer(int status, std::string_view word, std::string_view message);
HttpAnswer json_answer(int status, std::string body);

std::string_view reason_phrase(int status);

}  // namespace xsell::hq

#endif  // XSELL_HQ_SERVER_HTTP_MESSAGE_H_
