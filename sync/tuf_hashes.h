#ifndef XSELL_SYNC_TUF_HASHES_H_
#define XSELL_SYNC_TUF_HASHES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sync/sha256.h"

namespace xsell::sync::tuf {

using Sha512Hasher = Hasher<64>;
using Sha512 = Sha512Hasher::Digest;

// The hashes that signed metadata gives a file. HQ writes SHA-256; repositories of other tools may
// have SHA-512 instead or as well. Other algorithms are passed over.
struct Hashes {
  std::optional<Sha256> sha256 = std::nullopt;
  std::optional<Sha512> sha512 = std::nullopt;

  bool operator==(const Hashes&) const = default;
  // What consistent snapshots put before the file's name, in hexadecimal; empty if there is none.
  std::string prefix() const;
};

// Compares bytes with the hashes they were signed with. Threads: one at a time.
class HashCheck {
 public:
  explicit HashCheck(const Hashes& wanted) : wanted_(wanted) {}

  void add(std::string_view bytes);
  // Throws Error kHash unless every known hash fits and there is at least one. `what` names the
  // file.
  void require_match(const std::string& what);

 private:
  const Hashes wanted_;
  Sha256Hasher sha256_;
  Sha512Hasher sha512_;
};

}  // namespace xsell::sync::tuf

#endif  // XSELL_SYNC_TUF_HASHES_H_
