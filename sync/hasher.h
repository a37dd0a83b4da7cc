#ifndef XSELL_SYNC_HASHER_H_
#define XSELL_SYNC_HASHER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace xsell::sync {

// A digest of what is added, through OpenSSL in this library's own context (no openssl.cnf):
// SHA-256 for 32 bytes, SHA-512 for 64. Threads: one at a time. Fails: throws std::runtime_error
// only if OpenSSL has no memory.
template <std::size_t kBytes>
class Hasher {
 public:
  using Digest = std::array<uint8_t, kBytes>;

  Hasher();
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  void add(std::string_view bytes);
  // The digest so far; the hasher then starts afresh.
  Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

extern template class Hasher<32>;
extern template class Hasher<64>;

}  // namespace xsell::sync

#endif  // XSELL_SYNC_HASHER_H_
