// What the public contract tests of event stream clients check, against the running service over
// real HTTP: every capability that it announces.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>

#include "sync/http_response_reader.h"
#include "tests/integration/child_process.h"
#include "tests/offline_cache/temporary_folder.h"
#include "tests/plugin/wait_for.h"
#include "tests/sync/tls_test_server.h"

namespace xsell::tests {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::json;
using asio::ip::tcp;
using namespace std::chrono_literals;

constexpr auto kLongest = 20s;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct Reply {
  int status = 0;
  std::string location;
  std::string body;
};

Reply ask(std::uint16_t port, const std::string& method, const std::string& path,
          const std::string& body = {}) {
  asio::io_context io;
  tcp::socket socket(io);
  socket.connect({asio::ip::address_v4::loopback(), port});
  asio::write(socket, asio::buffer(method + " " + path +
                                   " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                                   "\r\nConnection: close\r\nContent-Length: " +
                                   std::to_string(body.size()) + "\r\n\r\n" + body));
  Reply reply;
  sync::HttpResponseReader reader(16'384, 1 << 20,
                                  {[&](const sync::HttpHead& head) {
                                     reply.status = head.status;
                                     reply.location = head.location;
                                     return sync::NetError::kNone;
                                   },
                                   [&](std::string_view bytes) {
                                     reply.body += bytes;
                                     return sync::NetError::kNone;
                                   }});
  char bytes[4096];
  boost::system::error_code error;
  while (!reader.is_done() && !error)
    reader.feed({bytes, socket.read_some(asio::buffer(bytes), error)});
  return reply;
}

// The service's connection to a stream, as the harness's end of it.
class Connection {
 public:
  explicit Connection(std::string request) : request_(std::move(request)) {}

  const std::string& request() const { return request_; }
  std::string header(std::string_view name) const { return sync::header_of(request_, name); }

  void send(std::string_view bytes) { push(std::string(bytes)); }
  void send_bytewise(std::string_view bytes) {
    for (const char c : bytes) push(std::string(1, c));
  }
  void end() { push(std::nullopt); }

  void run(sync::TestPeer& peer) {
    peer.write(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
        "Transfer-Encoding: chunked\r\n\r\n");
    for (;;) {
      std::unique_lock lock(mutex_);
      has_more_.wait(lock, [&] { return !chunks_.empty(); });
      const std::optional<std::string> bytes = std::move(chunks_.front());
      chunks_.pop_front();
      lock.unlock();
      if (!bytes) return;
      char size[32];
      std::snprintf(size, sizeof size, "%zx\r\n", bytes->size());
      peer.write(size + *bytes + "\r\n");
    }
  }

 private:
  void push(std::optional<std::string> bytes) {
    const std::lock_guard lock(mutex_);
    chunks_.push_back(std::move(bytes));
    has_more_.notify_all();
  }

  const std::string request_;
  std::mutex mutex_;
  std::condition_variable has_more_;
  std::deque<std::optional<std::string>> chunks_;
};

class SseServiceTest : public ::testing::Test {
 protected:
  SseServiceTest()
      : program_({XSELL_SSE_SERVICE, "--port", "0", "--port-file", folder_.file("port")},
                 folder_.file("log")),
        harness_([this](sync::TestPeer& peer) { serve(peer); }) {
    if (!wait_for([&] { return !read_text(folder_.file("port")).empty(); }, kLongest))
      throw std::runtime_error("the service did not start: " + read_text(folder_.file("log")));
    port_ = static_cast<std::uint16_t>(std::stoi(read_text(folder_.file("port"))));
  }

  ~SseServiceTest() override {
    const std::lock_guard lock(mutex_);
    is_over_ = true;  // and the service may connect once more
    for (const auto& connection : all_) connection->end();
  }

  std::string harness(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(harness_.port()) + path;
  }

