#include "sync/release_fetch.h"

#include <cstdio>
#include <memory>
#include <system_error>
#include <vector>

#include "sync/limits.h"

namespace xsell::sync {
namespace {

using FileHandle = std::unique_ptr<FILE, int (*)(FILE*)>;

// The downloaded, not yet trusted bytes; the file goes when this does.
class PartFile : public ByteSink {
 public:
  explicit PartFile(const std::filesystem::path& path)
      : path_(path), file_(std::fopen(path.c_str(), "w+be"), std::fclose) {}

  ~PartFile() override {
    file_.reset();
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }

  bool write(std::string_view bytes) override {
    is_whole_ = is_whole_ && file_ &&
                std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size();
    return is_whole_;
  }

  // False if the disk did not take or give the bytes.
  bool copy_to(ByteSink& out) {
    if (!is_whole_ || std::fflush(file_.get()) != 0) return false;
    std::rewind(file_.get());
    std::vector<char> buffer(64 * 1024);
    while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), file_.get())) {
      if (!out.write({buffer.data(), count})) break;
    }
    return std::ferror(file_.get()) == 0;
  }

  bool is_whole() const { return file_ && is_whole_; }

 private:
  const std::filesystem::path path_;
  FileHandle file_;
  bool is_whole_ = true;
};

Failure no_disk(const std::filesystem::path& part_file) {
  return {Problem::kStorage, NetError::kNone, part_file.string() + ": cannot be used"};
}

// Downloads and verifies the file, and only then gives its bytes to the reader.
Failure fetch_frame(tuf::Client& client, const tuf::TargetFile& file,
                    const std::filesystem::path& part_file, FrameReader& reader) {
  if (file.length > limits::kBundleWireBytes) {
    return {Problem::kTooLarge, NetError::kNone, file.name + " is too large"};
  }
  PartFile part(part_file);
  const Failure download = client.download(file, part);
  if (!part.is_whole()) return no_disk(part_file);
  if (download.failed()) return download;
  if (!part.copy_to(reader)) return no_disk(part_file);
  return reader.finish();
}

Failure require_signed(const tuf::TargetFile& file, const Release& release, uint64_t version,
                       const Sha256& state_hash) {
  if (version != release.version) {
    return {Problem::kVersion, NetError::kNone,
            file.name + " holds version " + std::to_string(version) + " instead of " +
                std::to_string(release.version)};
  }
  if (state_hash != release.state_hash) {
    return {Problem::kStateHash, NetError::kNone,
            file.name + " has another state hash than was signed"};
  }
  return {};
}

// Refuses a delta whose base is not the one that was signed before its first change is passed on.
class SignedBase : public DeltaSink {
 public:
  SignedBase(const ReleaseDelta& delta, DeltaSink& sink) : delta_(delta), sink_(sink) {}
  bool on_header(const DeltaHeader& header) override {
    is_other_base_ = header.from_state_hash != delta_.from_state_hash;
    return !is_other_base_ && sink_.on_header(header);
  }
  bool on_put(std::string_view id, std::string_view line) override {
    return sink_.on_put(id, line);
  }
  bool on_remove(std::string_view id) override { return sink_.on_remove(id); }
  bool is_other_base() const { return is_other_base_; }

 private:
  const ReleaseDelta& delta_;
  DeltaSink& sink_;
  bool is_other_base_ = false;
};

}  // namespace

Failure fetch_release(tuf::Client& client, const Release& release,
                      const std::filesystem::path& part_file, BundleSink& sink) {
  BundleReader reader(sink);
  const Failure failure = fetch_frame(client, release.file, part_file, reader);
  if (failure.failed()) return failure;
  return require_signed(release.file, release, reader.header().version, reader.state_hash());
}

Failure fetch_delta(tuf::Client& client, const Release& release, const ReleaseDelta& delta,
                    const std::filesystem::path& part_file, DeltaSink& sink) {
  SignedBase base(delta, sink);
  DeltaReader reader(base);
  const Failure failure = fetch_frame(client, delta.file, part_file, reader);
  if (base.is_other_base()) {
    return {Problem::kStateHash, NetError::kNone,
            delta.file.name + " is for another base than was signed"};
  }
  if (failure.failed()) return failure;
  return require_signed(delta.file, release, reader.header().version, reader.state_hash());
}

}  // namespace xsell::sync
