#include "sync/http_client.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <future>
#include <thread>

#include "sync/http_fetcher.h"
#include "tests/sync/tls_test_server.h"

namespace xsell::sync {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

constexpr std::int64_t kDay_s = 86'400;

std::int64_t now_s() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

TlsTestServer::Script answer(std::string reply) {
  return [reply = std::move(reply)](TestPeer& peer) {
    while (!peer.read_request().empty()) peer.write(reply);
  };
}

HttpReply get(const HqEndpoint& endpoint, HttpRequest request = {}, HttpLimits limits = {}) {
  asio::io_context io;
  HttpClient client(io, endpoint, limits);
  if (request.path.empty()) request.path = "/v1/tuf/timestamp.json";
  return client.wait(std::move(request));
}

TEST(HttpClient, gets_a_body_with_its_etag_and_sends_the_token) {
  std::string seen;
  TlsTestServer server([&](TestPeer& peer) {
    seen = peer.read_request();
    peer.write(http_reply(200, "hello",
                          "ETag: \"abc\"\r\nContent-Type: Application/JSON; charset=utf-8\r\n"));
  });
  const HttpReply reply = get(server.endpoint());
  EXPECT_EQ(reply.error, NetError::kNone) << reply.detail;
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "hello");
  EXPECT_EQ(reply.etag, "\"abc\"");
  EXPECT_EQ(reply.content_type, "application/json");
  EXPECT_TRUE(seen.starts_with("GET /v1/tuf/timestamp.json HTTP/1.1\r\n")) << seen;
  EXPECT_EQ(header_of(seen, "Authorization"), "Bearer token-of-the-test");
  EXPECT_EQ(header_of(seen, "Host"), "127.0.0.1:" + std::to_string(server.port()));
}

TEST(HttpClient, resolves_localhost_by_name) {
  TlsTestServer server(answer(http_reply(200, "x")));
  HqEndpoint endpoint = server.endpoint();
  endpoint.url = "https://localhost:" + std::to_string(server.port());
  const HttpReply reply = get(endpoint);
  EXPECT_EQ(reply.error, NetError::kNone) << reply.detail;
}

TEST(HttpClient, keeps_the_connection_for_the_next_request) {
  TlsTestServer server(answer(http_reply(200, "x")));
  asio::io_context io;
  HttpClient client(io, server.endpoint());
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(client.wait({.path = "/a"}).is_ok());
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, tries_anew_when_a_kept_connection_turns_out_closed) {
  TlsTestServer server([](TestPeer& peer) {
    peer.read_request();
    peer.write(http_reply(200, "x"));
  });
  asio::io_context io;
  HttpClient client(io, server.endpoint());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(client.wait({.path = "/a"}).is_ok()) << i;
  EXPECT_EQ(server.connections(), 3);
}

TEST(HttpClient, asks_with_an_etag_and_takes_304) {
  TlsTestServer server([](TestPeer& peer) {
    const std::string request = peer.read_request();
    peer.write(header_of(request, "If-None-Match") == "\"abc\""
                   ? "HTTP/1.1 304 Not Modified\r\nETag: \"abc\"\r\n\r\n"
                   : http_reply(200, "all"));
  });
  const HttpReply reply = get(server.endpoint(), {.if_none_match = "\"abc\""});
  EXPECT_EQ(reply.error, NetError::kNone) << reply.detail;
  EXPECT_EQ(reply.status, 304);
  EXPECT_TRUE(reply.body.empty());
}

TEST(HttpClient, surfaces_status_and_retry_after) {
  TlsTestServer server(answer(http_reply(503, "busy", "Retry-After: 120\r\n")));
  const HttpReply reply = get(server.endpoint());
  EXPECT_EQ(reply.error, NetError::kStatus);
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.retry_after, 120s);
}

TEST(HttpClient, counts_a_retry_date_from_the_servers_own_date) {
  TlsTestServer server(answer(http_reply(
      503, "",
      "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:50:37 GMT\r\n")));
  EXPECT_EQ(get(server.endpoint()).retry_after, 60s);
}

