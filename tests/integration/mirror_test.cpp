// A real nginx, configured by `xsell-hq mirror`, between a real HQ and real lanes.
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>

#include "sync/enrolment.h"
#include "sync/http_client.h"
#include "tests/integration/free_port.h"
#include "tests/integration/hq_program.h"
#include "tests/plugin/local_lane.h"
#include "tests/plugin/wait_for.h"
#include "xsell/host.hpp"

namespace xsell::tests {
namespace {

using namespace std::chrono_literals;
using sync::HttpReply;
using sync::NetError;

constexpr const char* kHead = "/v1/tuf/timestamp.json";

class Nginx {
 public:
  // `set_up`: what xsell-hq mirror wrote.
  Nginx(const std::string& folder, const std::string& set_up) : folder_(folder) {
    std::string temporary;
    for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
      temporary += std::string(kind) + "_temp_path " + folder_ + "/" + kind + ";\n";
    write_text(folder_ + "/nginx.conf",
               std::string(::getuid() == 0 ? "user root;\n" : "") + "daemon off;\npid " + folder_ +
                   "/pid;\nerror_log stderr warn;\nevents {}\nhttp {\naccess_log " + folder_ +
                   "/access.log;\n" + temporary + "include " + set_up + "/xsell-mirror.conf;\n}\n");
    start();
  }
  ~Nginx() { stop(); }

  void start() {
    running_ = std::make_unique<ChildProcess>(
        std::vector<std::string>{"/usr/sbin/nginx", "-e", "stderr", "-c", folder_ + "/nginx.conf"},
        folder_ + "/log");
  }
  // Its workers end with it, unlike after a kill.
  void stop() { running_->end(); }

  std::string log() const { return read_text(folder_ + "/log"); }
  std::string accesses() const { return read_text(folder_ + "/access.log"); }

 private:
  const std::string folder_;
  std::unique_ptr<ChildProcess> running_;
};

class Mirror : public ::testing::Test {
 protected:
  Mirror() {
    hq_.publish("First words");
    hq_.serve();
    hq_.run({"mirror", "--address", "127.0.0.1", "--hq-name", "localhost", "--url", hq_.url(),
             "--port", std::to_string(port_), "--out", place_.file("set-up"), "--installed-in",
             place_.file("set-up"), "--cache", place_.path()});
    nginx_ = std::make_unique<Nginx>(place_.path(), place_.file("set-up"));
    lane_ = sync::enroll(hq_.enrolment_token("2")).identity;
    EXPECT_TRUE(wait_for([&] { return ask({.path = kHead}).status == 200; }, 20s))
        << nginx_->log() << ask({.path = kHead}).detail;
  }

  std::string url() const { return "https://127.0.0.1:" + std::to_string(port_); }

  HttpReply ask(sync::HttpRequest request, const std::string& bearer = {}) {
    boost::asio::io_context io;
    sync::HqEndpoint endpoint = endpoint_of(lane_);
    endpoint.url = url();
    if (!bearer.empty()) endpoint.bearer = bearer;
    sync::HttpClient client(io, endpoint);
    return client.wait(std::move(request));
  }

  std::string bundle_path() const {
    for (const auto& entry : std::filesystem::directory_iterator(hq_.file("hq/tree/v1/targets"))) {
      if (entry.path().string().ends_with(".zst"))
        return "/v1/targets/" + entry.path().filename().string();
    }
    return {};
  }

  std::unique_ptr<Lane> open_lane(const std::string& mirror) {
    write_text(place_.file("xsell.json"), "{\"mirror\": \"" + mirror + "\"}");
    const ProgramResult enrolled =
        run_program({XSELL_PROGRAM, "--config", place_.file("xsell.json"), "--data-folder",
                     place_.file("lane"), "enroll", hq_.enrolment_token("1")});
    EXPECT_EQ(enrolled.code, 0) << enrolled.err;
    HostOptions options;
    options.config_file = place_.file("xsell.json");
    options.data_folder = place_.file("lane");
    options.log = [this](uint32_t, std::string_view text) { said_ += std::string(text) + "\n"; };
    std::string error;
    std::unique_ptr<Lane> lane = Lane::open(XSELL_MODULE, std::move(options), error);
    EXPECT_TRUE(lane) << error;
    return lane;
  }

