// What networks, proxies and hostile servers do to a lane's updates, by row of
// docs/fault-matrix.md. After each fault the lane must still have its rules and its trust, say by
// name what was wrong, and take the new release in the first cycle that goes well.
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <memory>

#include "offline_cache/data_folder.h"
#include "plugin/log_queue.h"
#include "plugin/release_shelf.h"
#include "sync/http_fetcher.h"
#include "sync/release_listener.h"
#include "tests/hq/hq_under_test.h"
#include "tests/integration/chaos_proxy.h"
#include "tests/integration/hostile_mirror.h"
#include "tests/offline_cache/temporary_folder.h"

namespace xsell::tests {
namespace {

using namespace std::chrono_literals;
using sync::HqEndpoint;
using sync::NetError;
using sync::TestPeer;

constexpr int kItems = 200;  // about 160 KB on the wire
// So short that a test can wait for them.
constexpr sync::HttpLimits kSoonSlow{.least_bytes = 4'000, .least_window = 300ms};
constexpr sync::HttpLimits kSoonGivenUp{.connect_timeout = 200ms};

// A lane's data folder and update cycle.
class LaneUnderFault {
 public:
  explicit LaneUnderFault(sync::Identity identity)
      : identity_(std::move(identity)), shelf_(folder_, identity_, log_) {}

  sync::Failure cycle(const HqEndpoint& endpoint) {
    boost::asio::io_context io;
    sync::HttpClient client(io, endpoint, limits);
    sync::HttpFetcher fetcher(client);
    return shelf_.update({.fetcher = fetcher, .now = {now_s(), 0}}, {}).failure;
  }

  sync::HttpLimits limits{};

  static std::int64_t now_s() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }

  std::uint64_t version() const { return shelf_.version(); }
  bool has_usable_rules() { return shelf_.load_newest({}, {now_s(), 0}) != nullptr; }
  bool has_part_file() const { return std::filesystem::exists(folder_.file("release.part")); }

 private:
  TemporaryFolder place_;
  offline_cache::DataFolder folder_{place_.file("lane")};
  plugin::LogQueue log_;
  const sync::Identity identity_;
  plugin::ReleaseShelf shelf_;
};

class NetworkFaults : public ::testing::Test {
 protected:
  NetworkFaults()
      : identity_(hq_.enrol()),
        proxy_(sync::parse_hq_url(hq_.url())->port),
        mirror_(hq_.folder().tree()),
        lane_(identity_) {
    hq_.publish_items(1, kItems);
    const sync::Failure first = lane_.cycle(endpoint_of(identity_));
    EXPECT_FALSE(first.failed()) << first.detail;
    EXPECT_EQ(lane_.version(), 1U);
    hq_.publish_items(2, kItems);
  }

  HqEndpoint through_proxy() const {
    HqEndpoint endpoint = endpoint_of(identity_);
    endpoint.url = "https://127.0.0.1:" + std::to_string(proxy_.port());
    return endpoint;
  }

  // One faulty cycle, and all that must hold after it; then one that goes well.
  void expect_survived(const HqEndpoint& faulty, std::string_view name,
                       const std::function<void()>& mend, const std::string& what = {}) {
    const sync::Failure failure = lane_.cycle(faulty);
    EXPECT_EQ(failure.name(), name) << what << ": " << failure.detail;
    EXPECT_EQ(lane_.version(), 1U) << what;
    EXPECT_TRUE(lane_.has_usable_rules()) << what;
    EXPECT_FALSE(lane_.has_part_file()) << what;
    mend();
    const sync::Failure clean = lane_.cycle(faulty);
    EXPECT_FALSE(clean.failed()) << what << ": " << clean.name() << " " << clean.detail;
    EXPECT_EQ(lane_.version(), 2U) << what;
  }

  void expect_survived_lie(HostileMirror::Lie lie, std::string_view name,
                           const std::string& what = {}) {
    mirror_.lie(std::move(lie));
    expect_survived(
        mirror_.endpoint(), name, [this] { mirror_.be_honest(); }, what);
  }

  static bool is_bundle(std::string_view path) {
    return path.find("/v1/targets/") != std::string_view::npos;
  }

  std::string bundle() const {
    for (const auto& entry : std::filesystem::directory_iterator(hq_.folder().targets())) {
      if (entry.path().string().ends_with("rules-2.bundle.zst"))
        return HostileMirror::content(entry.path());
    }
    return {};
  }

