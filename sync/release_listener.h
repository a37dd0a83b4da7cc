// Keeps a lane at HQ's head: an assembly of ReleaseWatcher, EventStream and the io_context's timer.
// Threads: one, that which runs the io_context.
#ifndef XSELL_SYNC_RELEASE_LISTENER_H_
#define XSELL_SYNC_RELEASE_LISTENER_H_

#include <functional>
#include <memory>
#include <string>

#include "sync/hq_endpoint.h"
#include "sync/release_watcher.h"

namespace boost::asio {
class io_context;
}

namespace xsell::sync {

struct ListenerStatus {
  bool is_push_live = false;
  bool is_online = false;
  NetError last_error = NetError::kNone;  // none again once a contact went well
  std::string last_error_detail;
};

class ReleaseListener {
 public:
  // refresh: one TUF cycle, activation included. It may wait on the same io_context
  // (HttpClient::wait does); it is never called again before it has returned.
  using Refresh = std::function<RefreshResult()>;
  using Changed = std::function<void(const ListenerStatus&)>;

  ReleaseListener(boost::asio::io_context& io, HqEndpoint endpoint, WatchSettings settings,
                  Refresh refresh, Changed on_status = {});
  ~ReleaseListener();
  ReleaseListener(const ReleaseListener&) = delete;
  ReleaseListener& operator=(const ReleaseListener&) = delete;

  void start(std::uint64_t held_version);
  void set_clock_suspect(bool is_suspect);  // for streams from now on
  void stop();  // at once; a refresh under way is the HttpClient's to cancel

  ListenerStatus status() const;

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_RELEASE_LISTENER_H_
