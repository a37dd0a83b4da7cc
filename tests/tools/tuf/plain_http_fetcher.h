#ifndef XSELL_TESTS_TOOLS_TUF_PLAIN_HTTP_FETCHER_H_
#define XSELL_TESTS_TOOLS_TUF_PLAIN_HTTP_FETCHER_H_

#include <chrono>
#include <map>
#include <string>

#include "sync/fetcher.h"

namespace xsell::tests {

// Files over plain HTTP, one connection each. For test tools only: a lane speaks HTTPS. Threads:
// one at a time.
class PlainHttpFetcher : public sync::Fetcher {
 public:
  static constexpr std::chrono::seconds kSilence{30};  // longer than this ends a transfer

  // Paths that start with the prefix ("metadata/") are fetched from the address, with or without a
  // slash at its end. Throws std::invalid_argument if that is no http://HOST[:PORT][/PATH].
  void add_base(const std::string& prefix, const std::string& url);

  sync::Failure fetch(std::string_view path, uint64_t max_bytes, sync::ByteSink& sink) override;

 private:
  struct Base {
    std::string host, port, path;  // the path begins and ends with a slash
  };
  std::map<std::string, Base> bases_;
};

}  // namespace xsell::tests

#endif  // XSELL_TESTS_TOOLS_TUF_PLAIN_HTTP_FETCHER_H_
