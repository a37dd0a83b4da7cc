#ifndef XSELL_PLUGIN_RELEASE_SOURCE_H_
#define XSELL_PLUGIN_RELEASE_SOURCE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "plugin/release_shelf.h"
#include "sync/hq_endpoint.h"
#include "sync/http_client.h"
#include "sync/http_fetcher.h"
#include "sync/mirrored_fetcher.h"

namespace boost::asio {
class io_context;
}

namespace xsell::plugin {

// Where a lane's releases come from: HQ, and a mirror in the store if the configuration names one.
// Threads: the worker's. Requires: io outlives it.
class ReleaseSource {
 public:
  // mirror_url: empty for none; the mirror must have a certificate of HQ's authority.
  ReleaseSource(boost::asio::io_context& io, const sync::HqEndpoint& hq,
                const std::string& mirror_url);

  struct Result {
    ReleaseShelf::Update update;
    int status = 0;  // of HQ's last answer; 0: none came
    std::optional<int64_t> retry_after_ms;
  };
  // One update cycle. What a mirror spoils is done again with HQ alone. on_kill: see
  // ReleaseShelf::Cycle.
  Result update(ReleaseShelf& shelf, const rules::LaneScope& scope, const Moment& now,
                const std::function<void()>& on_kill, int64_t now_ms);

  void cancel();  // the cycle under way ends at once

  // Why the mirror is left aside for now; empty: it is not.
  const std::string& mirror_trouble() const { return mirror_state_.trouble(); }

 private:
  sync::HttpClient hq_;
  std::unique_ptr<sync::HttpClient> mirror_;
  sync::MirrorState mirror_state_;
  sync::HeldDocument held_;
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_RELEASE_SOURCE_H_