  // Opens a stream; what the parameters do not say is the usual.
  std::string open(Json parameters = Json::object()) {
    if (!parameters.contains("streamUrl")) parameters["streamUrl"] = harness("/stream");
    if (!parameters.contains("initialDelayMs")) parameters["initialDelayMs"] = 0;
    parameters["callbackUrl"] = harness("/callback");
    parameters["tag"] = "a test";
    const Reply reply = ask(port_, "POST", "/", parameters.dump());
    EXPECT_EQ(reply.status, 201) << reply.body;
    const std::string base = "http://127.0.0.1:" + std::to_string(port_);
    EXPECT_TRUE(reply.location.starts_with(base)) << reply.location;
    return reply.location.substr(base.size());
  }

  std::shared_ptr<Connection> next_connection() {
    std::unique_lock lock(mutex_);
    const bool has_come = changed_.wait_for(lock, kLongest, [&] { return !connections_.empty(); });
    if (!has_come) throw std::runtime_error("the service did not connect");
    auto connection = connections_.front();
    connections_.pop_front();
    return connection;
  }

  // The next report, in the order of their numbers.
  Json next_report() {
    std::unique_lock lock(mutex_);
    const bool has_come =
        changed_.wait_for(lock, kLongest, [&] { return reports_.contains(reported_ + 1); });
    if (!has_come) throw std::runtime_error("the service did not report");
    return reports_.at(++reported_);
  }

  // The next stream's reports begin at 1 again.
  void restart_counting() {
    const std::lock_guard lock(mutex_);
    reports_.clear();
    reported_ = 0;
  }

  void expect_event(const std::string& type, const std::string& data, const std::string& id) {
    const Json report = next_report();
    EXPECT_EQ(report.at("kind"), "event") << report;
    if (report.at("kind") != "event") return;
    EXPECT_EQ(report.at("event"), (Json{{"type", type}, {"data", data}, {"id", id}}));
  }

  void expect_comment(const std::string& text) {
    EXPECT_EQ(next_report(), (Json{{"kind", "comment"}, {"comment", text}}));
  }

  void expect_error() { EXPECT_EQ(next_report().at("kind"), "error"); }

  std::string redirect_;  // the answer at /redirect
  int redirects_ = 0;     // guarded by mutex_
  TemporaryFolder folder_;
  ChildProcess program_;
  std::uint16_t port_ = 0;

