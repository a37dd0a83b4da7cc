#include "tests/offline_cache/tiny_disk.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <fstream>
#include <string>

#include "tests/offline_cache/temporary_folder.h"

namespace xsell::tests {
namespace {

constexpr char kImpossible = '!';

std::string text_of_errno(const std::string& what) { return what + ": " + std::strerror(errno); }

// Empty, or why there can be no such disk here.
std::string mount_disk(const std::string& folder, int megabytes) {
  const uid_t user = ::getuid();
  const gid_t group = ::getgid();
  if (::unshare(CLONE_NEWNS) != 0) {
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return text_of_errno("unshare");
    std::ofstream("/proc/self/setgroups") << "deny";
    std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
    std::ofstream("/proc/self/gid_map") << "0 " << group << " 1";
  }
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    return text_of_errno("private mounts");
  const std::string size = "size=" + std::to_string(megabytes) + "m";
  if (::mount("tmpfs", folder.c_str(), "tmpfs", 0, size.c_str()) != 0)
    return text_of_errno("mount tmpfs");
  return {};
}

}  // namespace

TinyDisk::Result TinyDisk::run(int megabytes,
                               const std::function<std::string(const std::string&)>& work) {
  const TemporaryFolder place;
  int ends[2];
  if (::pipe(ends) != 0) return {false, text_of_errno("pipe")};
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    std::string said = mount_disk(place.path(), megabytes);
    if (!said.empty()) {
      said.insert(0, 1, kImpossible);
    } else {
      try {
        said = work(place.path());
      } catch (const std::exception& error) {
        said = std::string("thrown: ") + error.what();
      }
    }
    const bool is_told =
        ::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size());
    ::_exit(is_told ? 0 : 1);
  }
  ::close(ends[1]);
  std::string said;
  char buffer[4096];
  ssize_t count = 0;
  while ((count = ::read(ends[0], buffer, sizeof buffer)) > 0) {
    said.append(buffer, static_cast<size_t>(count));
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!said.empty() && said[0] == kImpossible) return {false, said.substr(1)};
  if (said.empty() && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) said = "the child crashed";
  return {true, said};
}

void TinyDisk::fill(const std::string& folder, size_t left_bytes) {
  struct statvfs disk {};
  ::statvfs(folder.c_str(), &disk);
  const size_t free_bytes = disk.f_bavail * disk.f_frsize;
  std::ofstream ballast(folder + "/ballast", std::ios::binary | std::ios::app);
  if (free_bytes > left_bytes) ballast << std::string(free_bytes - left_bytes, 'b');
}

void TinyDisk::free(const std::string& folder) { ::unlink((folder + "/ballast").c_str()); }

bool TinyDisk::make_read_only(const std::string& folder, bool is_read_only) {
  return ::mount(nullptr, folder.c_str(), nullptr, MS_REMOUNT | (is_read_only ? MS_RDONLY : 0),
                 nullptr) == 0;
}

}  // namespace xsell::tests
