#ifndef XSELL_SYNC_OPENSSL_CONTEXT_H_
#define XSELL_SYNC_OPENSSL_CONTEXT_H_

#include <openssl/types.h>

#include <stdexcept>
#include <string>

namespace xsell::sync {

// OpenSSL's state for this library alone: neither openssl.cnf nor the host's providers reach it.
// Lives until the library is unloaded. Threads: any.
OSSL_LIB_CTX* openssl_context();

// What OpenSSL last complained of, taken off its queue.
std::runtime_error openssl_error(const std::string& what);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_OPENSSL_CONTEXT_H_
