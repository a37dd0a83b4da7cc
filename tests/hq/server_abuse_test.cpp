// HQ's server against clients that do not play by the rules.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <fstream>
#include <vector>

#include "sync/http_client.h"
#include "sync/tls_connection.h"
#include "sync/tls_context.h"
#include "tests/hq/hq_under_test.h"

namespace xsell::hq {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;

// Raw bytes over verified TLS.
class RawClient {
 public:
  explicit RawClient(const HqUnderTest& hq)
      : connection_(io_, sync::TlsContext::with_ca(hq.ca_pem(), false),
                    *sync::parse_hq_url(hq.url()), "") {
    connection_.connect(10s, [this](sync::NetError error, const std::string&) {
      is_connected_ = error == sync::NetError::kNone;
    });
    run();
  }

  bool is_connected() const { return is_connected_; }

  void write(std::string bytes) {
    connection_.write(std::move(bytes), [](sync::NetError) {});
    run();
  }

  // Writes on without ever reading; false when the server has not ended that after ten seconds.
  bool drip_until_cut() {
    bool is_cut = false;
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!is_cut && std::chrono::steady_clock::now() < end) {
      connection_.write("x",
                        [&](sync::NetError error) { is_cut = error != sync::NetError::kNone; });
      run();
    }
    return is_cut;
  }

  // All that comes until the server ends the connection.
  std::string read_all() {
    read_on();
    run();
    return received_;
  }

 private:
  void read_on() {
    connection_.read([this](sync::NetError error, std::string_view bytes) {
      received_ += bytes;
      if (error == sync::NetError::kNone && !bytes.empty()) read_on();
    });
  }

  void run() {
    io_.restart();
    io_.run();
  }

  boost::asio::io_context io_;
  sync::TlsConnection connection_;
  std::string received_;
  bool is_connected_ = false;
};

std::string talk(const HqUnderTest& hq, std::string bytes) {
  RawClient client(hq);
  client.write(std::move(bytes));
  return client.read_all();
}

ServerLimits hasty() {
  ServerLimits limits;
  limits.farewell = 50ms;
  return limits;
}

long resident_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
  }
  return 0;
}

std::string status_line(const std::string& reply) { return reply.substr(0, reply.find("\r\n")); }

