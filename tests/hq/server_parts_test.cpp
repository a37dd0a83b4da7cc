#include <gtest/gtest.h>

#include "hq/errors.h"
#include "hq/server/certificate.h"
#include "hq/server/http_request_reader.h"
#include "hq/server/rate_limit.h"
#include "hq/server/static_tree.h"
#include "hq/server_address.h"
#include "tests/hq/hq_under_test.h"

namespace xsell::hq {
namespace {

TEST(ByteRange, makes_ranges_absolute) {
  const auto parse = [](std::string_view header) {
    ByteRange range;
    switch (parse_range(header, 10, range)) {
      case RangeKind::kNone:
        return std::string("none");
      case RangeKind::kUnsatisfiable:
        return std::string("unsatisfiable");
      default:
        return std::to_string(range.first) + "-" + std::to_string(range.last);
    }
  };
  EXPECT_EQ(parse("bytes=0-3"), "0-3");
  EXPECT_EQ(parse("bytes=4-"), "4-9");
  EXPECT_EQ(parse("bytes=9-100"), "9-9");
  EXPECT_EQ(parse("bytes=-3"), "7-9");
  EXPECT_EQ(parse("bytes=-30"), "0-9");
  EXPECT_EQ(parse("bytes=10-"), "unsatisfiable");
  EXPECT_EQ(parse("bytes=-0"), "unsatisfiable");
  for (const char* nonsense :
       {"", "bytes", "bytes=", "bytes=-", "bytes=3-2", "bytes=a-b", "bytes=1-2,4-5", "lines=1-2",
        "bytes= 1-2", "bytes=18446744073709551616-", "bytes=1--2"}) {
    EXPECT_EQ(parse(nonsense), "none") << nonsense;
  }
}

TEST(RateLimit, gives_a_burst_then_so_many_a_minute_for_each_peer) {
  RateLimit limit({.burst = 3, .per_minute = 6, .burst_of_all = 100, .per_minute_of_all = 100});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.take("a", 1000));
  EXPECT_FALSE(limit.take("a", 1000));
  EXPECT_TRUE(limit.take("b", 1000));
  EXPECT_FALSE(limit.take("a", 1009));
  EXPECT_TRUE(limit.take("a", 1010));
  EXPECT_FALSE(limit.take("a", 900)) << "a clock that goes back gives nothing";
}

TEST(RateLimit, holds_against_many_peers) {
  RateLimit limit({.burst = 3, .per_minute = 6, .burst_of_all = 50, .per_minute_of_all = 60});
  int taken = 0;
  for (int i = 0; i < 20'000; ++i) taken += limit.take("peer " + std::to_string(i), 1000) ? 1 : 0;
  EXPECT_EQ(taken, 50);
}

TEST(HttpRequestReader, reads_a_request_however_it_is_cut) {
  const std::string bytes =
      "POST /v1/x?y=z HTTP/1.1\r\nHost: hq\r\nX-Name: Value\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
  for (std::size_t chunk = 1; chunk <= bytes.size(); ++chunk) {
    HttpRequestReader reader({});
    auto state = HttpRequestReader::State::kNeedMore;
    for (std::size_t at = 0; at < bytes.size(); at += chunk)
      state = reader.feed(std::string_view(bytes).substr(at, chunk));
    ASSERT_EQ(state, HttpRequestReader::State::kDone) << chunk;
    const HttpRequest request = reader.take();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.path, "/v1/x");
    EXPECT_EQ(request.header("x-name"), "Value");
    EXPECT_EQ(request.body, "abcde");
    EXPECT_TRUE(reader.wants_keep_alive());
    EXPECT_TRUE(reader.is_idle());
  }
}

// A header, and what frames a chunk, must fit; where the cuts are must not count.
TEST(HttpRequestReader, holds_the_same_against_its_limit_however_it_is_cut) {
  using State = HttpRequestReader::State;
  constexpr std::uint32_t kLimit = 64;
  const std::string chunked = "POST / HTTP/1.1\r\nHost:a\r\nTransfer-Encoding:chunked\r\n\r\n";
  const auto header = [](std::size_t path, std::size_t value) {
    return "GET /" + std::string(path, 'p') +
           " HTTP/1.1\r\nHost:a\r\nX:" + std::string(value, 'v') + "\r\n\r\n";
  };
  const std::size_t fixed = header(0, 0).size();
  const struct {
    std::string bytes;
    int refusal;  // 0: none
  } cases[] = {
      {header(0, kLimit - fixed), 0},
      {header(0, kLimit - fixed + 1), 431},
      {header(0, 3 * kLimit), 431},
      {header(kLimit - fixed, 0), 0},
      {header(kLimit - fixed + 1, 0), 431},
      {header(3 * kLimit, 0), 431},
      {chunked + "0\r\n\r\n", 0},
      {chunked + "3;" + std::string(40, 'e') + "\r\nabc\r\n0\r\n\r\n", 0},
      {chunked + "3;" + std::string(90, 'e') + "\r\nabc\r\n0\r\n\r\n", 400},
      {chunked + "3\r\nabc\r\n0\r\nX: " + std::string(90, 'e') + "\r\n\r\n", 400},
  };
  for (const auto& one : cases) {
    for (std::size_t cut = 1; cut <= one.bytes.size(); ++cut) {
      HttpRequestReader reader({.header_bytes = kLimit, .body_bytes = 10});
      State state = State::kNeedMore;
      for (std::size_t at = 0; at < one.bytes.size() && state == State::kNeedMore; at += cut)
        state = reader.feed(std::string_view(one.bytes).substr(at, cut));
      EXPECT_EQ(state, one.refusal == 0 ? State::kDone : State::kRefused) << cut << one.bytes;
      EXPECT_EQ(reader.refusal_status(), one.refusal) << cut << one.bytes;
    }
  }
}

TEST(ListenAddress, takes_both_families) {
  EXPECT_EQ(parse_listen_address("0.0.0.0:8443").port, 8443);
  EXPECT_EQ(parse_listen_address("[::1]:0").address, "::1");
  for (const char* bad :
       {"", "8443", "0.0.0.0", "0.0.0.0:", "0.0.0.0:x", "0.0.0.0:99999", ":1", "::1:8443"}) {
    EXPECT_THROW(parse_listen_address(bad), UsageError) << bad;
  }
}

TEST(TlsAuthority, renews_the_server_certificate_in_time_and_keeps_the_authority) {
  HqUnderTest hq;
  TlsAuthority tls(hq.folder());
  const std::string authority = tls.ca_sha256();
  const std::string before = tls.chain_pem();
  constexpr std::int64_t kDay_s = 86'400;
  EXPECT_FALSE(tls.renew_if_due(hq.now_s + 200 * kDay_s));
  EXPECT_EQ(tls.chain_pem(), before);
  EXPECT_TRUE(tls.renew_if_due(hq.now_s + 300 * kDay_s));
  EXPECT_NE(tls.chain_pem(), before);
  EXPECT_EQ(tls.ca_sha256(), authority);
  EXPECT_GT(certificate_expires_at_s(tls.chain_pem()), hq.now_s + 600 * kDay_s);
}

TEST(TlsAuthority, keeps_its_keys_to_itself) {
  HqUnderTest hq;
  for (const auto& entry : std::filesystem::directory_iterator(hq.folder().tls())) {
    EXPECT_EQ(entry.status().permissions() &
                  (std::filesystem::perms::group_all | std::filesystem::perms::others_all),
              std::filesystem::perms::none)
        << entry.path();
  }
}

}  // namespace
}  // namespace xsell::hq