TEST(HttpClient, posts_a_body) {
  std::string seen;
  TlsTestServer server([&](TestPeer& peer) {
    seen = peer.read_request();
    peer.write(http_reply(200, "{}"));
  });
  const std::string body(300'000, 'b');
  const HttpReply reply =
      get(server.endpoint(), {.method = "POST", .headers = {{"X-A", "1"}}, .body = body});
  EXPECT_EQ(reply.error, NetError::kNone) << reply.detail;
  EXPECT_TRUE(seen.ends_with(body));
  EXPECT_EQ(header_of(seen, "X-A"), "1");
}

TEST(HttpClient, refuses_a_header_that_would_split) {
  TlsTestServer server(answer(http_reply(200, "x")));
  EXPECT_EQ(get(server.endpoint(), {.headers = {{"X-A", "1\r\nX-B: 2"}}}).error,
            NetError::kProtocol);
  EXPECT_EQ(get(server.endpoint(), {.path = "/a b\r\n"}).error, NetError::kProtocol);
}

// --- who may answer ---

TEST(HttpClientTrust, A21_refuses_a_certificate_of_another_authority) {
  TlsTestServer server(answer(http_reply(200, "x")),
                       TestTls::make({"127.0.0.1"}, {now_s() - kDay_s, now_s() + kDay_s}));
  HqEndpoint endpoint = server.endpoint();
  endpoint.ca_pem = TestTls::good().authority.certificate_pem;
  const HttpReply reply = get(endpoint);
  EXPECT_EQ(reply.error, NetError::kTlsAuthority) << reply.detail;
  EXPECT_EQ(reply.status, 0);
}

TEST(HttpClientTrust, A21_refuses_another_name) {
  TlsTestServer server(
      answer(http_reply(200, "x")),
      TestTls::make({"hq.example", "127.0.0.2"}, {now_s() - kDay_s, now_s() + kDay_s}));
  const HttpReply reply = get(server.endpoint());
  EXPECT_EQ(reply.error, NetError::kTlsName) << reply.detail;
  EXPECT_NE(reply.detail.find("mismatch"), std::string::npos) << reply.detail;
}

TEST(HttpClientTrust, A21_refuses_an_expired_certificate) {
  TlsTestServer server(answer(http_reply(200, "x")),
                       TestTls::make({"127.0.0.1"}, {now_s() - 2 * kDay_s, now_s() - kDay_s}));
  const HttpReply reply = get(server.endpoint());
  EXPECT_EQ(reply.error, NetError::kTlsDates);
  EXPECT_NE(reply.detail.find("expired"), std::string::npos) << reply.detail;
}

TEST(HttpClientTrust, A32_a_suspect_clock_waives_the_dates_but_neither_name_nor_signature) {
  const hq::Validity long_ago{now_s() - 2 * kDay_s, now_s() - kDay_s};
  TlsTestServer expired(answer(http_reply(200, "x")), TestTls::make({"127.0.0.1"}, long_ago));
  HqEndpoint endpoint = expired.endpoint();
  endpoint.is_clock_suspect = true;
  EXPECT_EQ(get(endpoint).error, NetError::kNone);
  endpoint.ca_pem = TestTls::good().authority.certificate_pem;
  EXPECT_EQ(get(endpoint).error, NetError::kTlsAuthority);
  TlsTestServer misnamed(answer(http_reply(200, "x")), TestTls::make({"hq.example"}, long_ago));
  endpoint = misnamed.endpoint();
  endpoint.is_clock_suspect = true;
  EXPECT_EQ(get(endpoint).error, NetError::kTlsName);
}

TEST(HttpClientTrust, A21_refuses_a_self_signed_certificate) {
  TestTls tls = TestTls::good();
  tls.server = tls.authority =
      hq::make_authority("127.0.0.1", {now_s() - kDay_s, now_s() + kDay_s});
  TlsTestServer server(answer(http_reply(200, "x")), tls);
  HqEndpoint endpoint = server.endpoint();
  endpoint.ca_pem = TestTls::good().authority.certificate_pem;
  EXPECT_EQ(get(endpoint).error, NetError::kTlsAuthority);
}

TEST(HttpClientTrust, A21_refuses_tls_1_1) {
  TlsTestServer server(answer(http_reply(200, "x")), TestTls::good(), TestWeakness::kOldTls);
  EXPECT_EQ(get(server.endpoint()).error, NetError::kTlsVersion);
}

TEST(HttpClientTrust, refuses_anything_but_https) {
  for (const char* url :
       {"http://127.0.0.1", "https://", "https://a:b@c", "https://c?d", "https://c:0", "ftp://c"}) {
    HqEndpoint endpoint{.url = url, .ca_pem = TestTls::good().authority.certificate_pem};
    EXPECT_EQ(get(endpoint).error, NetError::kProtocol) << url;
  }
}

TEST(HttpClientTrust, says_so_when_the_pinned_authority_is_unreadable) {
  const HttpReply reply = get({.url = "https://127.0.0.1", .ca_pem = "garbage"});
  EXPECT_EQ(reply.error, NetError::kTls);
  EXPECT_NE(reply.detail.find("enrol"), std::string::npos) << reply.detail;
}

TEST(HttpClientTrust, A21_refuses_ciphers_without_authenticated_encryption) {
  TlsTestServer server(answer(http_reply(200, "x")), TestTls::good(), TestWeakness::kOldCipher);
  EXPECT_EQ(get(server.endpoint()).error, NetError::kTlsVersion);
}

TEST(HttpClientTrust, A21_names_portals) {
  TlsTestServer html(answer(http_reply(200, "<html>log in</html>", "Content-Type: text/html\r\n")));
  EXPECT_EQ(get(html.endpoint()).error, NetError::kPortal);
  const auto error_for = [](int status) {
    TlsTestServer portal(answer(http_reply(status, "", "Location: http://portal.example/\r\n")));
    const HttpReply reply = get(portal.endpoint());
    EXPECT_EQ(portal.connections(), 1) << "nothing is followed";
    if (reply.error == NetError::kRedirect) {
      EXPECT_NE(reply.detail.find("http://portal.example/"), std::string::npos) << reply.detail;
    }
    return reply.error;
  };
  for (const int status : {301, 302, 307, 308}) EXPECT_EQ(error_for(status), NetError::kRedirect);
  EXPECT_EQ(error_for(407), NetError::kProxyLogin);
  EXPECT_EQ(error_for(511), NetError::kPortal);
}

TEST(HttpClientTrust, takes_no_304_for_what_it_has_not) {
  TlsTestServer server(answer("HTTP/1.1 304 Not Modified\r\n\r\n"));
  EXPECT_EQ(get(server.endpoint()).error, NetError::kProtocol);
}

// --- the way there ---

TEST(HttpClient, names_a_refused_connection) {
  std::uint16_t port = 0;
  {
    TlsTestServer gone(answer(""));
    port = gone.port();
  }
  const HttpReply reply = get({.url = "https://127.0.0.1:" + std::to_string(port),
                               .ca_pem = TestTls::good().authority.certificate_pem});
  EXPECT_EQ(reply.error, NetError::kRefused) << reply.detail;
}

// A name server that is there and never answers.
class DeadNameServer {
 public:
  DeadNameServer() : socket_(io_, {asio::ip::address_v4::loopback(), 0}) {}
  std::string address() const {
    return "127.0.0.1:" + std::to_string(socket_.local_endpoint().port());
  }
  void wait_for_query() {
    char bytes[512];
    asio::ip::udp::endpoint from;
    socket_.receive_from(asio::buffer(bytes), from);
  }

 private:
  asio::io_context io_;
  asio::ip::udp::socket socket_;
};

HqEndpoint behind(const DeadNameServer& names) {
  return {.url = "https://hq.example.test",
          .ca_pem = TestTls::good().authority.certificate_pem,
          .name_servers = names.address()};
}

TEST(HttpClient, gives_up_on_a_dead_name_server_within_the_connect_time) {
  DeadNameServer names;
  const HttpReply reply = get(behind(names), {}, {.connect_timeout = 100ms});
  EXPECT_EQ(reply.error, NetError::kConnectSlow) << reply.detail;
}

TEST(HttpClient, stops_at_once_although_the_name_server_is_dead) {
  DeadNameServer names;
  asio::io_context io;
  HttpClient client(io, behind(names));
  std::promise<HttpReply> ended;
  std::thread worker([&] { ended.set_value(client.wait({.path = "/a"})); });
  names.wait_for_query();
  const auto stopped = std::chrono::steady_clock::now();
  asio::post(io, [&] { client.cancel(); });
  const HttpReply reply = ended.get_future().get();
  EXPECT_LT(std::chrono::steady_clock::now() - stopped, 1s);
  EXPECT_EQ(reply.error, NetError::kCancelled);
  worker.join();
}

TEST(HttpClient, stops_at_once_in_a_body_that_never_ends) {
  TlsTestServer server([](TestPeer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf");
    peer.wait_until_gone();
  });
  asio::io_context io;
  HttpClient client(io, server.endpoint());
  const HttpReply reply = client.wait({.path = "/a", .on_body = [&](std::string_view) {
                                         asio::post(io, [&] { client.cancel(); });
                                         return true;
                                       }});
  EXPECT_EQ(reply.error, NetError::kCancelled);
}

TEST(HttpClient, may_be_destroyed_with_requests_under_way) {
  TlsTestServer server([](TestPeer& peer) { peer.wait_until_gone(); });
  asio::io_context io;
  {
    HttpClient client(io, server.endpoint());
    for (int i = 0; i < 3; ++i) client.send({.path = "/a"}, [](HttpReply) { FAIL(); });
    io.run_for(20ms);
  }
  io.run();
}

// --- how much, how fast ---

TEST(HttpClient, A16_cuts_an_endless_body_at_the_cap) {
  TlsTestServer chunked([](TestPeer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 1000; ++i) peer.write("400\r\n" + std::string(1024, 'x') + "\r\n");
  });
  const HttpReply reply = get(chunked.endpoint(), {.body_cap = 10'000});
  EXPECT_EQ(reply.error, NetError::kTooLarge) << reply.detail;
  EXPECT_LE(reply.body.size(), 10'000U);
  TlsTestServer announced(answer("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nxx"));
  EXPECT_EQ(get(announced.endpoint(), {.body_cap = 10'000}).error, NetError::kTooLarge);
}

TEST(HttpClient, A16_notices_a_length_that_lies) {
  TlsTestServer server([](TestPeer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello");
  });
  EXPECT_EQ(get(server.endpoint()).error, NetError::kClosed);
}

TEST(HttpClient, cuts_endless_headers) {
  TlsTestServer server([](TestPeer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 5000; ++i)
      peer.write("X-Filler: 0123456789012345678901234567890123456789\r\n");
  });
  EXPECT_EQ(get(server.endpoint()).error, NetError::kTooLarge);
}

TEST(HttpClient, A18_gives_up_on_a_slow_drip) {
  TlsTestServer server([](TestPeer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    peer.write("x");
    peer.wait_until_gone();
  });
  const HttpReply reply = get(server.endpoint(), {}, {.least_bytes = 1000, .least_window = 100ms});
  EXPECT_EQ(reply.error, NetError::kSlow) << reply.detail;
}

TEST(HttpClient, ends_at_the_deadline) {
  TlsTestServer server([](TestPeer& peer) { peer.wait_until_gone(); });
  EXPECT_EQ(get(server.endpoint(), {.deadline = 100ms}).error, NetError::kDeadline);
}

TEST(HttpClient, refuses_what_is_not_http) {
  TlsTestServer server(answer("SSH-2.0-OpenSSH_9.2\r\n\r\n"));
  EXPECT_EQ(get(server.endpoint()).error, NetError::kProtocol);
  TlsTestServer squeezed(answer(http_reply(200, "x", "Content-Encoding: gzip\r\n")));
  EXPECT_EQ(get(squeezed.endpoint()).error, NetError::kProtocol);
}

TEST(HttpClient, reads_an_answer_cut_into_single_bytes) {
  TlsTestServer server([](TestPeer& peer) {
    peer.read_request();
    for (const char c : std::string(
             "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
             "3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n")) {
      peer.write({&c, 1});
    }
  });
  const HttpReply reply = get(server.endpoint());
  EXPECT_EQ(reply.error, NetError::kNone) << reply.detail;
  EXPECT_EQ(reply.body, "abcde");
}

// --- resume ---

struct Collected : ByteSink {
  bool write(std::string_view bytes) override {
    text += bytes;
    return true;
  }
  std::string text;
};

std::string numbers() {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += std::to_string(i) + ",";
  return text;
}

Failure fetch(const HqEndpoint& endpoint, Collected& sink, std::uint64_t cap = 1 << 20) {
  asio::io_context io;
  HttpClient client(io, endpoint);
  HttpFetcher fetcher(client);
  return fetcher.fetch("v1/targets/x", cap, sink);
}

TEST(HttpFetcher, A19_resumes_a_cut_body_where_it_stopped) {
  const std::string whole = numbers();
  std::atomic<int> requests{0};
  TlsTestServer server([&](TestPeer& peer) {
    const std::string request = peer.read_request();
    const std::string range = header_of(request, "Range");
    const std::size_t from = range.empty() ? 0 : std::stoul(range.substr(6));
    std::string head = "HTTP/1.1 200 OK\r\n";
    if (from > 0) {
      EXPECT_EQ(header_of(request, "If-Range"), "\"v1\"");
      head = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " + std::to_string(from) + "-" +
             std::to_string(whole.size() - 1) + "/" + std::to_string(whole.size()) + "\r\n";
    }
    const bool is_last = ++requests == 4;
    peer.write(head + "ETag: \"v1\"\r\nContent-Length: " + std::to_string(whole.size() - from) +
               "\r\n\r\n");
    peer.write(whole.substr(from, is_last ? std::string::npos : 7001));
  });
  Collected sink;
  const Failure failure = fetch(server.endpoint(), sink);
  EXPECT_FALSE(failure.failed()) << failure.detail;
  EXPECT_TRUE(sink.text == whole);
  EXPECT_EQ(requests, 4);
}

TEST(HttpFetcher, A20_never_splices_two_entities) {
  struct Case {
    const char* what;
    std::string second;
  };
  const std::vector<Case> cases = {
      {"200 instead of 206", http_reply(200, "other", "ETag: \"v2\"\r\n")},
      {"other ETag", http_reply(206, "tail!", "ETag: \"v2\"\r\nContent-Range: bytes 5-9/10\r\n")},
      {"other start", http_reply(206, "tail!", "ETag: \"v1\"\r\nContent-Range: bytes 4-8/9\r\n")},
      {"not to the end", http_reply(206, "tai", "ETag: \"v1\"\r\nContent-Range: bytes 5-7/10\r\n")},
      {"shorter than said",
       http_reply(206, "tai", "ETag: \"v1\"\r\nContent-Range: bytes 5-9/10\r\n")},
      {"no range", http_reply(206, "tail!", "ETag: \"v1\"\r\n")},
      {"overflowing range",
       http_reply(206, "tail!",
                  "ETag: \"v1\"\r\nContent-Range: bytes 5-18446744073709551615/0\r\n")},
  };
  for (const Case& example : cases) {
    std::atomic<int> requests{0};
    TlsTestServer server([&](TestPeer& peer) {
      peer.read_request();
      if (++requests == 1) {
        peer.write("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 10\r\n\r\nstart");
      } else {
        peer.write(example.second);
      }
    });
    Collected sink;
    const Failure failure = fetch(server.endpoint(), sink);
    EXPECT_TRUE(failure.failed()) << example.what;
    EXPECT_NE(sink.text, "starttail!") << example.what;
    EXPECT_EQ(requests, 2) << example.what;
  }
}

TEST(HttpFetcher, polls_with_the_etag_it_holds_and_gives_what_it_held) {
  std::vector<std::string> asked;
  std::string head = "first";
  TlsTestServer server([&](TestPeer& peer) {
    for (std::string request; !(request = peer.read_request()).empty();) {
      asked.push_back(header_of(request, "If-None-Match"));
      const std::string etag = "\"" + head + "\"";
      peer.write(asked.back() == etag ? "HTTP/1.1 304 Not Modified\r\nETag: " + etag + "\r\n\r\n"
                                      : http_reply(200, head, "ETag: " + etag + "\r\n"));
    }
  });
  asio::io_context io;
  HttpClient client(io, server.endpoint());
  HeldDocument held;
  const auto poll = [&](std::string_view path) {
    HttpFetcher fetcher(client, {.held = &held});
    std::string body;
    EXPECT_FALSE(fetcher.fetch_all(path, 100, body).failed());
    return body + (fetcher.was_unchanged() ? " again" : "");
  };
  EXPECT_EQ(poll(HeldDocument::kPath), "first");
  EXPECT_EQ(poll(HeldDocument::kPath), "first again");
  EXPECT_EQ(poll("v1/tuf/1.root.json"), "first") << "only what changes in place is asked so";
  head = "second";
  EXPECT_EQ(poll(HeldDocument::kPath), "second");
  EXPECT_EQ(poll(HeldDocument::kPath), "second again");
  EXPECT_EQ(asked, (std::vector<std::string>{"", "\"first\"", "", "\"first\"", "\"second\""}));
}

TEST(HttpFetcher, does_not_resume_without_a_strong_etag) {
  std::atomic<int> requests{0};
  TlsTestServer server([&](TestPeer& peer) {
    peer.read_request();
    ++requests;
    peer.write("HTTP/1.1 200 OK\r\nETag: W/\"v1\"\r\nContent-Length: 10\r\n\r\nstart");
  });
  Collected sink;
  EXPECT_EQ(fetch(server.endpoint(), sink).net_error, NetError::kClosed);
  EXPECT_EQ(requests, 1);
}

TEST(HttpFetcher, A19_a_reset_before_the_first_byte_is_an_error_by_name) {
  TlsTestServer server([&](TestPeer& peer) {
    peer.read_request();
    peer.cut();
  });
  Collected sink;
  EXPECT_EQ(fetch(server.endpoint(), sink).net_error, NetError::kClosed);
}

TEST(HttpFetcher, tells_missing_and_oversized_files_apart) {
  TlsTestServer missing(answer(http_reply(404, "no")));
  Collected sink;
  EXPECT_EQ(fetch(missing.endpoint(), sink).problem, Problem::kNotFound);
  TlsTestServer large(answer(http_reply(200, std::string(101, 'x'))));
  EXPECT_EQ(fetch(large.endpoint(), sink, 100).problem, Problem::kTooLarge);
}

}  // namespace
}  // namespace xsell::sync
