// A hash that is the same on every machine and in every version: experiment arms, pacing memory and
// frequencies depend on it. FNV-1a over the bytes, finished by the mixer of SplitMix64.
#ifndef XSELL_RULES_STABLE_HASH_H_
#define XSELL_RULES_STABLE_HASH_H_

#include <cstdint>
#include <string_view>

namespace xsell::rules {

constexpr std::uint64_t mix_bits(std::uint64_t value) {
  value ^= value >> 30;
  value *= 0xbf58476d1ce4e5b9u;
  value ^= value >> 27;
  value *= 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

class StableHash {
 public:
  constexpr StableHash& add(std::string_view text) {
    for (const char c : text) step(static_cast<unsigned char>(c));
    step(0xff);  // no byte of UTF-8, so that "ab","c" and "a","bc" differ
    return *this;
  }
  constexpr StableHash& add(std::uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) step(static_cast<unsigned char>(number >> shift));
    return *this;
  }
  constexpr std::uint64_t value() const { return mix_bits(state_); }

 private:
  constexpr void step(unsigned char byte) { state_ = (state_ ^ byte) * 0x100000001b3u; }
  std::uint64_t state_ = 0xcbf29ce484222325u;
};

constexpr std::uint64_t stable_hash(std::string_view text) {
  return StableHash().add(text).value();
}

}  // namespace xsell::rules

#endif  // XSELL_RULES_STABLE_HASH_H_
