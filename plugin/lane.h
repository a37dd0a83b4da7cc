#ifndef XSELL_PLUGIN_LANE_H_
#define XSELL_PLUGIN_LANE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "offline_cache/data_folder.h"
#include "offline_cache/lane_store.h"
#include "plugin/configuration.h"
#include "plugin/health.h"
#include "plugin/log_queue.h"
#include "plugin/outcome_keeper.h"
#include "plugin/session.h"
#include "plugin/silence_log.h"
#include "plugin/time_zone.h"
#include "rules/compiled_rules.h"
#include "rules/lane_scope.h"
#include "sync/control.h"
#include "sync/identity.h"

namespace boost::asio {
class io_context;
}

namespace xsell::plugin {

class HqLink;
class LocalRules;
class ReleaseShelf;

// One lane that is set up: its folder, its outbox, its session and where its rules come from.
// Threads: the worker's, but for what session() says. Fails: the constructor throws what keeps the
// lane from working, with the mend; later troubles go to the health's message.
class Lane {
 public:
  Lane(const Configuration& configuration, const HostSettings& host, HealthBoard& board,
       LogQueue& log, boost::asio::io_context& io);
  // What the constructor throws when the lane waits for its enrolment.
  struct NotEnrolled : std::runtime_error {
    using std::runtime_error::runtime_error;
  };

  ~Lane();

  Session& session() { return *session_; }

  // Loads the newest rules that are on disk and offers them to the session.
  void load_rules();
  // Starts to follow HQ, when there is one.
  void connect();

  // Every 20 to 50 ms. Units: monotonic milliseconds.
  void tick(int64_t now_ms);
  // Ends what waits for the network, at once.
  void disconnect();
  // Everything that the session still holds goes to disk.
  void finish();
  std::unique_ptr<Session> take_session() { return std::move(session_); }

  // A request to HQ is under way further up the stack: the lane must not be destroyed.
  bool is_waiting() const;
  bool has_new_identity() const { return has_new_identity_; }

 private:
  void load_local();
  void offer(std::unique_ptr<rules::CompiledRuleSet> rules);
  void keep_outcomes();
  void send(int64_t now_ms);
  void watch_files();
  void take_import();
  void lift_pins();
  void update_utc_offset();
  void write_status();
  std::string status_json() const;
  Health health() const;
  void describe_releases(Health& health) const;
  // HQ's kill switch for the lane as a whole; null: it is not set.
  const sync::Kill* lane_kill() const;

  const Configuration configuration_;
  const HostSettings& host_;
  HealthBoard& board_;
  LogQueue& log_;
  boost::asio::io_context& io_;

  offline_cache::DataFolder folder_;
  const std::string identity_stamp_;
  std::optional<sync::Identity> identity_;
  const int64_t last_contact_before_s_;  // this start; 0: none that is known
  rules::LaneScope scope_;
  std::optional<TimeZone> time_zone_;
  std::unique_ptr<offline_cache::LaneStore> store_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<OutcomeKeeper> keeper_;
  std::unique_ptr<LocalRules> local_;    // either this
  std::unique_ptr<ReleaseShelf> shelf_;  // or these two
  std::unique_ptr<HqLink> hq_;
  SilenceLog silence_;

  rules::CompileReport report_;
  uint64_t ready_version_ = 0;
  bool has_rules_ = false;
  bool is_off_ = false;
  bool has_new_identity_ = false;
  std::string rules_trouble_;
  std::string storage_trouble_;
  std::string sending_trouble_;
  int64_t next_watch_ms_ = 0;
  int64_t next_status_ms_ = 0;
  offline_cache::OutboxCounters outbox_;
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_LANE_H_
