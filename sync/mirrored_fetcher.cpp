#include "sync/mirrored_fetcher.h"

#include "sync/limits.h"

namespace xsell::sync {
namespace {

// Tells whether another source may still begin the document anew.
class Counted : public ByteSink {
 public:
  explicit Counted(ByteSink& out) : out_(out) {}
  bool write(std::string_view bytes) override {
    has_begun_ = has_begun_ || !bytes.empty();
    return out_.write(bytes);
  }
  bool has_begun() const { return has_begun_; }

 private:
  ByteSink& out_;
  bool has_begun_ = false;
};

// The way is blocked; nobody who is HQ has answered.
bool is_out_of_reach(const Failure& failure) {
  if (failure.problem != Problem::kTransport) return false;
  switch (failure.net_error) {
    case NetError::kNone:
    case NetError::kCancelled:
    case NetError::kStatus:
    case NetError::kProtocol:
    case NetError::kTooLarge:
      return false;
    default:
      return true;
  }
}

}  // namespace

void MirrorState::set_aside(std::int64_t now_ms, const Failure& why) {
  usable_from_ms_ = now_ms + limits::kMirrorPause_ms + dice_(limits::kMirrorPause_ms / 10);
  trouble_ = std::string(why.name()) + ": " + why.detail;
}

Failure MirroredFetcher::fetch(std::string_view path, uint64_t max_bytes, ByteSink& sink) {
  const bool is_target = path.starts_with("v1/targets/");
  const bool is_mirror_usable = state_.is_usable(now_ms_);
  if (is_target && is_mirror_usable) {
    Counted counted(sink);
    Failure failure = from_mirror(path, max_bytes, counted);
    const bool is_ours = failure.net_error == NetError::kCancelled;
    if (!failure.failed() || is_ours || counted.has_begun()) return failure;
  }
  Counted counted(sink);
  Failure failure = hq_.fetch(path, max_bytes, counted);
  if (is_target || !is_mirror_usable || counted.has_begun() || !is_out_of_reach(failure))
    return failure;
  const Failure second = from_mirror(path, max_bytes, sink);
  // HQ's absence is what people must hear of.
  return second.failed() ? failure : second;
}

Failure MirroredFetcher::from_mirror(std::string_view path, uint64_t max_bytes, ByteSink& sink) {
  has_used_mirror_ = true;
  Failure failure = mirror_.fetch(path, max_bytes, sink);
  if (!failure.failed()) {
    state_.note_served();
  } else if (failure.net_error != NetError::kCancelled) {
    state_.set_aside(now_ms_, failure);
  }
  return failure;
}

}  // namespace xsell::sync