  const std::uint16_t port_ = free_port();
  TemporaryFolder place_;
  HqProgram hq_;
  std::unique_ptr<Nginx> nginx_;
  sync::Identity lane_;
  std::string said_;
};

TEST_F(Mirror, serves_files_as_hq_does) {
  const HttpReply head = ask({.path = kHead});
  EXPECT_EQ(head.status, 200) << head.detail << nginx_->log();
  EXPECT_EQ(ask({.path = kHead, .if_none_match = head.etag}).status, 304);

  const std::string content = read_text(hq_.file("hq/tree" + bundle_path()));
  const HttpReply whole = ask({.path = bundle_path()});
  ASSERT_EQ(whole.status, 200) << whole.detail;
  EXPECT_EQ(whole.body, content);
  EXPECT_TRUE(whole.etag.starts_with('"')) << "a strong ETag, by which a lane may resume";
  for (int i = 0; i < 2; ++i) {
    const HttpReply tail =
        ask({.path = bundle_path(), .resume_at = 100, .resume_etag = whole.etag});
    ASSERT_EQ(tail.status, 206) << tail.detail;
    EXPECT_EQ(tail.body, content.substr(100));
  }
  EXPECT_EQ(ask({.path = "/v1/tuf/99.root.json"}).status, 404);
  // Only what is published, and nothing is taken.
  for (const char* path : {"/v1/outcomes", "/v1/health", "/v1/stream", "/v1/enroll", "/lane", "/"})
    EXPECT_EQ(ask({.path = path}).status, 404) << path;
}

TEST_F(Mirror, lets_nobody_in_whom_hq_does_not_know) {
  EXPECT_EQ(ask({.path = bundle_path()}).status, 200);
  for (const std::string& path : {bundle_path(), std::string(kHead)})
    EXPECT_EQ(ask({.path = path}, "not-a-token").status, 401) << path;
}

TEST_F(Mirror, still_has_what_it_served_when_hq_is_gone) {
  const HttpReply before = ask({.path = bundle_path()});
  ASSERT_EQ(before.status, 200);
  hq_.kill();
  EXPECT_EQ(ask({.path = bundle_path()}).body, before.body);
  EXPECT_EQ(ask({.path = kHead}).status, 200);
}

TEST_F(Mirror, a_lane_syncs_through_it_while_its_outcomes_go_to_hq) {
  const auto lane = open_lane(url());
  ASSERT_TRUE(wait_for([&] { return lane->health().ready_version == 1; }, 20s)) << said_;
  lane->begin_transaction(1, {});
  EXPECT_EQ(lane->line_added(line_of(1, "ITEM-1")).size(), 1U);
  lane->finalise_transaction(150, {});
  EXPECT_TRUE(wait_for([&] { return hq_.count_rows("outcomes") == 3; }, 20s));
  EXPECT_EQ(hq_.publish("Second words"), 2U);
  ASSERT_TRUE(wait_for([&] { return lane->health().ready_version == 2; }, 20s)) << said_;
  const std::string accesses = nginx_->accesses();
  EXPECT_NE(accesses.find("rules-1.bundle.zst"), std::string::npos) << accesses;
  EXPECT_NE(accesses.find("rules-2.bundle.zst"), std::string::npos) << accesses;
  EXPECT_EQ(accesses.find("outcomes"), std::string::npos) << accesses;
  EXPECT_EQ(said_.find("left aside"), std::string::npos) << said_;
}

TEST_F(Mirror, A42_a_lane_goes_to_hq_itself_when_the_mirror_is_gone) {
  nginx_->stop();
  const auto lane = open_lane(url());
  EXPECT_TRUE(wait_for([&] { return lane->health().ready_version == 1; }, 20s)) << said_;
  EXPECT_NE(said_.find("the mirror is left aside: refused"), std::string::npos) << said_;
}

TEST_F(Mirror, A42_a_lane_goes_to_hq_itself_when_the_mirror_lies) {
  ASSERT_EQ(ask({.path = bundle_path()}).status, 200);
  // What nginx keeps is spoiled: the same length, other bytes.
  const std::string honest = read_text(hq_.file("hq/tree" + bundle_path()));
  int spoiled = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(place_.file("xsell-files"))) {
    if (!entry.is_regular_file()) continue;
    std::string kept = read_text(entry.path());
    const std::size_t at = kept.find(honest);
    if (at == std::string::npos) continue;
    kept[at + honest.size() / 2] = static_cast<char>(kept[at + honest.size() / 2] ^ 1);
    write_text(entry.path(), kept);
    ++spoiled;
  }
  ASSERT_EQ(spoiled, 1);
  const auto lane = open_lane(url());
  EXPECT_TRUE(wait_for([&] { return lane->health().ready_version == 1; }, 20s)) << said_;
  EXPECT_NE(said_.find("the mirror is left aside: hash"), std::string::npos) << said_;
}

TEST_F(Mirror, A42_a_mirror_with_a_certificate_of_its_own_gets_nothing) {
  HqProgram other;
  other.run({"mirror", "--address", "127.0.0.1", "--hq-name", "localhost", "--url", hq_.url(),
             "--port", std::to_string(port_), "--out", place_.file("forged")});
  nginx_->stop();
  for (const char* file : {"/mirror.pem", "/mirror.key"})
    write_text(place_.file("set-up") + file, read_text(place_.file("forged") + file));
  nginx_->start();
  const auto lane = open_lane(url());
  EXPECT_TRUE(wait_for([&] { return lane->health().ready_version == 1; }, 20s)) << said_;
  EXPECT_NE(said_.find("the mirror is left aside: tls_authority"), std::string::npos) << said_;
}

}  // namespace
}  // namespace xsell::tests
