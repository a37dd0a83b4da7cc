// An address of plain http, for the SSE test service only: the product takes https and nothing
// else.
#ifndef XSELL_TESTS_TOOLS_SSE_HTTP_URL_H_
#define XSELL_TESTS_TOOLS_SSE_HTTP_URL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xsell::tests {

struct HttpUrl {
  std::string host;
  std::uint16_t port = 80;
  std::string target = "/";  // path and query

  std::string authority() const;  // as the Host header wants it
};

std::optional<HttpUrl> parse_http_url(std::string_view text);

// A Location header against the address that it answers: whole, or a path. Fails: nothing for an
// empty one, other schemes and the forms that servers do not send.
std::optional<HttpUrl> resolve_location(const HttpUrl& base, std::string_view location);

}  // namespace xsell::tests

#endif  // XSELL_TESTS_TOOLS_SSE_HTTP_URL_H_
