// HQ's server as one thing: listener, lane API, notice of publishes, renewal of the certificate.
// Threads: one, that which runs the io_context.
#ifndef XSELL_HQ_SERVER_HQ_SERVER_H_
#define XSELL_HQ_SERVER_HQ_SERVER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "hq/hq_folder.h"
#include "hq/server/https_server.h"
#include "hq/server/lane_api.h"

namespace xsell::hq {

struct ServeSettings {
  std::string address = "0.0.0.0";
  std::uint16_t port = 8443;
  ServerLimits limits;
  LaneApi::Clock now_s;
  LaneApi::Log log;
  // Signs the timestamp anew; called at start and then hourly. What it throws is logged and tried
  // again a minute later.
  std::function<void()> resign;
  // Called every minute, for what must not wait for a person. What it throws is logged.
  std::function<void()> watch = [] {};
};

class HqServer {
 public:
  // Fails: throws std::runtime_error with the mend.
  HqServer(boost::asio::io_context& io, const HqFolder& folder, ServeSettings settings);
  ~HqServer();
  HqServer(const HqServer&) = delete;
  HqServer& operator=(const HqServer&) = delete;

  void stop();
  std::uint16_t port() const;
  std::size_t connections() const;
  const LaneApi& api() const;

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_SERVER_HQ_SERVER_H_