  hq::HqUnderTest hq_;
  const sync::Identity identity_;
  ChaosProxy proxy_;
  HostileMirror mirror_;
  LaneUnderFault lane_;
  TemporaryFolder old_;
};

// --- bodies ---

TEST_F(NetworkFaults, A16_an_endless_body_is_cut_at_its_length) {
  expect_survived_lie(
      [](TestPeer& peer, std::string_view path, std::string_view) {
        if (!is_bundle(path)) return false;
        peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 1000; ++i) peer.write("400\r\n" + std::string(1024, 'x') + "\r\n");
        peer.wait_until_gone();
        return true;
      },
      "length");
}

TEST_F(NetworkFaults, A16_endless_metadata_is_cut_at_its_cap) {
  expect_survived_lie(
      [](TestPeer& peer, std::string_view path, std::string_view) {
        if (!path.ends_with("timestamp.json")) return false;
        peer.write("HTTP/1.1 200 OK\r\n\r\n");
        for (int i = 0; i < 64; ++i) peer.write(std::string(1024, ' '));
        peer.wait_until_gone();
        return true;
      },
      "too_large");
}

TEST_F(NetworkFaults, A16_a_length_that_is_one_too_short) {
  const std::string whole = bundle();
  expect_survived_lie(
      [&](TestPeer& peer, std::string_view path, std::string_view) {
        if (is_bundle(path)) peer.write(sync::http_reply(200, whole.substr(0, whole.size() - 1)));
        return is_bundle(path);
      },
      "length");
}

TEST_F(NetworkFaults, A16_a_length_that_is_one_too_long) {
  const std::string whole = bundle();
  expect_survived_lie(
      [&](TestPeer& peer, std::string_view path, std::string_view) {
        if (is_bundle(path)) peer.write(sync::http_reply(200, whole + "x"));
        return is_bundle(path);
      },
      "length");
}

// --- speed ---

TEST_F(NetworkFaults, A18_a_slow_drip_is_aborted_and_named) {
  lane_.limits = kSoonSlow;
  proxy_.set(ChaosProxy::kToClient, {.bytes_per_s = 3'000});
  expect_survived(through_proxy(), "slow", [this] { proxy_.heal(); });
}

TEST_F(NetworkFaults, A18_a_byte_now_and_then_is_no_progress) {
  lane_.limits = kSoonSlow;
  expect_survived_lie(
      [](TestPeer& peer, std::string_view path, std::string_view) {
        if (!is_bundle(path)) return false;
        peer.write("HTTP/1.1 200 OK\r\nETag: W/\"drip\"\r\nContent-Length: 100000\r\n\r\n");
        for (int i = 0; i < 20; ++i) peer.write("x");
        peer.wait_until_gone();
        return true;
      },
      "slow");
}

TEST_F(NetworkFaults, A18_latency_and_tiny_pieces_are_no_fault) {
  proxy_.set(ChaosProxy::kToClient, {.latency = 10ms, .jitter = 10ms, .slice_bytes = 1'000});
  proxy_.set(ChaosProxy::kToServer, {.latency = 5ms, .slice_bytes = 7, .slice_gap = 100us});
  const sync::Failure failure = lane_.cycle(through_proxy());
  EXPECT_FALSE(failure.failed()) << failure.detail;
  EXPECT_EQ(lane_.version(), 2U);
}

// --- interruptions ---

TEST_F(NetworkFaults, A19_a_network_that_is_down) {
  proxy_.set_down(true);
  // Reset while it connects, or just after.
  const std::string name(lane_.cycle(through_proxy()).name());
  EXPECT_TRUE(name == "refused" || name == "tls" || name == "closed") << name;
  EXPECT_EQ(lane_.version(), 1U);
  EXPECT_TRUE(lane_.has_usable_rules());
  proxy_.heal();
  EXPECT_FALSE(lane_.cycle(through_proxy()).failed());
  EXPECT_EQ(lane_.version(), 2U);
}

TEST_F(NetworkFaults, A19_requests_that_vanish) {
  lane_.limits = kSoonGivenUp;
  proxy_.set(ChaosProxy::kToServer, {.timeout = 0ms});
  expect_survived(through_proxy(), "connect_slow", [this] {
    proxy_.heal();
    lane_.limits = {};
  });
}

TEST_F(NetworkFaults, A19_resets_in_the_body_are_resumed_where_it_stopped) {
  // Each connection passes 60 KB: the bundle of some 200 KB takes several.
  proxy_.set(ChaosProxy::kToClient, {.limit_bytes = 60'000});
  const sync::Failure failure = lane_.cycle(through_proxy());
  EXPECT_FALSE(failure.failed()) << failure.detail;
  EXPECT_EQ(lane_.version(), 2U);
  EXPECT_GE(proxy_.connections(), 4);
  // Had it begun anew each time, far more would have come.
  EXPECT_LT(proxy_.bytes_passed(ChaosProxy::kToClient), bundle().size() + 60'000);
}

TEST_F(NetworkFaults, A19_a_reset_that_keeps_coming_ends_the_cycle) {
  proxy_.set(ChaosProxy::kToClient, {.bytes_per_s = 200'000, .reset = 50ms});
  expect_survived(through_proxy(), "closed", [this] { proxy_.heal(); });
}

TEST_F(NetworkFaults, A19_a_close_that_comes_late_is_no_fault) {
  proxy_.set(ChaosProxy::kToClient, {.slow_close = 200ms});
  EXPECT_FALSE(lane_.cycle(through_proxy()).failed());
  EXPECT_EQ(lane_.version(), 2U);
}

TEST_F(NetworkFaults, A19_error_statuses_are_named) {
  for (const int status : {408, 500, 503}) {
    mirror_.lie([status](TestPeer& peer, std::string_view, std::string_view) {
      peer.write(sync::http_reply(status, "", "Retry-After: 3\r\n"));
      return true;
    });
    EXPECT_EQ(lane_.cycle(mirror_.endpoint()).name(), "status") << status;
    EXPECT_EQ(lane_.version(), 1U);
  }
}

// --- ranges ---

TEST_F(NetworkFaults, A20_two_entities_are_never_spliced) {
  const std::string whole = bundle();
  const std::string half = whole.substr(0, whole.size() / 2);
  const std::string rest = whole.substr(half.size());
  const std::string range = "bytes " + std::to_string(half.size()) + "-" +
                            std::to_string(whole.size() - 1) + "/" + std::to_string(whole.size());
  const struct {
    const char* what;
    std::string second;
  } cases[] = {
      {"200 instead of 206", sync::http_reply(200, whole, "ETag: \"a\"\r\n")},
      {"changed ETag",
       sync::http_reply(206, rest, "ETag: \"b\"\r\nContent-Range: " + range + "\r\n")},
      {"wrong Content-Range",
       sync::http_reply(206, whole.substr(1, rest.size()),
                        "ETag: \"a\"\r\nContent-Range: bytes 1-" + std::to_string(rest.size()) +
                            "/" + std::to_string(whole.size()) + "\r\n")},
  };
  for (const auto& example : cases) {
    mirror_.lie([&](TestPeer& peer, std::string_view path, std::string_view request) {
      if (!is_bundle(path)) return false;
      if (sync::header_of(request, "Range").empty()) {
        peer.write("HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: " +
                   std::to_string(whole.size()) + "\r\n\r\n" + half);
        peer.cut();
      } else {
        peer.write(example.second);
      }
      return true;
    });
    EXPECT_EQ(lane_.cycle(mirror_.endpoint()).name(), "protocol") << example.what;
    EXPECT_EQ(lane_.version(), 1U) << example.what;
    EXPECT_FALSE(lane_.has_part_file()) << example.what;
  }
  // An entity of the right name and range, but with other bytes: the hash finds it.
  expect_survived_lie(
      [&](TestPeer& peer, std::string_view path, std::string_view request) {
        if (!is_bundle(path)) return false;
        if (sync::header_of(request, "Range").empty()) {
          peer.write("HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: " +
                     std::to_string(whole.size()) + "\r\n\r\n" + half);
          peer.cut();
        } else {
          peer.write(sync::http_reply(206, std::string(rest.size(), 'x'),
                                      "ETag: \"a\"\r\nContent-Range: " + range + "\r\n"));
        }
        return true;
      },
      "hash");
}

// --- who answers ---

TEST_F(NetworkFaults, A21_portals_and_proxies_are_refused_by_name) {
  const struct {
    std::string reply;
    const char* name;
  } cases[] = {
      {sync::http_reply(200, "<html>log in</html>", "Content-Type: text/html\r\n"), "portal"},
      {sync::http_reply(511, "<html>log in</html>", "Content-Type: text/html\r\n"), "portal"},
      {sync::http_reply(302, "", "Location: http://portal.example/login\r\n"), "redirect"},
      {sync::http_reply(407, "", "Proxy-Authenticate: Basic\r\n"), "proxy_login"},
  };
  for (const auto& example : cases) {
    mirror_.lie([&](TestPeer& peer, std::string_view, std::string_view) {
      peer.write(example.reply);
      return true;
    });
    const sync::Failure failure = lane_.cycle(mirror_.endpoint());
    EXPECT_EQ(failure.name(), example.name) << failure.detail;
    EXPECT_EQ(lane_.version(), 1U);
  }
  // Nobody was followed anywhere: the redirect's host was never looked up.
  mirror_.be_honest();
  EXPECT_FALSE(lane_.cycle(mirror_.endpoint()).failed());
  EXPECT_EQ(lane_.version(), 2U);
}

TEST_F(NetworkFaults, A21_certificates_that_are_not_hqs_are_refused_by_name) {
  const std::int64_t now_s = LaneUnderFault::now_s();
  const hq::Validity now{now_s - 3600, now_s + 3600};
  const auto refused_as = [&](const sync::TestTls& tls, const std::string& trusted_ca) {
    const HostileMirror stranger(hq_.folder().tree(), tls);
    HqEndpoint endpoint = stranger.endpoint();
    endpoint.ca_pem = trusted_ca;
    const sync::Failure failure = lane_.cycle(endpoint);
    EXPECT_TRUE(stranger.paths().empty()) << "something was sent to a stranger";
    EXPECT_EQ(lane_.version(), 1U);
    return std::string(failure.name());
  };
  const sync::TestTls inspecting = sync::TestTls::make({"127.0.0.1"}, now);
  EXPECT_EQ(refused_as(inspecting, identity_.ca_pem), "tls_authority");
  const sync::TestTls misnamed = sync::TestTls::make({"elsewhere.example"}, now);
  EXPECT_EQ(refused_as(misnamed, misnamed.authority.certificate_pem), "tls_name");
  const sync::TestTls expired = sync::TestTls::make({"127.0.0.1"}, {now_s - 7200, now_s - 3600});
  EXPECT_EQ(refused_as(expired, expired.authority.certificate_pem), "tls_dates");
  const sync::TestTls early = sync::TestTls::make({"127.0.0.1"}, {now_s + 3600, now_s + 7200});
  EXPECT_EQ(refused_as(early, early.authority.certificate_pem), "tls_dates");
}

// --- a hostile mirror ---

TEST_F(NetworkFaults, A42_an_old_tree_is_a_freeze_at_most_and_never_a_step_back) {
  std::filesystem::copy(hq_.folder().tree(), old_.file("tree"),
                        std::filesystem::copy_options::recursive);
  EXPECT_FALSE(lane_.cycle(endpoint_of(identity_)).failed());
  hq_.publish_items(3, 5);
  EXPECT_FALSE(lane_.cycle(endpoint_of(identity_)).failed());
  EXPECT_EQ(lane_.version(), 3U);
  const HostileMirror old(old_.file("tree"));
  EXPECT_EQ(lane_.cycle(old.endpoint()).name(), "rollback");
  EXPECT_EQ(lane_.version(), 3U);
}

TEST_F(NetworkFaults, A42_dropped_files) {
  expect_survived_lie(
      [](TestPeer& peer, std::string_view path, std::string_view) {
        if (is_bundle(path)) peer.write(sync::http_reply(404, "{}"));
        return is_bundle(path);
      },
      "not_found");
}

TEST_F(NetworkFaults, A42_altered_files) {
  std::string altered = bundle();
  altered[altered.size() / 2] = static_cast<char>(altered[altered.size() / 2] ^ 1);
  expect_survived_lie(
      [&](TestPeer& peer, std::string_view path, std::string_view) {
        if (is_bundle(path)) peer.write(sync::http_reply(200, altered));
        return is_bundle(path);
      },
      "hash");
}

TEST_F(NetworkFaults, A42_altered_metadata) {
  expect_survived_lie(
      [&](TestPeer& peer, std::string_view path, std::string_view) {
        if (!path.ends_with(".targets.json")) return false;
        std::string text = HostileMirror::content(hq_.folder().tree().string() + std::string(path));
        text[text.find("rules-2")] = 'R';
        peer.write(sync::http_reply(200, text));
        return true;
      },
      "hash");
}

}  // namespace
}  // namespace xsell::tests
