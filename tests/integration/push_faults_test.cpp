// What happens to the push on the way, by row of docs/fault-matrix.md: real event streams from a
// real HQ, through the chaos proxy.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <memory>
#include <thread>
#include <vector>

#include "sync/event_stream.h"
#include "sync/http_fetcher.h"
#include "sync/release_listener.h"
#include "tests/hq/hq_under_test.h"
#include "tests/integration/chaos_proxy.h"
#include "tests/integration/hostile_mirror.h"

namespace xsell::tests {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using sync::ListenerStatus;
using sync::NetError;
using sync::RefreshResult;
using sync::ReleaseListener;
using sync::WatchSettings;

constexpr auto kLongest = 20s;

sync::HqEndpoint endpoint_at(const sync::Identity& lane, std::uint16_t port) {
  sync::HqEndpoint endpoint = endpoint_of(lane);
  endpoint.url = "https://127.0.0.1:" + std::to_string(port);
  return endpoint;
}

// Heartbeats and waits in tenths of a second instead of minutes.
hq::ServerLimits hasty_server() {
  hq::ServerLimits limits;
  limits.heartbeat = 50ms;
  return limits;
}

WatchSettings hasty_lane() {
  WatchSettings settings;
  settings.silence_ms = 400;
  settings.poll_ms = 300;
  settings.stream_retry_ms = 1'500;
  settings.backoff = {.base_ms = 20, .cap_ms = 200};
  return settings;
}

// Runs a listener whose refresh is a poll of timestamp.json, as a lane's begins.
class PushFaults : public ::testing::Test {
 protected:
  void listen(const sync::HqEndpoint& endpoint, WatchSettings settings) {
    client_ = std::make_unique<sync::HttpClient>(
        io_, endpoint, sync::HttpLimits{.connect_timeout = 1'000ms, .least_window = 1'000ms});
    listener_ = std::make_unique<ReleaseListener>(
        io_, endpoint, settings,
        [this] {
          sync::HttpFetcher fetcher(*client_, {.held = &held_});
          std::string body;
          const sync::Failure failure = fetcher.fetch_all(sync::HeldDocument::kPath, 16'384, body);
          ++refreshes_;
          if (fetcher.was_unchanged()) ++unchanged_;
          if (!failure.failed() && body != seen_) {
            seen_ = body;
            ++version_;
          }
          return RefreshResult{
              .error = failure.net_error, .status = fetcher.last_status(), .version = version_};
        },
        [this](const ListenerStatus& status) {
          if (status.last_error != NetError::kNone) errors_.push_back(status.last_error);
        });
    listener_->start(0);
  }

  template <typename IsSo>
  bool run_until(IsSo is_so) {
    const auto end = Clock::now() + kLongest;
    while (!is_so() && Clock::now() < end) {
      if (io_.stopped()) io_.restart();
      io_.run_one_for(20ms);
    }
    return is_so();
  }

  bool is_live() const { return listener_->status().is_push_live; }
  bool has_seen(NetError error) const {
    return std::find(errors_.begin(), errors_.end(), error) != errors_.end();
  }

  boost::asio::io_context io_;
  std::unique_ptr<sync::HttpClient> client_;
  std::unique_ptr<ReleaseListener> listener_;
  sync::HeldDocument held_;
  std::string seen_;
  std::uint64_t version_ = 0;
  int refreshes_ = 0;
  int unchanged_ = 0;
  std::vector<NetError> errors_;
};

TEST_F(PushFaults, A22_a_proxy_that_holds_the_stream_back_is_noticed_and_polled_around) {
  hq::HqUnderTest hq(hasty_server());
  const sync::Identity lane = hq.enrol();
  ChaosProxy proxy(sync::parse_hq_url(hq.url())->port);
  listen(endpoint_at(lane, proxy.port()), hasty_lane());
  ASSERT_TRUE(run_until([&] { return is_live(); }));
  ASSERT_TRUE(run_until([&] { return version_ == 1; }));

  // The proxy passes nothing on and closes nothing.
  proxy.set(ChaosProxy::kToClient, {.timeout = 0ms});
  ASSERT_TRUE(run_until([&] { return !is_live(); }));
  EXPECT_TRUE(has_seen(NetError::kSlow));
  proxy.heal();
  const int before = unchanged_;
  ASSERT_TRUE(run_until([&] { return unchanged_ >= before + 2 || is_live(); }));
  hq.publish_items(1, 1);
  ASSERT_TRUE(run_until([&] { return version_ == 2; })) << "a publish is found by polling";
  // And the stream is tried again after its while.
  EXPECT_TRUE(run_until([&] { return is_live(); }));
}

TEST_F(PushFaults, A23_streams_cut_anywhere_give_whole_events_or_none) {
  const std::string whole = "event: head\r\nid: 5\r\ndata: {\"serial\":5,\"spread_s\":0}\r\n\r\n";
  std::atomic<std::size_t> cut{0};
  sync::TlsTestServer server([&](sync::TestPeer& peer) {
    const std::string request = peer.read_request();
    if (!request.starts_with("GET /v1/stream")) return peer.write(sync::http_reply(404, "{}"));
    peer.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
    const std::size_t end = cut += 7;
    peer.write(whole.substr(0, end));
    if (end < whole.size()) return peer.cut();
    peer.wait_until_gone();
  });
  std::vector<std::string> data;
  sync::EventStream* opened = nullptr;
  bool has_ended = true;
  sync::EventStream stream(io_, server.endpoint(), "/v1/stream",
                           {{},
                            {},
                            [&](const sync::SseEvent& event) { data.push_back(event.data); },
                            [&](const sync::StreamEnd&) { has_ended = true; }});
  opened = &stream;
  while (data.empty() && cut < 2 * whole.size()) {
    ASSERT_TRUE(run_until([&] { return has_ended; }));
    has_ended = false;
    opened->open();
    ASSERT_TRUE(run_until([&] { return has_ended || !data.empty(); }));
  }
  EXPECT_EQ(data, (std::vector<std::string>{"{\"serial\":5,\"spread_s\":0}"}));
  EXPECT_GE(cut, whole.size());
}

TEST_F(PushFaults, A23_A24_a_flood_of_forged_hints_costs_one_refresh) {
  std::atomic<int> sent{0};
  sync::TlsTestServer server([&](sync::TestPeer& peer) {
    const std::string request = peer.read_request();
    if (!request.starts_with("GET /v1/stream"))
      return peer.write(sync::http_reply(200, "the same as ever", "ETag: \"a\"\r\n"));
    peer.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
    for (int i = 0; i < 20'000; ++i) {
      peer.write("event: head\ndata: {\"serial\":" + std::to_string(1'000 + i) +
                 ",\"spread_s\":0}\n\n");
      sent = i;
    }
    peer.wait_until_gone();
  });
  listen(server.endpoint(), {});
  ASSERT_TRUE(run_until([&] { return sent >= 19'999; }));
  io_.run_for(100ms);
  // One at the start, one for the first hint; the next would come in a minute.
  EXPECT_LE(refreshes_, 3);
  EXPECT_EQ(version_, 1U);
  EXPECT_TRUE(is_live());
}

TEST_F(PushFaults, A25_lanes_come_back_when_hq_restarts) {
  hq::HqUnderTest hq(hasty_server());
  const sync::Identity lane = hq.enrol();
  constexpr int kStreams = 100;
  std::vector<std::unique_ptr<ReleaseListener>> lanes;
  for (int i = 0; i < kStreams; ++i) {
    lanes.push_back(std::make_unique<ReleaseListener>(io_, endpoint_of(lane), hasty_lane(),
                                                      [] { return RefreshResult{}; }));
    lanes.back()->start(0);
  }
  const auto live = [&] {
    return std::count_if(lanes.begin(), lanes.end(),
                         [](const auto& one) { return one->status().is_push_live; });
  };
  ASSERT_TRUE(run_until([&] { return live() == kStreams; }));
  hq.stop();
  ASSERT_TRUE(run_until([&] { return live() == 0; }));
  hq.start();
  EXPECT_TRUE(run_until([&] { return live() == kStreams; })) << live();
}

// A name server with one address, which a test changes.
class NameServer {
 public:
  NameServer() : socket_(io_, {boost::asio::ip::address_v4::loopback(), 0}) {
    thread_ = std::thread([this] { serve(); });
  }
  ~NameServer() {
    is_stopping_ = true;
    boost::asio::ip::udp::socket wake(io_, boost::asio::ip::udp::v4());
    wake.send_to(boost::asio::buffer("x", 1), socket_.local_endpoint());
    thread_.join();
  }

  std::string address() const {
    return "127.0.0.1:" + std::to_string(socket_.local_endpoint().port());
  }
  std::atomic<unsigned char> last_byte{1};  // of the address 127.0.0.x

 private:
  void serve() {
    while (!is_stopping_) {
      char query[512];
      boost::asio::ip::udp::endpoint from;
      const std::size_t size = socket_.receive_from(boost::asio::buffer(query), from);
      if (size < 17) continue;
      // The question as it came, then for an A query one answer that points back at its name.
      std::string reply(query, size);
      const std::size_t question_end = reply.find('\0', 12) + 5;
      reply.resize(question_end);
      const bool wants_a = reply[question_end - 3] == 1;
      reply[2] = '\x81';
      reply[3] = '\x80';
      reply[7] = wants_a ? '\1' : '\0';
      for (const int zero : {8, 9, 10, 11}) reply[static_cast<std::size_t>(zero)] = '\0';
      if (wants_a) {
        reply += std::string("\xC0\x0C\0\1\0\1\0\0\0\0\0\4\x7F\0\0", 15);
        reply += static_cast<char>(last_byte.load());
      }
      socket_.send_to(boost::asio::buffer(reply), from);
    }
  }

  boost::asio::io_context io_;
  boost::asio::ip::udp::socket socket_;
  std::atomic<bool> is_stopping_{false};
  std::thread thread_;
};

TEST_F(PushFaults, A25_a_name_that_moves_is_followed) {
  const std::int64_t now_s = std::chrono::duration_cast<std::chrono::seconds>(
                                 std::chrono::system_clock::now().time_since_epoch())
                                 .count();
  const sync::TestTls tls = sync::TestTls::make({"hq.example.test"}, {now_s - 3600, now_s + 3600});
  sync::TlsTestServer server(
      [](sync::TestPeer& peer) {
        const std::string request = peer.read_request();
        if (!request.starts_with("GET /v1/stream"))
          return peer.write(sync::http_reply(200, "head"));
        peer.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n:\n");
        peer.wait_until_gone();
      },
      tls);
  NameServer names;
  names.last_byte = 99;  // nobody is there
  sync::HqEndpoint endpoint = server.endpoint();
  endpoint.url = "https://hq.example.test:" + std::to_string(server.port());
  endpoint.name_servers = names.address();
  listen(endpoint, hasty_lane());
  ASSERT_TRUE(run_until([&] { return has_seen(NetError::kRefused); }));
  names.last_byte = 1;
  EXPECT_TRUE(run_until([&] { return is_live(); }));
}

}  // namespace
}  // namespace xsell::tests
