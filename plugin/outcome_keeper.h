#ifndef XSELL_PLUGIN_OUTCOME_KEEPER_H_
#define XSELL_PLUGIN_OUTCOME_KEEPER_H_

#include <string>

#include "offline_cache/lane_store.h"
#include "plugin/session.h"

namespace xsell::plugin {

// Brings outcomes and pacing from the session to disk, in group commits.
// Threads: the worker's. Requires: session and store outlive it.
class OutcomeKeeper {
 public:
  OutcomeKeeper(Session& session, offline_cache::LaneStore& store)
      : session_(session), store_(store) {}

  // Stores everything that waits; true when there was anything. Throws StorageError; the outcomes
  // then still wait and are tried again the next time.
  bool keep();

 private:
  Session& session_;
  offline_cache::LaneStore& store_;
  std::string pacing_;  // taken from the session and not yet stored
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_OUTCOME_KEEPER_H_
