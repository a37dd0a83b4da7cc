#include "tests/hq/hq_under_test.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <cstdio>
#include <future>
#include <random>

#include "hq/store.h"
#include "sync/bundle.h"
#include "sync/enrolment_token.h"
#include "sync/release_fetch.h"
#include "sync/sha256.h"

namespace xsell::hq {
namespace {

std::int64_t real_now_s() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

HqUnderTest::HqUnderTest(ServerLimits limits) : now_s(real_now_s()), limits_(limits) {
  std::string pattern = (std::filesystem::temp_directory_path() / "xsell-hq-test-XXXXXX").string();
  path_ = ::mkdtemp(pattern.data());
  folder().create();
  open_store();
  TlsAuthority(folder()).create(TlsAuthority::default_addresses(), now_s);
  for (auto* role : {&keys_.root, &keys_.targets, &keys_.snapshot, &keys_.timestamp, &keys_.control,
                     &keys_.rollout}) {
    role->push_back(sync::SigningKey::generate());
  }
  sync::tuf::Repository(folder().tree(), keys_).create(now_s);
  start();
}

HqUnderTest::~HqUnderTest() {
  stop();
  std::filesystem::remove_all(path_);
}

void HqUnderTest::start() {
  io_ = std::make_unique<boost::asio::io_context>(1);
  ServeSettings settings;
  settings.address = "127.0.0.1";
  settings.port = port_;
  settings.limits = limits_;
  settings.now_s = [this] { return now_s.load(); };
  settings.log = [](std::string_view) {};
  server_ = std::make_unique<HqServer>(*io_, folder(), settings);
  port_ = server_->port();
  thread_ = std::thread([this] { io_->run(); });
}

void HqUnderTest::stop() {
  if (!io_) return;
  boost::asio::post(*io_, [this] {
    server_->stop();
    io_->stop();
  });
  thread_.join();
  server_.reset();
  io_.reset();
}

void HqUnderTest::on_server(std::function<void(HqServer&)> work) {
  std::promise<void> done;
  boost::asio::post(*io_, [&] {
    work(*server_);
    done.set_value();
  });
  done.get_future().wait();
}

std::string HqUnderTest::url() const { return "https://127.0.0.1:" + std::to_string(port_); }

std::string HqUnderTest::token_for(std::string_view store, std::string_view lane,
                                   std::int64_t valid_s) {
  HqStore database = open_store();
  FleetStore fleet(database);
  fleet.add_lane(store, lane);
  sync::EnrolmentToken token;
  token.url = url();
  token.ca_sha256 = TlsAuthority(folder()).ca_sha256();
  token.root_sha256 = sync::sha256_hex(sync::tuf::Repository(folder().tree(), keys_).root_bytes());
  token.store = store;
  token.lane = lane;
  token.secret = fleet.add_enrolment(store, lane, "test", now_s, now_s + valid_s);
  return sync::encode_token(token);
}

sync::Identity HqUnderTest::enrol(std::string_view store, std::string_view lane) {
  sync::EnrolmentResult result = sync::enroll(token_for(store, lane));
  EXPECT_TRUE(result.is_ok()) << result.reason;
  return std::move(result.identity);
}

void HqUnderTest::publish(std::uint64_t version, std::uint32_t spread_s) {
  const std::string bundle = "bundle of version " + std::to_string(version);
  sync::tuf::Repository repository(folder().tree(), keys_);
  const std::string name = "rules-" + std::to_string(version) + ".bundle.zst";
  repository.publish(
      {{name, bundle, sync::release_custom(version, sync::sha256("state"), spread_s)}}, {}, now_s);
}

void HqUnderTest::publish_items(std::uint64_t version, int item_count, std::uint32_t spread_s) {
  struct Memory : sync::ByteSink {
    bool write(std::string_view bytes) override {
      content += bytes;
      return true;
    }
    std::string content;
  } bundle;
  sync::BundleWriter writer(bundle,
                            {.version = version, .count = static_cast<std::uint64_t>(item_count)});
  std::mt19937 letters(static_cast<unsigned>(version));
  for (int i = 0; i < item_count; ++i) {
    std::string name;  // that does not compress well
    while (name.size() < 1300) name += static_cast<char>('a' + letters() % 26);
    char id[16];
    std::snprintf(id, sizeof id, "item/%06d", i);
    writer.add(id, "{\"id\":\"" + std::string(id) + "\",\"name\":{\"en\":\"" + name + "\"}}");
  }
  const sync::Sha256 state_hash = writer.finish();
  sync::tuf::Repository repository(folder().tree(), keys_);
  std::vector<std::string> old;
  for (const auto& [name, file] : repository.targets().files) old.push_back(name);
  repository.publish({{"rules-" + std::to_string(version) + ".bundle.zst", bundle.content,
                       sync::release_custom(version, state_hash, spread_s)}},
                     old, now_s);
}

}  // namespace xsell::hq
