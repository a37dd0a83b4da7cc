#include "hq/import/byte_source.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <vector>

#include "hq/errors.h"

namespace xsell::hq {
namespace {

constexpr std::size_t kChunkBytes = 256 * 1024;

class PlainFile : public ByteSource {
 public:
  explicit PlainFile(const std::string& path) : path_(path) {
    file_ = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
    if (file_ == nullptr) {
      throw Refused(fmt::format("cannot open {}: {}", path, std::strerror(errno)));
    }
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (!error) total_ = size;
  }
  ~PlainFile() override {
    if (file_ != stdin) std::fclose(file_);
  }
  PlainFile(const PlainFile&) = delete;
  PlainFile& operator=(const PlainFile&) = delete;

  std::size_t read(std::span<char> out) override {
    const std::size_t size = std::fread(out.data(), 1, out.size(), file_);
    if (size == 0 && std::ferror(file_) != 0) {
      throw Refused(fmt::format("cannot read {}: {}", path_, std::strerror(errno)));
    }
    consumed_ += size;
    return size;
  }
  std::uint64_t consumed_bytes() const override { return consumed_; }
  std::uint64_t total_bytes() const override { return total_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::FILE* file_ = nullptr;
  std::uint64_t consumed_ = 0;
  std::uint64_t total_ = 0;
};

// Keeps a chunk of the file for those that look at or unpack it.
class ChunkedSource : public ByteSource {
 public:
  explicit ChunkedSource(std::unique_ptr<PlainFile> file)
      : file_(std::move(file)), chunk_(kChunkBytes) {
    refill();
  }
  std::span<const char> rest() const { return {chunk_.data() + begin_, end_ - begin_}; }
  void take(std::size_t size) { begin_ += size; }
  bool refill() {
    begin_ = 0;
    end_ = file_->read(chunk_);
    return end_ > 0;
  }
  const std::string& path() const { return file_->path(); }

  std::size_t read(std::span<char> out) override {
    if (rest().empty() && !refill()) return 0;
    const std::size_t size = std::min(out.size(), rest().size());
    std::memcpy(out.data(), rest().data(), size);
    take(size);
    return size;
  }
  std::uint64_t consumed_bytes() const override { return file_->consumed_bytes(); }
  std::uint64_t total_bytes() const override { return file_->total_bytes(); }

 private:
  std::unique_ptr<PlainFile> file_;
  std::vector<char> chunk_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

class GzipSource : public ByteSource {
 public:
  explicit GzipSource(std::unique_ptr<ChunkedSource> packed) : packed_(std::move(packed)) {
    if (inflateInit2(&stream_, 15 + 16) != Z_OK) throw Refused("zlib cannot start");
  }
  ~GzipSource() override { inflateEnd(&stream_); }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

  std::size_t read(std::span<char> out) override {
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    while (stream_.avail_out == out.size()) {
      if (packed_->rest().empty() && !packed_->refill()) {
        if (is_inside_) throw Refused(fmt::format("{}: the gzip data ends early", packed_->path()));
        return 0;
      }
      const auto rest = packed_->rest();
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest.data()));
      stream_.avail_in = static_cast<uInt>(rest.size());
      is_inside_ = true;
      const int result = inflate(&stream_, Z_NO_FLUSH);
      packed_->take(rest.size() - stream_.avail_in);
      if (result == Z_STREAM_END) {
        is_inside_ = false;  // another member may follow
        inflateReset(&stream_);
      } else if (result != Z_OK && result != Z_BUF_ERROR) {
        throw Refused(fmt::format("{}: the gzip data is damaged", packed_->path()));
      }
    }
    return out.size() - stream_.avail_out;
  }
  std::uint64_t consumed_bytes() const override { return packed_->consumed_bytes(); }
  std::uint64_t total_bytes() const override { return packed_->total_bytes(); }

 private:
  std::unique_ptr<ChunkedSource> packed_;
  z_stream stream_{};
  bool is_inside_ = false;
};

class ZstdSource : public ByteSource {
 public:
  explicit ZstdSource(std::unique_ptr<ChunkedSource> packed)
      : packed_(std::move(packed)), stream_(ZSTD_createDStream()) {
    if (stream_ == nullptr) throw Refused("zstd cannot start");
  }
  ~ZstdSource() override { ZSTD_freeDStream(stream_); }
  ZstdSource(const ZstdSource&) = delete;
  ZstdSource& operator=(const ZstdSource&) = delete;

  std::size_t read(std::span<char> out) override {
    ZSTD_outBuffer unpacked{out.data(), out.size(), 0};
    while (unpacked.pos == 0) {
      if (packed_->rest().empty() && !packed_->refill()) {
        if (is_inside_) throw Refused(fmt::format("{}: the zstd data ends early", packed_->path()));
        return 0;
      }
      ZSTD_inBuffer packed{packed_->rest().data(), packed_->rest().size(), 0};
      const std::size_t left = ZSTD_decompressStream(stream_, &unpacked, &packed);
      packed_->take(packed.pos);
      if (ZSTD_isError(left) != 0) {
        throw Refused(fmt::format("{}: the zstd data is damaged", packed_->path()));
      }
      is_inside_ = left != 0;
    }
    return unpacked.pos;
  }
  std::uint64_t consumed_bytes() const override { return packed_->consumed_bytes(); }
  std::uint64_t total_bytes() const override { return packed_->total_bytes(); }

 private:
  std::unique_ptr<ChunkedSource> packed_;
  ZSTD_DStream* stream_;
  bool is_inside_ = false;
};

bool starts_with(std::span<const char> bytes, std::span<const unsigned char> magic) {
  return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

}  // namespace

std::unique_ptr<ByteSource> ByteSource::open(const std::string& path) {
  static constexpr std::array<unsigned char, 2> kGzip = {0x1f, 0x8b};
  static constexpr std::array<unsigned char, 4> kZstd = {0x28, 0xb5, 0x2f, 0xfd};
  auto source = std::make_unique<ChunkedSource>(std::make_unique<PlainFile>(path));
  if (starts_with(source->rest(), kGzip)) return std::make_unique<GzipSource>(std::move(source));
  if (starts_with(source->rest(), kZstd)) return std::make_unique<ZstdSource>(std::move(source));
  return source;
}

}  // namespace xsell::hq