TEST(HqServerAbuse, A45_refuses_what_could_be_read_in_two_ways) {
  HqUnderTest hq(hasty());
  const std::string head = "POST /v1/enroll HTTP/1.1\r\nHost: x\r\n";
  for (const std::string& request :
       {head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / "
               "HTTP/1.1\r\n\r\n",
        head + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        head + "Content-Length: -1\r\n\r\n",
        head + "Content-Length: 5x\r\n\r\nhello",
        head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        head + "Transfer-Encoding: gzip\r\n\r\n",
        head + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        std::string("POST /v1/enroll HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        head + "X: a\r\n b\r\n\r\n",
        head + "X:\r\n\tb\r\n\r\n",
        head + "X: a\r\n \r\n\r\n",
        head + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        head + "Content-Length : 5\r\n\r\nhello",
        head + " Content-Length: 5\r\n\r\nhello",
        head + "X: a\nContent-Length: 5\r\n\r\nhello",
        head + "X: a\rb\r\n\r\n",
        head + std::string("X: a\0b\r\n\r\n", 10),
        head + "Content-Length: 5, 5\r\n\r\nhello",
        std::string("GET /v1/health HTTP/1.1\r\n\r\n"),
        std::string("GET /v1/health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        std::string("GET http://evil/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        std::string("GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
        std::string("GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
        std::string("\x16\x03\x01\x02\x00\x01\r\n\r\n", 10)}) {
    EXPECT_EQ(status_line(talk(hq, request)), "HTTP/1.1 400 Bad Request") << request;
  }
}

TEST(HqServerAbuse, A45_refuses_oversized_headers_and_bodies) {
  HqUnderTest hq(hasty());
  EXPECT_EQ(status_line(talk(hq, "GET / HTTP/1.1\r\nHost: x\r\nX-Big: " + std::string(20'000, 'x') +
                                     "\r\n\r\n")),
            "HTTP/1.1 431 Request Header Fields Too Large");
  EXPECT_EQ(
      status_line(talk(hq, "GET /" + std::string(2'000, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n")),
      "HTTP/1.1 400 Bad Request");
  std::string many = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 100; ++i) many += "A: b\r\n";
  EXPECT_EQ(status_line(talk(hq, many + "\r\n")), "HTTP/1.1 400 Bad Request");
  EXPECT_EQ(status_line(talk(
                hq, "POST /v1/enroll HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n")),
            "HTTP/1.1 413 Content Too Large");
}

TEST(HqServerAbuse, answers_requests_that_come_together_and_in_pieces) {
  HqUnderTest hq;
  RawClient client(hq);
  for (const char c : std::string("GET / HTTP/1.1\r\nHost: x\r\n")) client.write({c});
  client.write(
      "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: "
      "close\r\n\r\n");
  const std::string replies = client.read_all();
  std::size_t count = 0;
  for (std::size_t at = 0; (at = replies.find("HTTP/1.1 404", at)) != std::string::npos; ++at)
    ++count;
  EXPECT_EQ(count, 3U) << replies;
}

TEST(HqServerAbuse, HEAD_sends_no_body) {
  HqUnderTest hq;
  const std::string reply =
      talk(hq, "HEAD /v1/tuf/timestamp.json HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " +
                   hq.enrol().bearer + "\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(status_line(reply), "HTTP/1.1 200 OK");
  EXPECT_TRUE(reply.ends_with("\r\n\r\n")) << reply;
}

TEST(HqServerAbuse, A45_slow_requests_are_ended_and_others_are_served) {
  ServerLimits limits;
  limits.whole_request = 200ms;
  limits.handshake = 200ms;
  HqUnderTest hq(limits);
  const sync::Identity lane = hq.enrol();
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 20; ++i) {
    slow.push_back(std::make_unique<RawClient>(hq));
    slow.back()->write("GET /v1/tuf/timestamp.json HTTP/1.1\r\nHost: x\r\nX-Drip: ");
  }
  boost::asio::io_context io;
  sync::HttpClient client(io, endpoint_of(lane));
  EXPECT_EQ(client.wait({.path = "/v1/tuf/timestamp.json"}).status, 200);
  for (const auto& one : slow)
    EXPECT_EQ(status_line(one->read_all()), "HTTP/1.1 408 Request Timeout");
}

TEST(HqServerAbuse, A45_a_request_that_drips_on_is_ended_all_the_same) {
  ServerLimits limits = hasty();
  limits.whole_request = 50ms;
  HqUnderTest hq(limits);
  RawClient dripping(hq);
  dripping.write("POST /v1/enroll HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
  EXPECT_TRUE(dripping.drip_until_cut());
}

TEST(HqServerAbuse, an_idle_connection_ends_without_a_word) {
  ServerLimits limits = hasty();
  limits.idle = 50ms;
  HqUnderTest hq(limits);
  RawClient idle(hq);
  EXPECT_EQ(idle.read_all(), "");
}

TEST(HqServerAbuse, A45_five_thousand_half_open_connections_make_room_for_lanes) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  // Each costs a descriptor here; the server's end of it another one while it lasts.
  const std::size_t count = std::min<std::size_t>(5'000, files.rlim_cur - 2'000);
  ServerLimits limits;
  limits.stranger_time = 20ms;
  HqUnderTest hq(limits);
  const sync::Identity lane = hq.enrol();
  const tcp::endpoint where(boost::asio::ip::address_v4::loopback(),
                            sync::parse_hq_url(hq.url())->port);
  const long before_kib = resident_kib();
  boost::asio::io_context io;
  std::vector<tcp::socket> silent;
  for (std::size_t i = 0; i < count; ++i) {
    silent.emplace_back(io);
    silent.back().connect(where);
  }
  sync::HttpClient client(io, endpoint_of(lane));
  const sync::HttpReply reply = client.wait({.path = "/v1/tuf/timestamp.json"});
  EXPECT_EQ(reply.status, 200) << reply.detail;
  std::size_t held = 0;
  hq.on_server([&](HqServer& server) { held = server.connections(); });
  EXPECT_LE(held, limits.strangers + 1);
  EXPECT_LT(resident_kib() - before_kib, XSELL_MEMORY_FACTOR * 100 * 1024);
}

TEST(HqServerAbuse, A45_half_open_connections_end_with_their_time) {
  ServerLimits limits;
  limits.handshake = 200ms;
  HqUnderTest hq(limits);
  boost::asio::io_context io;
  tcp::socket silent(io);
  silent.connect({boost::asio::ip::address_v4::loopback(), sync::parse_hq_url(hq.url())->port});
  char byte = 0;
  boost::system::error_code error;
  silent.read_some(boost::asio::buffer(&byte, 1), error);
  EXPECT_TRUE(error);
}

TEST(HqServerAbuse, A45_strangers_make_room_and_lanes_stay) {
  ServerLimits limits;
  limits.connections = 3;
  limits.stranger_time = 20ms;
  HqUnderTest hq(limits);
  const sync::Identity lane = hq.enrol();
  const std::string request =
      "GET /v1/tuf/timestamp.json HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + lane.bearer +
      "\r\n";
  RawClient known(hq);
  known.write(request + "\r\n");
  RawClient idle(hq), slow(hq);
  slow.write("GET /v1/tuf/timestamp.json HTTP/1.1\r\nX-Drip: ");
  RawClient newcomer(hq);
  EXPECT_TRUE(newcomer.is_connected());
  EXPECT_EQ(idle.read_all(), "") << "the oldest stranger had to go";
  // The lane's is older than all of them and goes on.
  known.write(request + "Connection: close\r\n\r\n");
  const std::string replies = known.read_all();
  std::size_t count = 0;
  for (std::size_t at = 0; (at = replies.find("HTTP/1.1 200", at)) != std::string::npos; ++at)
    ++count;
  EXPECT_EQ(count, 2U) << replies;
}

TEST(HqServerAbuse, unfinished_bodies_share_a_bounded_memory) {
  ServerLimits limits = hasty();
  limits.buffered_bytes = 100'000;
  HqUnderTest hq(limits);
  const std::string half = "POST /v1/enroll HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n" +
                           std::string(90'000, 'x');
  RawClient first(hq);
  first.write(half);
  EXPECT_EQ(status_line(talk(hq, half)), "HTTP/1.1 503 Service Unavailable");
}

}  // namespace
}  // namespace xsell::hq
