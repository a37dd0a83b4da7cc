#include "plugin/start_guard.h"

namespace xsell::plugin {

bool StartGuard::begin(uint64_t generation, uint64_t version) {
  end();
  generation_ = generation;
  version_ = version;
  is_proven_ = false;
  is_armed_ = true;
  armed_at_ms_ = 0;
  tries_ = trust_.count_start(generation);
  if (tries_ <= kTries) return true;
  disarm();
  is_proven_ = true;
  return false;
}

void StartGuard::hand_over(uint64_t generation, uint64_t version) {
  end();
  generation_ = generation;
  version_ = version;
  is_proven_ = false;
}

void StartGuard::watch(uint64_t tried_version, uint64_t proven_version, int64_t now_ms) {
  if (is_proven_) return;
  if (proven_version == version_) {
    trust_.clear_starts(generation_);
    is_proven_ = true;
    is_armed_ = false;
  } else if (tried_version == version_) {
    if (!is_armed_) arm();
  } else if (is_armed_) {
    if (armed_at_ms_ == 0) armed_at_ms_ = now_ms;
    if (now_ms - armed_at_ms_ >= kIdle_ms) disarm();
  }
}

void StartGuard::end() {
  if (is_armed_) disarm();
}

void StartGuard::arm() {
  trust_.count_start(generation_);
  is_armed_ = true;
}

void StartGuard::disarm() {
  trust_.take_back_start(generation_);
  is_armed_ = false;
}

}  // namespace xsell::plugin
