#include "sync/http_response_reader.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <charconv>
#include <utility>

#include "sync/http_date.h"

namespace xsell::sync {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

constexpr std::size_t kMostUnusedBytes =
    64 * 1024;  // over any header cap; a chunk's framing never needs as much

std::string media_type(string_view value) {
  std::string type(value.substr(0, value.find(';')));
  while (type.ends_with(' ') || type.ends_with('\t')) type.pop_back();
  for (char& c : type) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return type;
}

}  // namespace

NetError impostor_of(const HttpHead& head) {
  const int status = head.status;
  if (status == 511 || (status >= 200 && status < 300 && head.content_type == "text/html"))
    return NetError::kPortal;
  if (status == 407) return NetError::kProxyLogin;
  if (status >= 300 && status < 400 && status != 304) return NetError::kRedirect;
  return NetError::kNone;
}

std::string shown_location(std::string_view location) {
  constexpr std::size_t kLongest = 120;
  if (location.empty()) return "nowhere";
  std::string shown(location.substr(0, kLongest));
  for (char& c : shown) {
    if (c <= ' ' || c >= 0x7F) c = '?';
  }
  return location.size() > kLongest ? shown + "..." : shown;
}

class HttpResponseReader::Parser : public http::basic_parser<false> {
 public:
  explicit Parser(const Handlers& handlers) : handlers_(handlers) {}

  NetError refusal() const { return refusal_; }
  bool has_head() const { return has_head_; }
  bool is_interim() const { return head_.status >= 100 && head_.status < 200; }

 private:
  void on_request_impl(http::verb, string_view, string_view, int, error_code&) override {}

  void on_response_impl(int code, string_view, int, error_code&) override { head_.status = code; }

  void on_field_impl(http::field name, string_view, string_view value, error_code&) override {
    switch (name) {
      case http::field::etag:
        head_.etag = std::string(value);
        break;
      case http::field::content_type:
        head_.content_type = media_type(value);
        break;
      case http::field::content_range:
        head_.content_range = std::string(value);
        break;
      case http::field::content_encoding:
        head_.content_encoding = media_type(value);
        break;
      case http::field::location:
        head_.location = std::string(value);
        break;
      case http::field::retry_after:
        retry_after_ = std::string(value);
        break;
      case http::field::date:
        date_ = std::string(value);
        break;
      default:
        break;
    }
  }

  void on_header_impl(error_code& error) override {
    if (is_interim()) return;
    has_head_ = true;
    head_.retry_after = parse_retry_after(retry_after_, date_);
    refuse(handlers_.on_head ? handlers_.on_head(head_) : NetError::kNone, error);
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}

  std::size_t on_body_impl(string_view body, error_code& error) override {
    refuse(handlers_.on_body ? handlers_.on_body({body.data(), body.size()}) : NetError::kNone,
           error);
    return body.size();
  }

  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}

  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code& error) override {
    return on_body_impl(body, error);
  }

  void on_finish_impl(error_code&) override {}

  void refuse(NetError refusal, error_code& error) {
    if (refusal == NetError::kNone) return;
    refusal_ = refusal;
    error = http::error::end_of_stream;
  }

  const Handlers& handlers_;
  HttpHead head_;
  std::string retry_after_;
  std::string date_;
  NetError refusal_ = NetError::kNone;
  bool has_head_ = false;
};

HttpResponseReader::HttpResponseReader(std::uint32_t header_cap, std::uint64_t body_cap,
                                       Handlers handlers)
    : header_cap_(header_cap), body_cap_(body_cap), handlers_(std::move(handlers)) {
  parser_ = std::make_unique<Parser>(handlers_);
  parser_->header_limit(header_cap_);
  parser_->body_limit(body_cap_);
  parser_->eager(true);
}

HttpResponseReader::~HttpResponseReader() = default;

NetError HttpResponseReader::feed(std::string_view bytes) {
  if (parser_->is_done()) {
    has_junk_ = has_junk_ || !bytes.empty();
    return NetError::kNone;
  }
  if (pending_.empty() && bytes.empty()) return NetError::kNone;
  std::string_view input = bytes;
  if (!pending_.empty()) {
    pending_ += bytes;
    input = pending_;
  }
  NetError result = NetError::kNone;
  while (!input.empty() && !parser_->is_done()) {
    error_code error;
    const std::size_t used =
        parser_->put(boost::asio::const_buffer(input.data(), input.size()), error);
    input.remove_prefix(used);
    if (parser_->refusal() != NetError::kNone) return parser_->refusal();
    if (error == http::error::header_limit || error == http::error::body_limit ||
        error == http::error::buffer_overflow) {
      return NetError::kTooLarge;
    }
    if (error && error != http::error::need_more) return NetError::kProtocol;
    if (parser_->is_done() && parser_->is_interim()) {
      parser_ = std::make_unique<Parser>(handlers_);
      parser_->header_limit(header_cap_);
      parser_->body_limit(body_cap_);
      parser_->eager(true);
      continue;
    }
    if (error == http::error::need_more || used == 0) break;
  }
  if (parser_->is_done()) {
    has_junk_ = !input.empty();
    pending_.clear();
  } else {
    if (input.size() > kMostUnusedBytes) return NetError::kTooLarge;
    pending_ = std::string(input);
  }
  return result;
}

NetError HttpResponseReader::feed_end() {
  if (parser_->is_done()) return NetError::kNone;
  if (!parser_->has_head()) return NetError::kClosed;
  error_code error;
  parser_->put_eof(error);
  return error || !parser_->is_done() ? NetError::kClosed : NetError::kNone;
}

bool HttpResponseReader::is_done() const { return parser_->is_done(); }

bool HttpResponseReader::has_head() const { return parser_->has_head(); }

bool HttpResponseReader::is_reusable() const {
  return parser_->is_done() && parser_->keep_alive() && !has_junk_;
}

}  // namespace xsell::sync
