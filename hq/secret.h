// Random secrets and the hashes under which they are stored.
// Fails: std::runtime_error when the system gives no randomness.
#ifndef XSELL_HQ_SECRET_H_
#define XSELL_HQ_SECRET_H_

#include <string>
#include <string_view>

namespace xsell::hq {

// `prefix` followed by 256 random bits in base64url.
std::string new_secret(std::string_view prefix);

// SHA-256 in lower-case hexadecimal. Secrets are random, so they need no slow hash.
std::string sha256_hex(std::string_view bytes);

}  // namespace xsell::hq

#endif  // XSELL_HQ_SECRET_H_
