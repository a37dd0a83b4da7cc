#include "offline_cache/image_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "offline_cache/checksum.h"

namespace xsell::offline_cache {
namespace {

constexpr std::string_view kMagic = "xsell image 2\n";

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

// What stands before the content.
std::string head_of(std::string_view key) {
  std::string head(kMagic);
  head += key;
  head += '\n';
  return head;
}

class Writer {
 public:
  explicit Writer(std::FILE* file) : file_(file) {}
  void put(std::string_view bytes) {
    checksum_.add(bytes);
    is_whole_ = is_whole_ && std::fwrite(bytes.data(), 1, bytes.size(), file_) == bytes.size();
  }
  bool finish() {
    const int64_t last = checksum_.finish();
    put({reinterpret_cast<const char*>(&last), sizeof last});
    return is_whole_ && std::fflush(file_) == 0;
  }

 private:
  std::FILE* file_;
  BulkChecksum checksum_;
  bool is_whole_ = true;
};

bool read_exactly(std::FILE* file, void* to, size_t size) {
  return size == 0 || std::fread(to, 1, size, file) == size;
}

// A checksum is no defence against people: the group may write in the folder.
bool is_own(const struct stat& status) {
  return S_ISREG(status.st_mode) && status.st_uid == ::geteuid() &&
         (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

// Leaves the file at the first byte behind the head.
bool is_undamaged(std::FILE* file, const std::string& head, uint64_t content_size) {
  std::string found(head.size(), '\0');
  if (!read_exactly(file, found.data(), found.size()) || found != head) return false;
  BulkChecksum sum;
  sum.add(found);
  char part[1 << 16];
  for (uint64_t left = content_size; left != 0;) {
    const size_t size = left < sizeof part ? static_cast<size_t>(left) : sizeof part;
    if (!read_exactly(file, part, size)) return false;
    sum.add({part, size});
    left -= size;
  }
  int64_t written = 0;
  return read_exactly(file, &written, sizeof written) && written == sum.finish() &&
         std::fseek(file, static_cast<long>(head.size()), SEEK_SET) == 0;
}

}  // namespace

bool write_image_file(const std::string& path, std::string_view key,
                      const std::function<void(const ContentSink&)>& write_content) {
  const std::string part = path + ".part";
  bool is_written = false;
  if (const File file{std::fopen(part.c_str(), "we")}) {
    (void)::fchmod(::fileno(file.get()), 0600);
    Writer writer(file.get());
    writer.put(head_of(key));
    write_content([&](std::string_view bytes) { writer.put(bytes); });
    is_written = writer.finish();
  }
  if (is_written && std::rename(part.c_str(), path.c_str()) == 0) return true;
  ::unlink(part.c_str());
  ::unlink(path.c_str());
  return false;
}

bool read_image_file(const std::string& path, std::string_view key,
                     const std::function<bool(uint64_t size, const ContentSource&)>& take) {
  const File file(std::fopen(path.c_str(), "re"));
  struct stat status {};
  if (!file || ::fstat(::fileno(file.get()), &status) != 0 || !is_own(status)) return false;
  const std::string head = head_of(key);
  const auto size = static_cast<uint64_t>(status.st_size);
  if (size < head.size() + sizeof(int64_t)) return false;
  const uint64_t content_size = size - head.size() - sizeof(int64_t);
  uint64_t left = content_size;
  const ContentSource source = [&](void* to, size_t bytes) {
    if (bytes > left) return false;
    left -= bytes;
    return read_exactly(file.get(), to, bytes);
  };
  return is_undamaged(file.get(), head, content_size) && take(content_size, source);
}

}  // namespace xsell::offline_cache
