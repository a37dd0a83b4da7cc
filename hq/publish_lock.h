#ifndef XSELL_HQ_PUBLISH_LOCK_H_
#define XSELL_HQ_PUBLISH_LOCK_H_

#include "hq/hq_folder.h"

namespace xsell::hq {

// Only one process or thread at a time signs. A lock of its own, not the database's, so that lanes
// can deliver outcomes meanwhile. Let go when its holder dies. Fails: throws Refused.
class PublishLock {
 public:
  enum class Wait { kUntilFree, kNever };

  explicit PublishLock(const HqFolder& folder, Wait wait = Wait::kUntilFree);
  ~PublishLock();
  PublishLock(const PublishLock&) = delete;
  PublishLock& operator=(const PublishLock&) = delete;

  // False only with kNever: someone else signs now.
  bool is_held() const { return is_held_; }

 private:
  int descriptor_;
  bool is_held_ = false;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_PUBLISH_LOCK_H_
