#ifndef XSELL_SYNC_SHA256_H_
#define XSELL_SYNC_SHA256_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace xsell::sync {

using Sha256 = std::array<uint8_t, 32>;

// SHA-256 of what is added, through OpenSSL in this library's own context (no openssl.cnf).
// Threads: one at a time. Fails: throws std::runtime_error only if OpenSSL has no memory.
class Sha256Hasher {
 public:
  Sha256Hasher();
  ~Sha256Hasher();
  Sha256Hasher(Sha256Hasher&&) noexcept;
  Sha256Hasher& operator=(Sha256Hasher&&) noexcept;

  void add(std::string_view bytes);
  // The digest so far; the hasher then starts afresh.
  Sha256 finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

Sha256 sha256(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);

// 64 hexadecimal digits.
std::string to_hex(const Sha256& digest);
std::optional<Sha256> sha256_from_hex(std::string_view text);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_SHA256_H_
