#ifndef XSELL_SYNC_ROLLOUT_H_
#define XSELL_SYNC_ROLLOUT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xsell::sync {

inline constexpr uint32_t kAllStores_bp = 10'000;

// Where a store stands in the order in which a staged release reaches the stores, 0 to 9,999: a
// hash, so that all lanes of a store agree, each release draws another order, and nobody has to be
// asked: sha256(salt "|" store), its first 8 bytes as a big-endian number, modulo 10,000.
uint32_t rollout_bucket(std::string_view salt, std::string_view store);

// How far one release has got.
struct RolloutEntry {
  uint64_t version = 0;
  uint32_t stores_bp = 0;             // stores with a bucket below it may take it
  std::vector<std::string> lab = {};  // and these, whatever their bucket
  bool is_held = false;               // nobody takes it who has not done so
};

// The document of the role `rollout`: {"schema":"xsell.rollout/1","releases":[{"version":12,
// "stores_bp":100,"lab":["0001"],"is_held":false}]}. It holds back or lets go what the targets role
// has signed; it cannot name anything else.
struct Rollout {
  std::vector<RolloutEntry> releases;

  const RolloutEntry* find(uint64_t version) const;
  // `salt` is that which the release was signed with; empty: it was not meant to be staged. A
  // staged release that the document does not name is held back.
  bool lets(uint64_t version, std::string_view salt, std::string_view store) const;
  bool lets_all(uint64_t version, std::string_view salt) const;
};

std::string to_json(const Rollout& rollout);
// Nothing if it is no rollout document.
std::optional<Rollout> parse_rollout(std::string_view json);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_ROLLOUT_H_
