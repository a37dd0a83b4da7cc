#include "sync/openssl_context.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

#include <array>
#include <memory>

namespace xsell::sync {
namespace {

struct Context {
  Context() {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    context = OSSL_LIB_CTX_new();
    if (context == nullptr) throw std::bad_alloc();
  }
  ~Context() { OSSL_LIB_CTX_free(context); }

  OSSL_LIB_CTX* context;
};

}  // namespace

OSSL_LIB_CTX* openssl_context() {
  static const Context instance;
  return instance.context;
}

std::runtime_error openssl_error(const std::string& what) {
  std::array<char, 256> text{};
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return std::runtime_error(what);
  ERR_error_string_n(code, text.data(), text.size());
  return std::runtime_error(what + ": " + text.data());
}

}  // namespace xsell::sync
