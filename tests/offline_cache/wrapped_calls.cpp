// The system calls of the lane's own code, as the linker's --wrap sends them here: told to the
// present CrashDisk, and failed as it says. SQLite's go through its VFS.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <map>
#include <string>

#include "tests/offline_cache/crash_disk.h"
#include "tests/offline_cache/outside_calls.h"

using xsell::tests::CrashDisk;
using xsell::tests::OutsideCalls;
using Call = CrashDisk::Call;

extern "C" {
int __real_open(const char* path, int flags, ...);
ssize_t __real_write(int descriptor, const void* bytes, size_t size);
int __real_fsync(int descriptor);
int __real_rename(const char* from, const char* to);
int __real_unlink(const char* path);
int __real_close(int descriptor);
}

namespace {

struct OpenFile {
  std::string path;
  uint64_t offset = 0;
  bool is_folder = false;
};
std::map<int, OpenFile>& open_files() {
  static std::map<int, OpenFile> files;
  return files;
}

CrashDisk* disk_for(const char* path) {
  CrashDisk* disk = CrashDisk::present();
  return disk && !OutsideCalls::is_any() && disk->watches(path) ? disk : nullptr;
}

bool fails(CrashDisk* disk, Call call, const std::string& path) {
  const int error = disk->fault(call, path);
  if (error != 0) errno = error;
  return error != 0;
}

}  // namespace

extern "C" {

int __wrap_open(const char* path, int flags, ...) {
  mode_t mode = 0;
  if ((flags & O_CREAT) != 0) {
    va_list arguments;
    va_start(arguments, flags);
    mode = static_cast<mode_t>(va_arg(arguments, int));
    va_end(arguments);
  }
  CrashDisk* disk = disk_for(path);
  struct stat status {};
  const bool is_there = disk && ::stat(path, &status) == 0;
  const bool is_writing = (flags & (O_WRONLY | O_RDWR)) != 0;
  if (disk && is_writing && fails(disk, Call::kOpen, path)) return -1;
  const int descriptor = __real_open(path, flags, mode);
  if (descriptor < 0) return descriptor;
  CrashDisk* present = CrashDisk::present();
  if (disk) {
    disk->opened(path, (flags & O_CREAT) != 0 && !is_there, (flags & O_TRUNC) != 0);
    open_files()[descriptor] = {path};
  } else if (present && (flags & O_DIRECTORY) != 0 && present->watches(std::string(path) + "/x")) {
    open_files()[descriptor] = {path, 0, true};
  }
  return descriptor;
}

ssize_t __wrap_write(int descriptor, const void* bytes, size_t size) {
  const auto file = open_files().find(descriptor);
  CrashDisk* disk = CrashDisk::present();
  if (!disk || file == open_files().end()) return __real_write(descriptor, bytes, size);
  if (fails(disk, Call::kWrite, file->second.path)) return -1;
  const ssize_t written = __real_write(descriptor, bytes, size);
  if (written > 0) {
    disk->wrote(file->second.path, file->second.offset,
                {static_cast<const char*>(bytes), static_cast<size_t>(written)});
    file->second.offset += static_cast<uint64_t>(written);
  }
  return written;
}

int __wrap_fsync(int descriptor) {
  const auto file = open_files().find(descriptor);
  CrashDisk* disk = CrashDisk::present();
  if (!disk || file == open_files().end()) return __real_fsync(descriptor);
  if (fails(disk, Call::kSync, file->second.path + (file->second.is_folder ? "/" : ""))) return -1;
  const int result = __real_fsync(descriptor);
  if (result == 0 && file->second.is_folder) disk->folder_synced();
  if (result == 0 && !file->second.is_folder) disk->synced(file->second.path);
  return result;
}

int __wrap_rename(const char* from, const char* to) {
  CrashDisk* disk = disk_for(from);
  if (disk && fails(disk, Call::kRename, from)) return -1;
  const int result = __real_rename(from, to);
  if (disk && result == 0) disk->renamed(from, to);
  return result;
}

int __wrap_unlink(const char* path) {
  CrashDisk* disk = disk_for(path);
  struct stat status {};
  if (disk && ::stat(path, &status) == 0 && fails(disk, Call::kRemove, path)) return -1;
  const int result = __real_unlink(path);
  if (disk && result == 0) disk->removed(path);
  return result;
}

int __wrap_close(int descriptor) {
  open_files().erase(descriptor);
  return __real_close(descriptor);
}

}  // extern "C"
