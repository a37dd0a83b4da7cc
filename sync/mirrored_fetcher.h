// Published files by two ways: a mirror in the store, such as nginx, and HQ itself.
//
// Metadata comes from HQ, since it is small and a mirror's may be old; bundles come from the
// mirror, since they are large and named by their content. Each way stands in when the other
// cannot be used: a store that has lost its line still gets from its mirror what that holds, and a
// mirror that is gone, slow or lies is left aside for some minutes. Whatever comes is verified, so
// a mirror can be trusted with nothing and need not be.
#ifndef XSELL_SYNC_MIRRORED_FETCHER_H_
#define XSELL_SYNC_MIRRORED_FETCHER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "sync/backoff.h"
#include "sync/fetcher.h"

namespace xsell::sync {

// Whether the mirror is worth asking; it outlives the fetchers. Units: monotonic milliseconds.
class MirrorState {
 public:
  explicit MirrorState(Dice dice) : dice_(std::move(dice)) {}

  bool is_usable(std::int64_t now_ms) const { return now_ms >= usable_from_ms_; }
  // For five minutes and a little, drawn so that a store's lanes do not come back as one.
  void set_aside(std::int64_t now_ms, const Failure& why);
  // Why it was set aside; empty once it has served again.
  const std::string& trouble() const { return trouble_; }
  void note_served() { trouble_.clear(); }

 private:
  const Dice dice_;
  std::int64_t usable_from_ms_ = 0;
  std::string trouble_;
};

class MirroredFetcher : public Fetcher {
 public:
  // Requires: all outlive it.
  MirroredFetcher(Fetcher& hq, Fetcher& mirror, MirrorState& state, std::int64_t now_ms)
      : hq_(hq), mirror_(mirror), state_(state), now_ms_(now_ms) {}

  Failure fetch(std::string_view path, uint64_t max_bytes, ByteSink& sink) override;

  // Something came from the mirror: if the cycle failed over what came, it may be the mirror's
  // fault.
  bool has_used_mirror() const { return has_used_mirror_; }

 private:
  Failure from_mirror(std::string_view path, uint64_t max_bytes, ByteSink& sink);

  Fetcher& hq_;
  Fetcher& mirror_;
  MirrorState& state_;
  const std::int64_t now_ms_;
  bool has_used_mirror_ = false;
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_MIRRORED_FETCHER_H_