 private:
  void serve(sync::TestPeer& peer) {
    for (std::string request; !(request = peer.read_request()).empty();) {
      const std::string path = request.substr(request.find(' ') + 1);
      std::unique_lock lock(mutex_);
      if (path.starts_with("/callback/")) {
        reports_[std::stoi(path.substr(10))] =
            Json::parse(request.substr(request.find("\r\n\r\n") + 4));
        changed_.notify_all();
        lock.unlock();
        peer.write(sync::http_reply(202, ""));
      } else if (path.starts_with("/redirect")) {
        ++redirects_;
        changed_.notify_all();
        peer.write(redirect_);
      } else if (is_over_) {
        return;
      } else {
        auto connection = std::make_shared<Connection>(request);
        all_.push_back(connection);
        connections_.push_back(connection);
        changed_.notify_all();
        lock.unlock();
        return connection->run(peer);
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Connection>> connections_;
  std::vector<std::shared_ptr<Connection>> all_;
  bool is_over_ = false;
  std::map<int, Json> reports_;
  int reported_ = 0;
  sync::PlainTestServer harness_;
};

TEST_F(SseServiceTest, tells_what_it_can_do) {
  const Reply reply = ask(port_, "GET", "/");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(Json::parse(reply.body).at("capabilities"),
            (Json{"bom", "comments", "headers", "last-event-id", "post", "read-timeout", "report",
                  "restart", "server-directed-shutdown-request"}));
}

TEST_F(SseServiceTest, asks_as_an_event_source_does) {
  open();
  const auto stream = next_connection();
  EXPECT_TRUE(stream->request().starts_with("GET /stream HTTP/1.1\r\n")) << stream->request();
  EXPECT_EQ(stream->header("Accept"), "text/event-stream");
  EXPECT_EQ(stream->header("Cache-Control"), "no-cache");
  EXPECT_EQ(stream->request().find("Last-Event-ID"), std::string::npos);
}

TEST_F(SseServiceTest, reports_events_whatever_the_line_ends_and_cuts) {
  for (const char* line_end : {"\n", "\r\n", "\r"}) {
    const std::string end = line_end;
    const std::string text = "event: greeting" + end + "id: abc" + end + "color: blue" + end +
                             "data: \u20AC\u8C46" + end + "data" + end + "data:x" + end + end +
                             end + "data:  y" + end + end;
    for (const bool is_bytewise : {false, true}) {
      open();
      const auto stream = next_connection();
      is_bytewise ? stream->send_bytewise(text) : stream->send(text);
      expect_event("greeting", "\u20AC\u8C46\n\nx", "abc");
      expect_event("message", " y", "abc");
      restart_counting();
    }
  }
}

TEST_F(SseServiceTest, takes_one_byte_order_mark_away) {
  open();
  const auto stream = next_connection();
  stream->send_bytewise(kByteOrderMark);
  stream->send("data: " + std::string(kByteOrderMark) + "a\n\n");
  expect_event("message", std::string(kByteOrderMark) + "a", "");
}

TEST_F(SseServiceTest, reports_comments_among_events) {
  open();
  const auto stream = next_connection();
  stream->send(":Hello\n");
  expect_comment("Hello");
  stream->send("data: 1\n\n: \xFF\n");
  expect_event("message", "1", "");
  expect_comment(" \uFFFD");
}

TEST_F(SseServiceTest, takes_events_of_many_megabytes) {
  open();
  const std::string large(7 << 20, 'x');
  const auto stream = next_connection();
  stream->send("data: " + large);
  stream->send(large + "\n\n");
  const Json report = next_report();
  EXPECT_TRUE(report.at("event").at("data") == large + large);
}

TEST_F(SseServiceTest, sends_headers_and_bodies_and_again_after_a_cut) {
  for (const std::string method : {"POST", "REPORT"}) {
    open({{"method", method},
          {"body", "{\"hello\": \"world\"}"},
          {"headers", {{"content-type", "application/json"}, {"header-name-1", "value-1"}}}});
    for (int i = 0; i < 2; ++i) {
      const auto stream = next_connection();
      EXPECT_TRUE(stream->request().starts_with(method + " /stream "));
      EXPECT_TRUE(stream->request().ends_with("\r\n\r\n{\"hello\": \"world\"}"));
      EXPECT_EQ(stream->header("content-type"), "application/json");
      EXPECT_EQ(stream->header("header-name-1"), "value-1");
      if (i == 0) stream->end();
    }
  }
}

TEST_F(SseServiceTest, begins_with_the_given_id_and_goes_on_with_the_last_one) {
  open({{"lastEventId", "begin"}});
  auto stream = next_connection();
  EXPECT_EQ(stream->header("Last-Event-ID"), "begin");
  stream->send("data: 0\n\nid: abc\ndata: 1\n\ndata: 2\n\nid: half\ndata: cut");
  expect_event("message", "0", "begin");
  expect_event("message", "1", "abc");
  expect_event("message", "2", "abc");
  stream->end();
  expect_error();
  stream = next_connection();
  EXPECT_EQ(stream->header("Last-Event-ID"), "abc");
  stream->send("data: 3\n\nid\ndata: 4\n\n");
  expect_event("message", "3", "abc");
  expect_event("message", "4", "");
  stream->end();
  EXPECT_EQ(next_connection()->request().find("Last-Event-ID"), std::string::npos);
}

TEST_F(SseServiceTest, waits_as_long_as_the_stream_says) {
  open({{"initialDelayMs", 3'600'000}});
  const auto stream = next_connection();
  stream->send("retry: 1x\nretry: 1\nretry: -5\n\n");
  stream->end();
  next_connection();
}

TEST_F(SseServiceTest, restarts_on_command_without_an_error) {
  const std::string path = open({{"initialDelayMs", 3'600'000}});
  next_connection()->send("data: 1\n\n");
  expect_event("message", "1", "");
  EXPECT_EQ(ask(port_, "POST", path, R"({"command":"restart"})").status, 202);
  next_connection()->send("data: 2\n\n");
  expect_event("message", "2", "");
}

TEST_F(SseServiceTest, gives_a_silent_connection_up_after_the_read_timeout) {
  open({{"readTimeoutMs", 50}});
  next_connection()->send("data: 1\n\n");
  expect_event("message", "1", "");
  expect_error();
  next_connection();
}

TEST_F(SseServiceTest, follows_redirects_and_refuses_those_to_nowhere) {
  for (const int status : {301, 302, 307, 308}) {
    redirect_ = sync::http_reply(status, "", "Location: /stream?moved\r\n");
    open({{"streamUrl", harness("/redirect")}, {"method", "POST"}, {"body", "b"}});
    const auto stream = next_connection();
    const bool keeps_method = status >= 307;
    EXPECT_TRUE(
        stream->request().starts_with(keeps_method ? "POST /stream?moved " : "GET /stream?moved "))
        << status << stream->request();
    EXPECT_EQ(stream->request().ends_with("b"), keeps_method);
  }
  for (const char* location : {"", "Location: \r\n", "Location: https://elsewhere/\r\n"}) {
    redirect_ = sync::http_reply(301, "", location);
    open({{"streamUrl", harness("/redirect")}});
    expect_error();
    restart_counting();
  }
  redirects_ = 0;
  redirect_ = sync::http_reply(307, "", "Location: /redirect\r\n");
  open({{"streamUrl", harness("/redirect")}});
  expect_error();
  EXPECT_EQ(redirects_, 21);
}

TEST_F(SseServiceTest, stops_for_good_at_what_is_no_stream) {
  for (const std::string& answer :
       {sync::http_reply(204, ""), sync::http_reply(500, ""),
        sync::http_reply(200, "data: 1\n\n", "Content-Type: text/plain\r\n")}) {
    redirect_ = answer;
    redirects_ = 0;
    const std::string path = open({{"streamUrl", harness("/redirect")}});
    const Json report = next_report();
    EXPECT_NE(report.at("error").get<std::string>().find("given up"), std::string::npos) << report;
    // Not even on command.
    EXPECT_EQ(ask(port_, "POST", path, R"({"command":"restart"})").status, 202);
    EXPECT_EQ(ask(port_, "DELETE", path).status, 204);
    EXPECT_EQ(redirects_, 1);
    restart_counting();
  }
}

TEST_F(SseServiceTest, refuses_requests_that_make_no_sense) {
  const auto status_of = [&](Json changes) {
    Json parameters = {{"streamUrl", harness("/stream")}, {"callbackUrl", harness("/callback")}};
    parameters.update(changes);
    return ask(port_, "POST", "/", parameters.dump()).status;
  };
  EXPECT_EQ(ask(port_, "POST", "/", "not json").status, 400);
  EXPECT_EQ(ask(port_, "POST", "/", "{}").status, 400);
  for (const Json& wrong :
       {Json{{"streamUrl", "ftp://x/"}}, Json{{"callbackUrl", 7}}, Json{{"method", "DELETE"}},
        Json{{"readTimeoutMs", -1}}, Json{{"initialDelayMs", "soon"}},
        Json{{"lastEventId", "a\nb"}}, Json{{"headers", {{"a", "b\r\nc: d"}}}}}) {
    EXPECT_EQ(status_of(wrong), 400) << wrong;
  }
  const std::string path = open();
  next_connection();
  EXPECT_EQ(ask(port_, "POST", path, R"({"command":"dance"})").status, 400);
  EXPECT_EQ(ask(port_, "POST", path, R"({"command":"listen","listen":{"type":"a"}})").status, 202);
  EXPECT_EQ(ask(port_, "POST", "/streams/999", R"({"command":"restart"})").status, 404);
  EXPECT_EQ(ask(port_, "DELETE", path).status, 204);
  EXPECT_EQ(ask(port_, "DELETE", path).status, 404);
}

TEST_F(SseServiceTest, ends_when_told_to) {
  EXPECT_EQ(ask(port_, "DELETE", "/").status, 204);
  EXPECT_EQ(program_.wait(), 0);
}

}  // namespace
}  // namespace xsell::tests
