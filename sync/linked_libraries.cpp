#include "sync/linked_libraries.h"

#include <ares.h>
#include <openssl/crypto.h>
#include <zstd.h>

#include <boost/version.hpp>

namespace xsell::sync {

std::vector<std::pair<std::string, std::string>> linked_libraries() {
  return {{"boost", std::to_string(BOOST_VERSION / 100'000) + '.' +
                        std::to_string(BOOST_VERSION / 100 % 1'000) + '.' +
                        std::to_string(BOOST_VERSION % 100)},
          {"c-ares", ares_version(nullptr)},
          {"openssl", OpenSSL_version(OPENSSL_FULL_VERSION_STRING)},
          {"zstd", ZSTD_versionString()}};
}

}  // namespace xsell::sync
