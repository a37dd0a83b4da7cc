#include "sync/event_stream.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "sync/http_client.h"
#include "sync/release_listener.h"
#include "tests/sync/tls_test_server.h"

namespace xsell::sync {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string chunk(std::string_view bytes) {
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + std::string(bytes) + "\r\n";
}

struct Followed {
  std::vector<std::string> seen;
  StreamEnd end;
};

// Follows one stream to its end.
Followed follow(const TlsTestServer& server, std::size_t stop_after = SIZE_MAX,
                std::chrono::milliseconds timeout = 10s) {
  boost::asio::io_context io;
  Followed followed;
  EventStream* open = nullptr;
  EventStream stream(io, server.endpoint(), "/v1/stream",
                     {[&] { followed.seen.push_back("open"); },
                      {},
                      [&](const SseEvent& event) {
                        followed.seen.push_back(event.type + "=" + event.data);
                        if (followed.seen.size() == stop_after) open->close();
                      },
                      [&](const StreamEnd& end) { followed.end = end; }},
                     timeout);
  open = &stream;
  stream.open();
  io.run();
  EXPECT_FALSE(stream.is_open());
  return followed;
}

TEST(EventStream, follows_events_over_any_cut) {
  std::string request;
  TlsTestServer server([&](TestPeer& peer) {
    request = peer.read_request();
    peer.write(kHead);
    for (const char c : std::string(
             "event: head\ndata: {\"serial\":1}\n\n: beat\n\nevent: head\r\ndata: 2\r\n\r\n")) {
      peer.write(chunk({&c, 1}));
    }
  });
  const Followed followed = follow(server);
  EXPECT_EQ(followed.seen, (std::vector<std::string>{"open", "head={\"serial\":1}", "head=2"}));
  EXPECT_EQ(followed.end.error, NetError::kClosed);
  EXPECT_EQ(header_of(request, "Accept"), "text/event-stream");
  EXPECT_EQ(header_of(request, "Authorization"), "Bearer token-of-the-test");
}

TEST(EventStream, tells_the_wait_that_the_stream_asks_for) {
  TlsTestServer server([](TestPeer& peer) {
    peer.read_request();
    peer.write(std::string(kHead) + chunk("retry: 2500\n\n"));
  });
  EXPECT_EQ(follow(server).end.retry_after, 2500ms);
}

TEST(EventStream, may_be_closed_from_its_own_event) {
  TlsTestServer server([&](TestPeer& peer) {
    peer.read_request();
    peer.write(std::string(kHead) + chunk("data: 1\n\ndata: 2\n\ndata: 3\n\n"));
    peer.wait_until_gone();
  });
  EXPECT_EQ(follow(server, 2).seen, (std::vector<std::string>{"open", "message=1"}));
}

TEST(EventStream, names_what_is_no_stream) {
  const auto end_of = [](std::string reply) {
    TlsTestServer server([&](TestPeer& peer) {
      peer.read_request();
      peer.write(reply);
    });
    return follow(server).end;
  };
  EXPECT_EQ(end_of(http_reply(403, "{}")).status, 403);
  EXPECT_EQ(end_of(http_reply(403, "{}")).error, NetError::kStatus);
  EXPECT_EQ(end_of(http_reply(503, "", "Retry-After: 7\r\n")).retry_after, 7s);
  EXPECT_EQ(end_of(http_reply(200, "<html>", "Content-Type: text/html\r\n")).error,
            NetError::kPortal);
  EXPECT_EQ(end_of(http_reply(302, "", "Location: http://x/\r\n")).error, NetError::kRedirect);
  EXPECT_EQ(end_of(http_reply(200, "data: 1\n\n", "Content-Type: application/json\r\n")).error,
            NetError::kProtocol);
  EXPECT_EQ(end_of("rubbish\r\n\r\n").error, NetError::kProtocol);
  EXPECT_EQ(end_of("").error, NetError::kClosed);
}

TEST(EventStream, A23_ends_on_an_endless_line_and_drops_a_half_event) {
  TlsTestServer endless([](TestPeer& peer) {
    peer.read_request();
    peer.write(kHead);
    for (int i = 0; i < 10 * 1024; ++i) peer.write(chunk(std::string(1024, 'x')));
  });
  EXPECT_EQ(follow(endless).end.error, NetError::kTooLarge);
  TlsTestServer half([](TestPeer& peer) {
    peer.read_request();
    peer.write(std::string(kHead) + chunk("event: head\ndata: {\"ver"));
    peer.cut();
  });
  EXPECT_EQ(follow(half).seen, (std::vector<std::string>{"open"}));
}

TEST(EventStream, gives_up_when_no_answer_comes) {
  TlsTestServer server([](TestPeer& peer) { peer.wait_until_gone(); });
  EXPECT_EQ(follow(server, SIZE_MAX, 100ms).end.error, NetError::kSlow);
}

// A listener against a scripted HQ: the refresh stands in for a TUF cycle.
class ReleaseListenerTest : public ::testing::Test {
 protected:
  void write_heads(TestPeer& peer, int count) {
    peer.read_request();
    peer.write(kHead);
    for (int version = 1; version <= count; ++version) {
      peer.write(chunk("event: head\ndata: {\"serial\":" + std::to_string(version) +
                       ",\"spread_s\":0}\n\n"));
    }
    peer.wait_until_gone();
  }

