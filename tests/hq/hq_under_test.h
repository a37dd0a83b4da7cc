// A real HQ in a folder of its own, served from a thread on a free port, and lanes enrolled on it.
#ifndef XSELL_TESTS_HQ_HQ_UNDER_TEST_H_
#define XSELL_TESTS_HQ_HQ_UNDER_TEST_H_

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "hq/fleet_store.h"
#include "hq/hq_folder.h"
#include "hq/server/hq_server.h"
#include "hq/tls_authority.h"
#include "sync/enrolment.h"
#include "sync/tuf_repository.h"

namespace xsell::hq {

class HqUnderTest {
 public:
  explicit HqUnderTest(ServerLimits limits = {});
  ~HqUnderTest();

  std::string url() const;
  HqFolder folder() const { return HqFolder(path_); }
  std::string ca_pem() const { return TlsAuthority(folder()).ca_pem(); }

  // A one-time token for a lane, which is made known.
  std::string token_for(std::string_view store, std::string_view lane, std::int64_t valid_s = 3600);
  sync::Identity enrol(std::string_view store = "0217", std::string_view lane = "3");

  // As another process would: straight to the folder.
  void publish(std::uint64_t version, std::uint32_t spread_s = 0);
  // A release that lanes can use: `item_count` items, each about 1 KB on the wire.
  void publish_items(std::uint64_t version, int item_count, std::uint32_t spread_s = 0);
  // A connection of its own, as another process has.
  HqStore open_store() const { return HqStore(folder().database().string()); }

  void stop();   // the server, as if it were gone
  void start();  // again, on the same port

  std::atomic<std::int64_t> now_s;
  // Runs on the server's thread.
  void on_server(std::function<void(HqServer&)> work);

 private:
  const ServerLimits limits_;
  std::filesystem::path path_;
  sync::tuf::RepositoryKeys keys_;
  std::uint16_t port_ = 0;
  std::unique_ptr<boost::asio::io_context> io_;
  std::unique_ptr<HqServer> server_;
  std::thread thread_;
};

}  // namespace xsell::hq

#endif  // XSELL_TESTS_HQ_HQ_UNDER_TEST_H_
