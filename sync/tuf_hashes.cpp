#include "sync/tuf_hashes.h"

#include "sync/hex.h"
#include "sync/tuf_error.h"

namespace xsell::sync::tuf {
namespace {

template <typename Digest>
void require_equal(const Digest& wanted, const Digest& found, const char* algorithm,
                   const std::string& what) {
  if (found == wanted) return;
  throw Error(Problem::kHash, what + " has " + algorithm + ' ' +
                                  to_hex(std::span<const uint8_t>(found)) + " instead of " +
                                  to_hex(std::span<const uint8_t>(wanted)));
}

}  // namespace

std::string Hashes::prefix() const {
  if (sha256) return to_hex(*sha256);
  return sha512 ? to_hex(std::span<const uint8_t>(*sha512)) : std::string();
}

void HashCheck::add(std::string_view bytes) {
  if (wanted_.sha256) sha256_.add(bytes);
  if (wanted_.sha512) sha512_.add(bytes);
}

void HashCheck::require_match(const std::string& what) {
  if (!wanted_.sha256 && !wanted_.sha512) {
    throw Error(Problem::kHash, what + " was signed with hashes of unknown kinds only");
  }
  if (wanted_.sha256) require_equal(*wanted_.sha256, sha256_.finish(), "SHA-256", what);
  if (wanted_.sha512) require_equal(*wanted_.sha512, sha512_.finish(), "SHA-512", what);
}

}  // namespace xsell::sync::tuf
