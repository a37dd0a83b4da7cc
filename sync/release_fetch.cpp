#include "sync/release_fetch.h"

#include <cstdio>
#include <memory>
#include <system_error>
#include <vector>

#include "rules/strict_json.h"
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

std::optional<Release> read_release(const tuf::TargetFile& file) {
  const auto custom = rules::read_json(file.custom, {.integers_only = true});
  const auto* xsell = custom.value.find("xsell");
  if (xsell == nullptr || !tuf::is_safe_target_name(file.name)) return std::nullopt;
  const auto* kind = xsell->find("kind");
  const auto* version = xsell->find("version");
  const auto* state_hash = xsell->find("state_hash");
  const auto* spread_s = xsell->find("spread_s");
  if (kind == nullptr || kind->text != "bundle" || version == nullptr || !version->is_integer() ||
      version->integer < 1 || state_hash == nullptr) {
    return std::nullopt;
  }
  const auto digest = sha256_from_hex(state_hash->text);
  if (!digest) return std::nullopt;

  Release release{
      .file = file, .version = static_cast<uint64_t>(version->integer), .state_hash = *digest};
  if (spread_s != nullptr && spread_s->integer > 0 && spread_s->integer <= UINT32_MAX) {
    release.spread_s = static_cast<uint32_t>(spread_s->integer);
  }
  return release;
}

}  // namespace

std::optional<Release> newest_release(const tuf::Targets& targets) {
  std::optional<Release> newest;
  for (const auto& [name, file] : targets.files) {
    const auto release = read_release(file);
    if (release && (!newest || release->version > newest->version)) newest = release;
  }
  return newest;
}

std::string release_custom(uint64_t version, const Sha256& state_hash, uint32_t spread_s) {
  return R"({"xsell":{"kind":"bundle","spread_s":)" + std::to_string(spread_s) +
         R"(,"state_hash":")" + to_hex(state_hash) + R"(","version":)" + std::to_string(version) +
         "}}";
}

Failure fetch_release(tuf::Client& client, const Release& release,
                      const std::filesystem::path& part_file, BundleSink& sink) {
  if (release.file.length > limits::kBundleWireBytes) {
    return {Problem::kTooLarge, NetError::kNone, release.file.name + " is too large for a bundle"};
  }
  PartFile part(part_file);
  const Failure download = client.download(release.file, part);
  const Failure no_disk{Problem::kStorage, NetError::kNone,
                        part_file.string() + ": cannot be used"};
  if (!part.is_whole()) return no_disk;
  if (download.failed()) return download;

  BundleReader reader(sink);
  if (!part.copy_to(reader)) return no_disk;
  Failure failure = reader.finish();
  if (failure.failed()) return failure;
  if (reader.header().version != release.version) {
    return {Problem::kVersion, NetError::kNone,
            release.file.name + " holds version " + std::to_string(reader.header().version) +
                " instead of " + std::to_string(release.version)};
  }
  if (reader.state_hash() != release.state_hash) {
    return {Problem::kStateHash, NetError::kNone,
            release.file.name + " has another state hash than was signed"};
  }
  return {};
}

}  // namespace xsell::sync
