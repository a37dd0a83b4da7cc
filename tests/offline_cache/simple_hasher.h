#ifndef XSELL_TESTS_OFFLINE_CACHE_SIMPLE_HASHER_H_
#define XSELL_TESTS_OFFLINE_CACHE_SIMPLE_HASHER_H_

#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "offline_cache/checksum.h"
#include "offline_cache/rules_file.h"

namespace xsell::tests {

// Stands in for the release format's state hash.
class SimpleHasher : public offline_cache::StateHasher {
 public:
  offline_cache::LineDigest digest_of(std::string_view bytes) override { return sum_of(bytes); }
  void add(std::string_view id, const offline_cache::LineDigest& digest) override {
    all_.append(id).append("=").append(digest.begin(), digest.end());
  }
  offline_cache::StateHash finish() override { return sum_of(all_); }

 private:
  static std::array<uint8_t, 32> sum_of(std::string_view bytes) {
    std::array<uint8_t, 32> hash{};
    const int64_t sum = offline_cache::checksum(bytes);
    std::memcpy(hash.data(), &sum, sizeof sum);
    return hash;
  }

  std::string all_;
};

inline std::unique_ptr<offline_cache::StateHasher> new_simple_hasher() {
  return std::make_unique<SimpleHasher>();
}

using RulesLines = std::vector<std::pair<std::string, std::string>>;

// Appends every line of a rules file.
inline offline_cache::RulesFileUse into(RulesLines& lines) {
  return [&](const offline_cache::RulesFileHeader&, const offline_cache::RulesFileLines& found) {
    found.read("",
               [&](std::string_view id, std::string_view bytes) { lines.emplace_back(id, bytes); });
  };
}

inline offline_cache::StateHash hash_of(const RulesLines& lines) {
  SimpleHasher hasher;
  for (const auto& [id, bytes] : lines) hasher.add(id, hasher.digest_of(bytes));
  return hasher.finish();
}

}  // namespace xsell::tests

#endif  // XSELL_TESTS_OFFLINE_CACHE_SIMPLE_HASHER_H_
