#include "sync/whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <vector>

namespace xsell::sync {
namespace {

using std::filesystem::filesystem_error;
using std::filesystem::path;

[[noreturn]] void fail(const char* what, const path& file) {
  throw filesystem_error(what, file, std::error_code(errno, std::generic_category()));
}

class Descriptor {
 public:
  Descriptor(const path& file, int flags, mode_t mode = 0)
      : file_(file), descriptor_(::open(file.c_str(), flags | O_CLOEXEC, mode)) {
    if (descriptor_ < 0) fail("cannot open", file);
  }
  ~Descriptor() { ::close(descriptor_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  void write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
      if (count < 0 && errno != EINTR) fail("cannot write", file_);
      if (count > 0) bytes.remove_prefix(static_cast<size_t>(count));
    }
  }

  // The bytes read into the buffer; 0 at the end.
  size_t read(std::vector<char>& buffer) const {
    for (;;) {
      const ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
      if (count >= 0) return static_cast<size_t>(count);
      if (errno != EINTR) fail("cannot read", file_);
    }
  }

  void sync() const {
    if (::fsync(descriptor_) != 0) fail("cannot sync", file_);
  }

  // As far as the file system has modes: a USB stick may not.
  void set_mode(mode_t mode) const { static_cast<void>(::fchmod(descriptor_, mode)); }

 private:
  path file_;
  int descriptor_;
};

}  // namespace

void write_whole_file(const path& file, std::string_view bytes, std::filesystem::perms mode) {
  path temporary = file;
  temporary += ".new";
  try {
    const Descriptor out(temporary, O_WRONLY | O_CREAT | O_TRUNC, static_cast<mode_t>(mode));
    out.set_mode(static_cast<mode_t>(mode));
    out.write(bytes);
    out.sync();
    std::filesystem::rename(temporary, file);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw;
  }
  const path folder = file.parent_path();
  Descriptor(folder.empty() ? path(".") : folder, O_RDONLY | O_DIRECTORY).sync();
}

std::string read_whole_file(const path& file) {
  const Descriptor in(file, O_RDONLY);
  std::vector<char> buffer(64 * 1024);
  std::string bytes;
  while (const size_t count = in.read(buffer)) bytes.append(buffer.data(), count);
  return bytes;
}

}  // namespace xsell::sync
