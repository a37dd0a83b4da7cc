#include "hq/release_deltas.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <optional>
#include <set>
#include <thread>

#include "sync/bundle.h"
#include "sync/delta.h"
#include "sync/limits.h"
#include "sync/release.h"
#include "sync/whole_file.h"

namespace xsell::hq {
namespace {

namespace fs = std::filesystem;
namespace limits = sync::limits;
using rules::ReleaseLine;

constexpr std::string_view kBundleEnd = ".bundle.zst";
constexpr std::string_view kDeltaEnd = ".delta.zst";

struct Memory : sync::ByteSink {
  bool write(std::string_view bytes) override {
    body.append(bytes);
    return true;
  }
  std::string body;
};

// Compares an earlier bundle, as it is read, with the new lines.
class Comparison : public sync::BundleSink {
 public:
  explicit Comparison(const std::vector<ReleaseLine>& lines) : lines_(lines) {
    for (const ReleaseLine& line : lines) all_bytes_ += line.bytes.size();
  }

  struct Change {
    std::string id;
    const ReleaseLine* line;  // null: it is gone
  };

  bool on_header(const sync::BundleHeader&) override { return true; }

  bool on_line(std::string_view id, std::string_view line) override {
    while (next_ < lines_.size() && lines_[next_].id < id) put(lines_[next_++]);
    if (next_ == lines_.size() || lines_[next_].id != id) {
      changes_.push_back({std::string(id), nullptr});
      changed_bytes_ += id.size();
    } else {
      if (lines_[next_].bytes != line) put(lines_[next_]);
      ++next_;
    }
    return !is_pointless();
  }

  const std::vector<Change>& finish() {
    while (next_ < lines_.size()) put(lines_[next_++]);
    return changes_;
  }

  // Whoever changes more than half will hardly be worth it; no need to compress it to see that.
  bool is_pointless() const { return changed_bytes_ > all_bytes_ / 2 + limits::kKib; }

 private:
  void put(const ReleaseLine& line) {
    changes_.push_back({line.id, &line});
    changed_bytes_ += line.bytes.size();
  }

  const std::vector<ReleaseLine>& lines_;
  std::size_t next_ = 0;
  std::uint64_t all_bytes_ = 0;
  std::uint64_t changed_bytes_ = 0;
  std::vector<Change> changes_;
};

std::optional<DeltaFile> make_delta(const fs::path& targets, const ReleaseEntry& base,
                                    const NewRelease& release) {
  const fs::path file = bundle_path(targets, base);
  const auto from_state_hash = sync::sha256_from_hex(base.state_hash);
  if (!fs::exists(file) || !from_state_hash) return std::nullopt;

  Comparison comparison(release.lines);
  sync::BundleReader reader(comparison);
  reader.write(sync::read_whole_file(file));
  if (reader.finish().failed() || reader.state_hash() != *from_state_hash) return std::nullopt;
  const auto& changes = comparison.finish();
  if (comparison.is_pointless()) return std::nullopt;

  Memory delta;
  sync::DeltaWriter writer(delta, {.from_version = base.version,
                                   .version = release.version,
                                   .count = changes.size(),
                                   .from_state_hash = *from_state_hash});
  for (const auto& change : changes) {
    if (change.line == nullptr) {
      writer.remove(change.id);
    } else {
      writer.put(change.id, change.line->bytes);
    }
  }
  writer.finish(release.state_hash);
  if (delta.body.size() > release.bundle_bytes * limits::kDeltaShare_percent / 100) {
    return std::nullopt;
  }
  return DeltaFile{
      delta_name(base.version, release.version), std::move(delta.body),
      sync::delta_custom(base.version, *from_state_hash, release.version, release.state_hash)};
}

}  // namespace

std::string bundle_name(std::uint64_t version) {
  return fmt::format("rules-{}{}", version, kBundleEnd);
}

std::string delta_name(std::uint64_t from_version, std::uint64_t version) {
  return fmt::format("rules-{}-{}{}", from_version, version, kDeltaEnd);
}

fs::path bundle_path(const fs::path& targets, const ReleaseEntry& release) {
  return targets / (release.bundle_sha256 + '.' + bundle_name(release.version));
}

std::vector<DeltaFile> make_deltas(const fs::path& targets,
                                   const std::vector<ReleaseEntry>& earlier,
                                   const NewRelease& release) {
  const std::size_t count = std::min(earlier.size(), limits::kDeltaBases);
  std::vector<std::optional<DeltaFile>> made(count);
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      made[i] = make_delta(targets, earlier[i], release);
    }
  };
  std::vector<std::future<void>> helpers;
  for (unsigned i = 1; i < std::thread::hardware_concurrency() && i < count; ++i) {
    helpers.push_back(std::async(std::launch::async, work));
  }
  work();
  for (std::future<void>& helper : helpers) helper.get();

  std::vector<DeltaFile> deltas;
  for (auto& delta : made) {
    if (delta) deltas.push_back(std::move(*delta));
  }
  return deltas;
}

void prune_releases(const fs::path& targets, const std::vector<ReleaseEntry>& log,
                    const std::vector<std::string>& in_use) {
  std::set<std::string> kept(in_use.begin(), in_use.end());
  for (std::size_t i = 0; i < log.size() && i < limits::kDeltaBases; ++i) {
    kept.insert(bundle_name(log[i].version));
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(targets)) {
    const std::string file = entry.path().filename().string();
    const std::string name = file.substr(std::min(file.size(), file.find('.') + 1));
    const bool is_release = name.ends_with(kBundleEnd) || name.ends_with(kDeltaEnd);
    std::error_code ignored;  // what stays behind costs space only
    if (is_release && !kept.contains(name)) fs::remove(entry.path(), ignored);
  }
}

}  // namespace xsell::hq
