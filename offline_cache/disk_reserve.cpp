#include "offline_cache/disk_reserve.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace xsell::offline_cache {
namespace {

constexpr unsigned kCallsBetweenLooks = 64;

}  // namespace

DiskReserve::DiskReserve(std::string path, uint64_t bytes)
    : path_(std::move(path)), bytes_(bytes), is_there_(lay_in()) {}

bool DiskReserve::restore() {
  if (!is_there_) is_there_ = lay_in();
  return is_there_;
}

bool DiskReserve::restore_in_time() {
  return is_there_ || (++calls_ % kCallsBetweenLooks == 0 && restore());
}

bool DiskReserve::give_up() {
  // Another process may have left one that could not be counted as there.
  const bool is_gone = ::unlink(path_.c_str()) == 0;
  is_there_ = false;
  calls_ = 0;
  return is_gone;
}

bool DiskReserve::lay_in() const {
  if (bytes_ == 0) return false;
  struct stat status {};
  if (::stat(path_.c_str(), &status) == 0 && static_cast<uint64_t>(status.st_size) == bytes_) {
    return true;
  }
  // Not the last free bytes: they are of more use to the outbox itself.
  struct statvfs disk {};
  const std::string folder = path_.substr(0, path_.rfind('/'));
  if (::statvfs(folder.c_str(), &disk) != 0 || disk.f_bavail * disk.f_frsize < 4 * bytes_) {
    return false;
  }
  const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0660);
  if (file < 0) return false;
  std::array<char, 65536> block;
  block.fill('x');  // zeros may be kept as a hole
  uint64_t written = 0;
  while (written < bytes_) {
    const size_t left = static_cast<size_t>(std::min<uint64_t>(block.size(), bytes_ - written));
    const ssize_t count = ::write(file, block.data(), left);
    if (count <= 0) break;
    written += static_cast<uint64_t>(count);
  }
  (void)::fchmod(file, 0660);
  ::close(file);
  if (written == bytes_) return true;
  ::unlink(path_.c_str());
  return false;
}

}  // namespace xsell::offline_cache
