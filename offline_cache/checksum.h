#ifndef XSELL_OFFLINE_CACHE_CHECKSUM_H_
#define XSELL_OFFLINE_CACHE_CHECKSUM_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace xsell::offline_cache {

// FNV-1a, 64 bits, as a SQLite integer. Finds bit rot inside a row, which SQLite's own check cannot
// see; it is no defence against anyone who writes the file on purpose: signatures are.
inline constexpr int64_t kNoBytesChecksum = static_cast<int64_t>(0xcbf29ce484222325u);

// so_far: of the bytes before these.
constexpr int64_t checksum_on(int64_t so_far, std::string_view bytes) {
  uint64_t hash = static_cast<uint64_t>(so_far);
  for (const char c : bytes) {
    hash ^= static_cast<uint8_t>(c);
    hash *= 0x100000001b3u;
  }
  return static_cast<int64_t>(hash);
}

constexpr int64_t checksum(std::string_view bytes) { return checksum_on(kNoBytesChecksum, bytes); }

// Of whole files: 32 bytes at a time, each step a bijection of what it adds to, so that no byte can
// change alone. Same bytes, same sum, however they are cut. Threads: one at a time.
class BulkChecksum {
 public:
  void add(std::string_view bytes) {
    size_ += bytes.size();
    if (held_ != 0 || bytes.size() < kBlock) bytes.remove_prefix(hold(bytes));
    for (; bytes.size() >= kBlock; bytes.remove_prefix(kBlock)) mix(bytes.data());
    hold(bytes);
  }
  int64_t finish() {
    std::memset(block_.data() + held_, 0, kBlock - held_);
    mix(block_.data());
    held_ = 0;
    uint64_t sum = size_;
    for (const uint64_t lane : lanes_) sum = (std::rotl(sum, 23) ^ lane) * kFactor;
    return static_cast<int64_t>(sum ^ sum >> 32);
  }

 private:
  static constexpr size_t kBlock = 32;
  static constexpr uint64_t kFactor = 0x9e3779b97f4a7c15u;

  // Fills the block that is begun; how many bytes it took.
  size_t hold(std::string_view bytes) {
    const size_t taken = std::min(bytes.size(), kBlock - held_);
    if (taken == 0) return 0;  // there may be no bytes to point to
    std::memcpy(block_.data() + held_, bytes.data(), taken);
    held_ += taken;
    if (held_ == kBlock) {
      mix(block_.data());
      held_ = 0;
    }
    return taken;
  }
  void mix(const char* block) {
    for (uint64_t& lane : lanes_) {
      uint64_t word = 0;
      std::memcpy(&word, block, sizeof word);
      block += sizeof word;
      lane = std::rotl((lane ^ word) * kFactor, 29);
    }
  }

  std::array<uint64_t, 4> lanes_{1, 2, 3, 4};
  std::array<char, kBlock> block_{};
  size_t held_ = 0;
  uint64_t size_ = 0;
};

}  // namespace xsell::offline_cache

#endif  // XSELL_OFFLINE_CACHE_CHECKSUM_H_
