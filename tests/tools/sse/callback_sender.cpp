#include "tests/tools/sse/callback_sender.h"

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <deque>
#include <utility>

#include "sync/http_response_reader.h"
#include "sync/limits.h"
#include "tests/tools/sse/plain_connection.h"

namespace xsell::tests {

class CallbackSender::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(boost::asio::io_context& io, HttpUrl base) : io_(io), base_(std::move(base)) {}

  void send(std::string json) {
    waiting_.push_back(std::move(json));
    if (!is_sending_) next();
  }

  void close() {
    is_closed_ = true;
    waiting_.clear();
    connection_.reset();
  }

 private:
  void next() {
    is_sending_ = !is_closed_ && !waiting_.empty();
    if (!is_sending_) return;
    const std::string body = std::move(waiting_.front());
    waiting_.pop_front();
    const std::string slash = base_.target.ends_with('/') ? "" : "/";
    std::string request =
        "POST " + base_.target + slash + std::to_string(++count_) +
        " HTTP/1.1\r\nHost: " + base_.authority() +
        "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\n\r\n" + body;
    reader_ = std::make_unique<sync::HttpResponseReader>(
        sync::limits::kHeaderBytes, sync::limits::kMib, sync::HttpResponseReader::Handlers{});
    if (connection_) return write(std::move(request));
    connection_ = std::make_unique<PlainConnection>(io_);
    connection_->connect(base_, [self = shared_from_this(),
                                 request = std::move(request)](const std::string& error) mutable {
      if (!error.empty()) return self->done(false);
      self->write(std::move(request));
    });
  }

  void write(std::string request) {
    connection_->write(std::move(request), [self = shared_from_this()](const std::string& error) {
      if (!error.empty()) self->done(false);
    });
    read();
  }

  void read() {
    connection_->read(
        [self = shared_from_this()](const std::string& error, std::string_view bytes) {
          if (!error.empty() || bytes.empty()) return self->done(false);
          if (self->reader_->feed(bytes) != sync::NetError::kNone) return self->done(false);
          if (!self->reader_->is_done()) return self->read();
          self->done(self->reader_->is_reusable());
        });
  }

  void done(bool is_reusable) {
    if (!is_reusable) connection_.reset();
    next();
  }

  boost::asio::io_context& io_;
  const HttpUrl base_;
  std::deque<std::string> waiting_;
  std::unique_ptr<PlainConnection> connection_;
  std::unique_ptr<sync::HttpResponseReader> reader_;
  std::uint64_t count_ = 0;
  bool is_sending_ = false;
  bool is_closed_ = false;
};

CallbackSender::CallbackSender(boost::asio::io_context& io, HttpUrl base)
    : core_(std::make_shared<Core>(io, std::move(base))) {}

CallbackSender::~CallbackSender() { core_->close(); }

void CallbackSender::send(std::string json) { core_->send(std::move(json)); }

}  // namespace xsell::tests
