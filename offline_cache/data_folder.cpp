#include "offline_cache/data_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <utility>

namespace xsell::offline_cache {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

// Straight from the file: libc's look-up may load modules that would stay in the till's process.
std::string present_user() {
  const std::string number = std::to_string(::geteuid());
  std::ifstream users("/etc/passwd");
  std::string line;
  while (std::getline(users, line)) {
    const size_t name_end = line.find(':');
    const size_t number_start = line.find(':', name_end + 1) + 1;
    if (name_end != std::string::npos && number_start != 0 &&
        line.compare(number_start, number.size() + 1, number + ":") == 0) {
      return line.substr(0, name_end) + " (" + number + ")";
    }
  }
  return number;
}

[[noreturn]] void fail(const std::string& path, std::string_view doing, int error) {
  StorageError::Kind kind = StorageError::Kind::kFailed;
  std::string message = path + ": cannot " + std::string(doing) + ": ";
  char text[128];
  message += ::strerror_r(error, text, sizeof text);
  switch (error) {
    case EACCES:
    case EPERM:
    case EROFS:
      kind = StorageError::Kind::kNotWritable;
      message += "; user " + present_user() +
                 " needs to write there: add it to the folder's group (adduser USER xsell), or "
                 "name another data_folder";
      break;
    case ENOENT:
    case ENOTDIR:
      kind = StorageError::Kind::kNotFound;
      message += "; make the folder, or name another data_folder";
      break;
    case ENOSPC:
    case EDQUOT:
      kind = StorageError::Kind::kFull;
      message += "; make room on that disk";
      break;
    default:
      break;
  }
  throw StorageError(kind, message);
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

void write_all(int descriptor, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path, "write", errno);
    content.remove_prefix(static_cast<size_t>(written));
  }
}

void write_and_rename(const std::string& path, std::string_view content, bool is_durable) {
  const std::string part = path + ".part-" + std::to_string(::getpid());
  try {
    const Descriptor file(::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0660));
    if (file.number() < 0) fail(part, "create", errno);
    (void)::fchmod(file.number(), 0660);  // the umask may have taken the group's bits
    write_all(file.number(), content, part);
    if (is_durable && ::fsync(file.number()) != 0) fail(part, "sync", errno);
  } catch (...) {
    ::unlink(part.c_str());
    throw;
  }
  if (::rename(part.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(part.c_str());
    fail(path, "replace", error);
  }
  if (is_durable) sync_folder(folder_of(path));
}

// What a writer left that was killed between making a file and renaming it. Others than the lane
// itself (enrolment) may be writing theirs right now.
void remove_leftovers(const std::string& folder) {
  DIR* entries = ::opendir(folder.c_str());
  if (!entries) return;
  while (const dirent* entry = ::readdir(entries)) {
    const std::string_view name = entry->d_name;
    if (name.starts_with("status.json.part-") || name.starts_with("trust.db.copy.part")) {
      ::unlink((folder + "/" + entry->d_name).c_str());
    }
  }
  ::closedir(entries);
}

}  // namespace

DataFolder::DataFolder(std::string path) : path_(std::move(path)) {
  while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
  if (path_.empty()) {
    throw StorageError(StorageError::Kind::kNotFound, "data_folder is empty; name a folder");
  }
  if (::mkdir(path_.c_str(), 02770) == 0) {
    (void)::chmod(path_.c_str(), 02770);
  } else if (errno != EEXIST) {
    fail(path_, "make the data folder", errno);
  }
  const std::string lock_path = file("lock");
  Descriptor lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0660));
  if (lock.number() < 0) fail(lock_path, "open", errno);
  (void)::fchmod(lock.number(), 0660);
  while (::flock(lock.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) {
      throw StorageError(
          StorageError::Kind::kInUse,
          path_ + ": another process uses this data folder; give every lane its own");
    }
    fail(lock_path, "lock", errno);
  }
  replace_file(file("probe"), "");
  remove_file(file("probe"));
  remove_leftovers(path_);
  lock_descriptor_ = lock.release();
}

DataFolder::~DataFolder() { ::close(lock_descriptor_); }

std::string DataFolder::file(std::string_view name) const {
  return path_ + "/" + std::string(name);
}

void write_file_atomically(const std::string& path, std::string_view content) {
  write_and_rename(path, content, true);
}

void replace_file(const std::string& path, std::string_view content) {
  write_and_rename(path, content, false);
}

std::optional<std::string> read_file(const std::string& path, size_t max_bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) {
    if (errno == ENOENT) return std::nullopt;
    fail(path, "read", errno);
  }
  std::string content;
  char buffer[16384];
  while (true) {
    const ssize_t count = ::read(file.number(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path, "read", errno);
    if (count == 0) return content;
    content.append(buffer, static_cast<size_t>(count));
    if (content.size() > max_bytes) {
      throw StorageError(StorageError::Kind::kCorrupt,
                         path + ": larger than " + std::to_string(max_bytes) + " bytes");
    }
  }
}

bool file_exists(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

std::string file_stamp(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  return std::to_string(status.st_ino) + "/" + std::to_string(status.st_size) + "/" +
         std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
}

void remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail(path, "remove", errno);
}

void sync_folder(const std::string& path) {
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.number() < 0) fail(path, "open", errno);
  if (::fsync(folder.number()) != 0) fail(path, "sync", errno);
}

void prepare_group_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0660));
  if (file.number() < 0) fail(path, "open for writing", errno);
  (void)::fchmod(file.number(), 0660);
}

std::string set_aside(const std::string& path) {
  for (int number = 1;; ++number) {
    const std::string target = path + ".corrupt-" + std::to_string(number);
    if (file_exists(target)) continue;
    if (::rename(path.c_str(), target.c_str()) != 0) fail(path, "set aside", errno);
    // The log belongs to the file: left behind, it would be replayed into the next one.
    const std::string log = path + "-wal";
    if (file_exists(log) && ::rename(log.c_str(), (target + "-wal").c_str()) != 0) {
      fail(log, "set aside", errno);
    }
    sync_folder(folder_of(path));
    return target;
  }
}

}  // namespace xsell::offline_cache
