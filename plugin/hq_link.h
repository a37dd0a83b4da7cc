#ifndef XSELL_PLUGIN_HQ_LINK_H_
#define XSELL_PLUGIN_HQ_LINK_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "offline_cache/lane_store.h"
#include "plugin/log_queue.h"
#include "plugin/release_shelf.h"
#include "plugin/release_source.h"
#include "sync/http_client.h"
#include "sync/identity.h"
#include "sync/outcome_upload.h"
#include "sync/release_listener.h"
#include "sync/request_signer.h"

namespace boost::asio {
class io_context;
}

namespace xsell::plugin {

// The lane's connection to HQ: releases come in, outcomes and health go out. HQ's absence is no
// trouble. Threads: the worker's. Requires: shelf, store, log and io outlive it.
class HqLink {
 public:
  struct Callbacks {
    std::function<void(std::unique_ptr<rules::CompiledRuleSet>)> on_rules;
    std::function<std::string()> health_json;
    std::function<void()> on_kill;  // HQ has switched rules off; the rest of them follow
    std::function<Moment()> now;
  };

  // mirror_url: of a mirror in the store, or empty.
  // Throws std::runtime_error when the identity's key cannot be used.
  HqLink(boost::asio::io_context& io, const sync::Identity& identity, const rules::LaneScope& scope,
         const std::string& mirror_url, ReleaseShelf& shelf, offline_cache::LaneStore& store,
         LogQueue& log, Callbacks callbacks);
  ~HqLink();

  void start();
  // Sends what is due. Units: monotonic milliseconds. Throws StorageError when the outbox cannot be
  // written; it is tried again with a later tick.
  void tick(int64_t now_ms);
  // Everything under way ends at once.
  void stop();

  sync::ListenerStatus status() const { return listener_.status(); }
  int64_t last_contact_s() const { return last_contact_s_; }
  // refresh() or tick() is further up the stack.
  bool is_waiting() const { return is_sending_ || is_refreshing_; }
  // What keeps the lane from its HQ or from new releases; empty: nothing.
  const std::string& trouble() const { return trouble_; }

 private:
  sync::RefreshResult refresh();
  void set_clock_suspect(const Moment& now);
  void note_contact(const sync::ListenerStatus& status);
  bool is_outbox_ours(int64_t now_ms);
  void send_outcomes(int64_t now_ms);
  void take_acknowledgement(uint64_t epoch, const sync::UploadResult& result);
  void send_health(int64_t now_ms);

  const rules::LaneScope scope_;
  ReleaseShelf& shelf_;
  offline_cache::LaneStore& store_;
  LogQueue& log_;
  const Callbacks callbacks_;
  const std::string device_;
  const sync::RequestSigner signer_;
  ReleaseSource releases_;
  sync::HttpClient post_client_;
  sync::OutcomeUpload upload_;
  sync::ReleaseListener listener_;

  std::string trouble_;
  std::string mirror_trouble_;
  std::string contact_detail_;  // of the last failed contact; empty: it went well
  int64_t last_contact_s_ = 0;
  int64_t next_upload_ms_ = 0;
  int64_t next_health_ms_ = 0;
  bool is_sending_ = false;
  bool is_refreshing_ = false;
  bool is_health_due_ = true;
  int contact_ = 0;  // 0: none, 1: it answers, 2: it pushes
  bool is_stopped_ = false;
  bool was_clock_suspect_ = false;
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_HQ_LINK_H_
