#ifndef XSELL_TESTS_OFFLINE_CACHE_CRASH_DISK_H_
#define XSELL_TESTS_OFFLINE_CACHE_CRASH_DISK_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace xsell::tests {

// Watches what is done to the files of one folder, by SQLite (through a VFS of its own that wraps
// the system's) and by the lane's own code (through the linker's --wrap), and rebuilds the folder
// as a power cut would leave it: what was not synced is dropped, kept or torn, sector by sector,
// later writes with or without earlier ones. It can also let calls fail.
// Model: a synced file's content is safe; names are safe once their folder is synced, and until
// then they appear in their order, as with a journal for metadata; a sector is whole or absent.
// Threads: one; one disk at a time. The source of the model is ALICE (Pillai et al., OSDI 2014).
class CrashDisk {
 public:
  explicit CrashDisk(std::string folder);
  ~CrashDisk();
  CrashDisk(const CrashDisk&) = delete;
  CrashDisk& operator=(const CrashDisk&) = delete;

  // From here on, `promise` is what must survive.
  void mark(uint64_t promise);

  size_t events() const { return events_.size(); }
  // Cuts worth trying: just before and just after each sync, and at the end.
  std::vector<size_t> cuts() const;
  uint64_t promise_at(size_t cut) const;
  // The same seed gives the same state. `target` is emptied first.
  void rebuild(size_t cut, uint64_t seed, const std::string& target) const;

  enum class Call { kOpen, kWrite, kTruncate, kSync, kRemove, kRename };
  // Asked before each call that changes something: an errno to fail with, or 0.
  using Fault = std::function<int(Call, std::string_view path)>;
  void set_fault(Fault fault) { fault_ = std::move(fault); }

  // For the two interceptors.
  bool watches(std::string_view path) const;
  int fault(Call call, std::string_view path) const;
  void opened(const std::string& path, bool is_made, bool is_emptied);
  void wrote(const std::string& path, uint64_t offset, std::string_view bytes);
  void truncated(const std::string& path, uint64_t size);
  void synced(const std::string& path);
  void removed(const std::string& path);
  void renamed(const std::string& from, const std::string& to);
  void folder_synced();
  static CrashDisk* present();

 private:
  enum class Kind { kMake, kWrite, kTruncate, kSync, kRemove, kRename, kSyncFolder, kMark };
  struct Event {
    Kind kind = Kind::kMark;
    size_t file = 0;
    uint64_t number = 0;  // offset, size or promise
    std::string bytes;    // written
    std::string name;
    std::string to;
  };
  class Rebuilder;

  std::string name_of(const std::string& path) const;
  size_t file_of(const std::string& path);
  void add(Event event) { events_.push_back(std::move(event)); }

  const std::string folder_;
  std::map<std::string, size_t> files_;  // by name, now
  size_t next_file_ = 0;
  std::vector<Event> events_;
  Fault fault_;
};

}  // namespace xsell::tests

#endif  // XSELL_TESTS_OFFLINE_CACHE_CRASH_DISK_H_