  boost::asio::io_context io_;
};

TEST_F(ReleaseListenerTest, refreshes_at_start_and_on_a_pushed_head) {
  std::mutex mutex;
  std::condition_variable has_started;
  bool is_started = false;
  std::atomic<std::uint64_t> head{1};
  TlsTestServer server([&](TestPeer& peer) {
    peer.read_request();
    peer.write(std::string(kHead) + chunk("event: head\ndata: {\"serial\":1,\"spread_s\":0}\n\n"));
    std::unique_lock lock(mutex);
    has_started.wait(lock, [&] { return is_started; });
    head = 2;
    peer.write(chunk("event: head\ndata: {\"serial\":2,\"spread_s\":0}\n\n"));
    lock.unlock();
    peer.wait_until_gone();
  });
  std::vector<std::uint64_t> refreshed;
  bool was_live = false;
  ReleaseListener* listening = nullptr;
  ReleaseListener listener(
      io_, server.endpoint(), {},
      [&] {
        refreshed.push_back(head);
        if (head == 2) io_.stop();
        return RefreshResult{.version = head};
      },
      [&](const ListenerStatus& status) {
        if (!status.is_push_live) return;
        was_live = true;
        const std::lock_guard lock(mutex);
        is_started = true;
        has_started.notify_all();
      });
  listening = &listener;
  listener.start(0);
  io_.run();
  EXPECT_EQ(refreshed, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_TRUE(was_live);
  EXPECT_TRUE(listening->status().is_online);
}

TEST_F(ReleaseListenerTest, a_refresh_may_wait_on_the_same_io_context) {
  TlsTestServer server([&](TestPeer& peer) {
    const std::string request = peer.read_request();
    if (request.starts_with("GET /v1/stream")) {
      peer.write(std::string(kHead) + chunk("event: head\ndata: {\"serial\":5}\n\n"));
      peer.wait_until_gone();
    } else {
      peer.write(http_reply(200, "metadata"));
    }
  });
  HttpClient client(io_, server.endpoint());
  int refreshes = 0;
  ReleaseListener listener(io_, server.endpoint(), {}, [&] {
    EXPECT_EQ(client.wait({.path = "/v1/tuf/timestamp.json"}).body, "metadata");
    if (++refreshes == 2) io_.stop();
    return RefreshResult{.version = refreshes == 1 ? 1ULL : 5ULL};
  });
  listener.start(0);
  io_.run();
  EXPECT_EQ(refreshes, 2);
}

TEST_F(ReleaseListenerTest, stops_at_once_and_leaves_nothing_to_run) {
  TlsTestServer server([&](TestPeer& peer) { write_heads(peer, 1); });
  ReleaseListener* listening = nullptr;
  ReleaseListener listener(
      io_, server.endpoint(), {}, [] { return RefreshResult{.version = 1}; },
      [&](const ListenerStatus& status) {
        if (status.is_push_live) listening->stop();
      });
  listening = &listener;
  listener.start(1);
  io_.run();  // returns only when nothing is under way any more
}

TEST_F(ReleaseListenerTest, names_why_it_is_offline) {
  TlsTestServer server([&](TestPeer& peer) {
    peer.read_request();
    peer.write(http_reply(401, "{}"));
  });
  ReleaseListener listener(
      io_, server.endpoint(), {},
      [] { return RefreshResult{.error = NetError::kStatus, .status = 401}; },
      [&](const ListenerStatus& status) {
        if (status.last_error_detail.find("stream") != std::string::npos) io_.stop();
      });
  listener.start(1);
  io_.run();
  EXPECT_FALSE(listener.status().is_online);
  EXPECT_EQ(listener.status().last_error, NetError::kStatus);
}

}  // namespace
}  // namespace xsell::sync
