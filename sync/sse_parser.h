// Server-Sent Events, parsed as the WHATWG HTML standard's "Interpreting an event stream" says;
// pure. Bytes may arrive cut anywhere. Memory stays under the caps, whatever is sent.
#ifndef XSELL_SYNC_SSE_PARSER_H_
#define XSELL_SYNC_SSE_PARSER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sync/limits.h"

namespace xsell::sync {

struct SseEvent {
  std::string type;  // "message" unless the stream names one
  std::string data;
  std::string last_event_id;
};

class SseParser {
 public:
  struct Limits {
    std::size_t line_bytes = limits::kEventLineBytes;
    std::size_t data_bytes = limits::kEventBytes;
  };
  using Handler = std::function<void(const SseEvent&)>;

  explicit SseParser(Handler on_event);
  SseParser(Handler on_event, Limits limits);

  // As if an earlier connection had left it.
  void set_last_event_id(std::string id);

  // Called for each comment line (without its colon); heartbeats are comments.
  void set_comment_handler(std::function<void(std::string_view)> on_comment);

  // False: a cap was exceeded; the stream must be closed, and nothing is dispatched any more.
  bool feed(std::string_view bytes);

  // A new connection: drops an unfinished event, keeps the last event id and the retry time, as the
  // standard says.
  void reset();

  const std::string& last_event_id() const { return last_event_id_; }
  std::optional<std::uint64_t> retry_ms() const { return retry_ms_; }
  bool is_over_limit() const { return is_over_limit_; }

 private:
  void take_line(std::string_view line);
  void take_field(std::string_view name, std::string_view value);
  void dispatch();

  const Limits limits_;
  const Handler on_event_;
  std::function<void(std::string_view)> on_comment_;

  std::string line_;  // the unfinished line
  std::string type_;
  std::string data_;
  std::string id_buffer_;
  std::string last_event_id_;
  std::optional<std::uint64_t> retry_ms_;
  std::size_t bom_seen_ = 0;  // bytes of a leading byte order mark matched so far; 3: past it
  bool skip_line_feed_ = false;
  bool is_over_limit_ = false;
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_SSE_PARSER_H_
