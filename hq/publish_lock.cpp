#include "hq/publish_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "hq/errors.h"

namespace xsell::hq {

PublishLock::PublishLock(const HqFolder& folder, Wait wait) {
  const std::string path = (folder.path() / "publish.lock").string();
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor_ < 0) {
    throw Refused(fmt::format("cannot open {}: {}; run as the user who owns the HQ folder", path,
                              std::strerror(errno)));
  }
  const int mode = LOCK_EX | (wait == Wait::kNever ? LOCK_NB : 0);
  int result = 0;
  do {
    result = ::flock(descriptor_, mode);
  } while (result != 0 && errno == EINTR);
  is_held_ = result == 0;
  if (!is_held_ && errno != EWOULDBLOCK) {
    ::close(descriptor_);
    throw Refused(fmt::format("cannot lock {}: {}", path, std::strerror(errno)));
  }
}

PublishLock::~PublishLock() { ::close(descriptor_); }

}  // namespace xsell::hq
