#ifndef XSELL_PLUGIN_STATE_HASHER_H_
#define XSELL_PLUGIN_STATE_HASHER_H_

#include <memory>

#include "offline_cache/rules_file.h"
#include "sync/state_hash.h"

namespace xsell::plugin {

// The release format's hash, for the rules files that check it.
class StateHasher : public offline_cache::StateHasher {
 public:
  static std::unique_ptr<offline_cache::StateHasher> make() {
    return std::make_unique<StateHasher>();
  }
  offline_cache::LineDigest digest_of(std::string_view bytes) override {
    return hasher_.digest_of(bytes);
  }
  void add(std::string_view id, const offline_cache::LineDigest& digest) override {
    hasher_.add_digest(id, digest);
  }
  offline_cache::StateHash finish() override { return hasher_.finish(); }

 private:
  sync::StateHasher hasher_;
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_STATE_HASHER_H_
