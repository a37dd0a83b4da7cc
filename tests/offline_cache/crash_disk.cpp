#include "tests/offline_cache/crash_disk.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <random>
#include <set>

#include "tests/offline_cache/recording_vfs.h"
#include "tests/offline_cache/temporary_folder.h"

namespace xsell::tests {
namespace {

namespace fs = std::filesystem;

CrashDisk* g_present = nullptr;

}  // namespace

CrashDisk* CrashDisk::present() { return g_present; }

CrashDisk::CrashDisk(std::string folder) : folder_(std::move(folder)) {
  g_present = this;
  install_recording_vfs();
}

CrashDisk::~CrashDisk() {
  remove_recording_vfs();
  g_present = nullptr;
}

bool CrashDisk::watches(std::string_view path) const {
  return path.size() > folder_.size() && path.starts_with(folder_) && path[folder_.size()] == '/';
}

std::string CrashDisk::name_of(const std::string& path) const {
  return path.substr(folder_.size() + 1);
}

int CrashDisk::fault(Call call, std::string_view path) const {
  return fault_ && watches(path) ? fault_(call, path) : 0;
}

size_t CrashDisk::file_of(const std::string& path) { return files_.at(name_of(path)); }

void CrashDisk::opened(const std::string& path, bool is_made, bool is_emptied) {
  const std::string name = name_of(path);
  if (is_made && !files_.contains(name)) {
    files_[name] = next_file_;
    add({.kind = Kind::kMake, .file = next_file_++, .bytes = {}, .name = name, .to = {}});
  } else if (is_emptied) {
    truncated(path, 0);
  }
}

void CrashDisk::wrote(const std::string& path, uint64_t offset, std::string_view bytes) {
  add({.kind = Kind::kWrite,
       .file = file_of(path),
       .number = offset,
       .bytes = std::string(bytes),
       .name = {},
       .to = {}});
}

void CrashDisk::truncated(const std::string& path, uint64_t size) {
  add({.kind = Kind::kTruncate,
       .file = file_of(path),
       .number = size,
       .bytes = {},
       .name = {},
       .to = {}});
}

void CrashDisk::synced(const std::string& path) {
  add({.kind = Kind::kSync, .file = file_of(path), .bytes = {}, .name = {}, .to = {}});
}

void CrashDisk::removed(const std::string& path) {
  const std::string name = name_of(path);
  if (files_.erase(name) != 0) add({.kind = Kind::kRemove, .bytes = {}, .name = name, .to = {}});
}

void CrashDisk::renamed(const std::string& from, const std::string& to) {
  const size_t file = file_of(from);
  files_.erase(name_of(from));
  files_[name_of(to)] = file;
  add({.kind = Kind::kRename, .bytes = {}, .name = name_of(from), .to = name_of(to)});
}

void CrashDisk::folder_synced() {
  add({.kind = Kind::kSyncFolder, .bytes = {}, .name = {}, .to = {}});
}

void CrashDisk::mark(uint64_t promise) {
  add({.kind = Kind::kMark, .number = promise, .bytes = {}, .name = {}, .to = {}});
}

std::vector<size_t> CrashDisk::cuts() const {
  std::set<size_t> found = {events_.size()};
  for (size_t i = 0; i < events_.size(); ++i) {
    if (events_[i].kind != Kind::kSync && events_[i].kind != Kind::kSyncFolder) continue;
    found.insert(i);
    found.insert(i + 1);
  }
  return {found.begin(), found.end()};
}

uint64_t CrashDisk::promise_at(size_t cut) const {
  uint64_t promise = 0;
  for (size_t i = 0; i < cut; ++i) {
    if (events_[i].kind == Kind::kMark) promise = events_[i].number;
  }
  return promise;
}

// Replays the log up to the cut, as one draw of the dice has it.
class CrashDisk::Rebuilder {
 public:
  Rebuilder(const std::vector<Event>& events, size_t cut, uint64_t seed)
      : events_(events), cut_(cut), random_(seed) {
    static constexpr size_t kSectors[] = {512, 1024, 2048, 4096};
    sector_ = kSectors[random_() % 4];
    // Nothing, everything, or a share of what was not synced has reached the disk.
    static constexpr unsigned kShares[] = {0, 100, 50, 20, 80};
    kept_percent_ = kShares[random_() % 5];
  }

  void write_to(const std::string& target) {
    for (const auto& [name, file] : names()) write_text(target + "/" + name, content(file));
  }

 private:
  bool is_kept() { return random_() % 100 < kept_percent_; }

  std::map<std::string, size_t> names() {
    std::vector<size_t> name_events;
    size_t safe = 0;
    for (size_t i = 0; i < cut_; ++i) {
      const Kind kind = events_[i].kind;
      if (kind == Kind::kMake || kind == Kind::kRemove || kind == Kind::kRename) {
        name_events.push_back(i);
      }
      if (kind == Kind::kSyncFolder) safe = name_events.size();
    }
    size_t applied = safe;
    while (applied < name_events.size() && is_kept()) ++applied;
    std::map<std::string, size_t> names;
    for (size_t i = 0; i < applied; ++i) {
      const Event& event = events_[name_events[i]];
      if (event.kind == Kind::kMake) names[event.name] = event.file;
      if (event.kind == Kind::kRemove) names.erase(event.name);
      if (event.kind == Kind::kRename) {
        const size_t file = names.at(event.name);
        names.erase(event.name);
        names[event.to] = file;
      }
    }
    return names;
  }

  std::string content(size_t file) {
    size_t safe = 0;
    for (size_t i = 0; i < cut_; ++i) {
      if (events_[i].kind == Kind::kSync && events_[i].file == file) safe = i;
    }
    std::string bytes;
    for (size_t i = 0; i < cut_; ++i) {
      const Event& event = events_[i];
      if (event.file != file) continue;
      if (event.kind == Kind::kTruncate && (i < safe || is_kept())) bytes.resize(event.number);
      if (event.kind != Kind::kWrite) continue;
      if (i < safe) {
        put(bytes, event.number, event.bytes);
      } else {
        put_sectors(bytes, event);
      }
    }
    return bytes;
  }

  void put_sectors(std::string& bytes, const Event& event) {
    for (uint64_t at = 0; at < event.bytes.size();) {
      const uint64_t offset = event.number + at;
      const uint64_t size = std::min<uint64_t>(sector_ - offset % sector_, event.bytes.size() - at);
      if (is_kept()) put(bytes, offset, std::string_view(event.bytes).substr(at, size));
      at += size;
    }
  }

  static void put(std::string& bytes, uint64_t offset, std::string_view what) {
    if (bytes.size() < offset + what.size()) bytes.resize(offset + what.size());
    std::copy(what.begin(), what.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
  }

  const std::vector<Event>& events_;
  const size_t cut_;
  std::mt19937_64 random_;
  size_t sector_;
  unsigned kept_percent_;
};

void CrashDisk::rebuild(size_t cut, uint64_t seed, const std::string& target) const {
  fs::remove_all(target);
  fs::create_directories(target);
  Rebuilder(events_, cut, seed).write_to(target);
}

}  // namespace xsell::tests
