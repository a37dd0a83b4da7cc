#ifndef XSELL_PLUGIN_START_GUARD_H_
#define XSELL_PLUGIN_START_GUARD_H_

#include <cstdint>

#include "offline_cache/trust_store.h"

namespace xsell::plugin {

// Finds a rules file that takes the till down. A try is written to disk before the file is used and
// cleared once a whole sale went through with it; what is left of a crash is a try too many. A till
// that merely stands there proves nothing either way: after a minute without an event the try is
// taken back, and written again when the first event comes. Threads: the worker's. Fails: throws
// StorageError.
class StartGuard {
 public:
  static constexpr int kTries = 3;
  static constexpr int64_t kIdle_ms = 60'000;

  explicit StartGuard(offline_cache::TrustStore& trust) : trust_(trust) {}

  // The file is about to be loaded. False: it has had its tries.
  bool begin(uint64_t generation, uint64_t version);
  // The last try with the file that begin() named did not end badly.
  bool is_first_try() const { return tries_ <= 1; }
  // The running lane goes on with this file: guarded from the first event that it answers.
  void hand_over(uint64_t generation, uint64_t version);
  // `tried` is the version that answers events, `proven` one that came through a sale.
  void watch(uint64_t tried_version, uint64_t proven_version, int64_t now_ms);
  // An orderly stop: no try was lost.
  void end();

 private:
  void arm();
  void disarm();

  offline_cache::TrustStore& trust_;
  uint64_t generation_ = 0;
  uint64_t version_ = 0;
  int64_t tries_ = 0;
  bool is_armed_ = false;
  bool is_proven_ = true;    // nothing to prove yet
  int64_t armed_at_ms_ = 0;  // 0: not looked at since
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_START_GUARD_H_
