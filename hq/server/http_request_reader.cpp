#include "hq/server/http_request_reader.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>
#include <functional>
#include <utility>

namespace xsell::hq {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

constexpr std::size_t kMostHeaders = 64;
constexpr std::size_t kLongestPath = 1024;
constexpr std::string_view kHeaderEnd = "\r\n\r\n";
constexpr std::string_view kLastChunk = "0\r\n\r\n";  // the least that a body in chunks still has

std::string lower(string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

}  // namespace

class HttpRequestReader::Parser : public http::basic_parser<true> {
 public:
  HttpRequest request;
  const char* input_end = nullptr;  // of what is being read
  bool has_host = false;
  bool has_encoding = false;
  bool is_bad = false;

 private:
  // Beast takes values that go on in the next line, and so may see another field than a proxy did.
  bool is_folded(string_view key, string_view value) const {
    const std::less<> before;
    // Of several parts, a value lies in a buffer of Beast's.
    if (before(value.data(), key.data()) || !before(value.data(), input_end)) return true;
    return std::find(key.data(), value.data(), '\n') != value.data();
  }

  void on_request_impl(http::verb, string_view method, string_view target, int version,
                       error_code&) override {
    request.method = std::string(method);
    request.path = std::string(target.substr(0, target.find('?')));
    request.is_http_1_0 = version < 11;
    is_bad = is_bad || target.empty() || target.front() != '/' || target.size() > kLongestPath;
  }

  void on_response_impl(int, string_view, int, error_code&) override {}

  void on_field_impl(http::field name, string_view key, string_view value, error_code&) override {
    if (name == http::field::host) {
      is_bad = is_bad || has_host;
      has_host = true;
    }
    if (name == http::field::transfer_encoding) {
      // Another coding would leave it open where the body ends.
      is_bad =
          is_bad || has_encoding || request.is_http_1_0 || !boost::beast::iequals(value, "chunked");
      has_encoding = true;
    }
    // Beast takes a list of equal lengths; a proxy may not.
    if (name == http::field::content_length) is_bad = is_bad || value.find(',') != value.npos;
    is_bad = is_bad || is_folded(key, value);
    is_bad = is_bad || request.headers.size() == kMostHeaders;
    if (!is_bad) request.headers.emplace_back(lower(key), std::string(value));
  }

  void on_header_impl(error_code& error) override {
    is_bad = is_bad || (!has_host && !request.is_http_1_0);
    if (is_bad) error = http::error::bad_field;
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}

  std::size_t on_body_impl(string_view body, error_code&) override {
    request.body.append(body.data(), body.size());
    return body.size();
  }

  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}

  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code& error) override {
    return on_body_impl(body, error);
  }

  void on_finish_impl(error_code&) override {}
};

HttpRequestReader::HttpRequestReader(RequestLimits limits) : limits_(limits) { start_parser(); }

HttpRequestReader::~HttpRequestReader() = default;

void HttpRequestReader::start_parser() {
  searched_ = 0;
  parser_ = std::make_unique<Parser>();
  parser_->header_limit(limits_.header_bytes);
  parser_->body_limit(limits_.body_bytes);
  parser_->eager(true);
}

HttpRequestReader::State HttpRequestReader::refuse(int status) {
  refusal_status_ = status;
  pending_.clear();
  return State::kRefused;
}

// Beast gets a header in one piece: what it counts against its limit depends on the cuts.
HttpRequestReader::State HttpRequestReader::await_header() {
  const std::size_t end = pending_.find(kHeaderEnd, searched_);
  const bool is_whole = end != pending_.npos;
  if (is_whole ? end + kHeaderEnd.size() > limits_.header_bytes
               : pending_.size() >= limits_.header_bytes)
    return refuse(431);
  if (is_whole) return State::kDone;
  searched_ = pending_.size() - std::min(pending_.size(), kHeaderEnd.size() - 1);
  return State::kNeedMore;
}

HttpRequestReader::State HttpRequestReader::feed(std::string_view bytes) {
  if (refusal_status_ != 0) return State::kRefused;
  pending_ += bytes;
  if (parser_->is_done()) return State::kDone;
  if (!parser_->got_some()) {
    if (const State header = await_header(); header != State::kDone) return header;
  }
  std::string_view input = pending_;
  State state = State::kNeedMore;
  while (!input.empty()) {
    // Beast asserts that of a last chunk it has seen the line of, it gets the whole.
    if (parser_->is_header_done() && parser_->chunked() && input.size() < kLastChunk.size()) break;
    const std::string_view piece = input.substr(0, limits_.header_bytes);
    error_code error;
    parser_->input_end = piece.data() + piece.size();
    const std::size_t used =
        parser_->put(boost::asio::const_buffer(piece.data(), piece.size()), error);
    input.remove_prefix(used);
    if (error == http::error::body_limit) return refuse(413);
    if (error && error != http::error::need_more) return refuse(400);
    if (parser_->is_done()) {
      keeps_alive_ = parser_->keep_alive();
      state = State::kDone;
      break;
    }
    if (used > 0) continue;
    // Framing that goes on for ever, such as a chunk's extension.
    if (piece.size() == limits_.header_bytes) return refuse(400);
    break;
  }
  pending_.erase(0, pending_.size() - input.size());
  return state;
}

HttpRequest HttpRequestReader::take() {
  HttpRequest request = std::move(parser_->request);
  start_parser();
  return request;
}

bool HttpRequestReader::is_idle() const { return pending_.empty() && !parser_->got_some(); }

std::size_t HttpRequestReader::buffered_bytes() const {
  return pending_.capacity() + parser_->request.body.capacity();
}

}  // namespace xsell::hq
