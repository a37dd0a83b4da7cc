#include "hq/server_address.h"

#include <fmt/format.h>

#include <charconv>

#include "hq/errors.h"
#include "sync/hq_endpoint.h"

namespace xsell::hq {

ListenAddress parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  std::string_view address = text.substr(0, colon);
  const std::string_view port =
      colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  } else if (address.find(':') != std::string_view::npos) {
    address = {};
  }
  ListenAddress result{std::string(address), 0};
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), result.port);
  if (address.empty() || error != std::errc{} || end != port.data() + port.size()) {
    throw UsageError(
        fmt::format("--listen {}: give ADDRESS:PORT such as 0.0.0.0:8443 or [::]:8443", text));
  }
  return result;
}

std::string url_for_lanes(HqStore& store, const std::string& option) {
  std::string url = option;
  if (url.empty()) url = store.setting(kUrl).value_or("");
  if (url.empty()) url = store.setting(kServedUrl).value_or("");
  if (url.empty()) {
    throw UsageError(
        "how do lanes reach this HQ? Give --url https://NAME:PORT, or start 'xsell-hq serve' "
        "first");
  }
  if (!sync::parse_hq_url(url))
    throw UsageError(fmt::format("--url {}: lanes need https://NAME[:PORT]", url));
  return url;
}

std::string server_url(const std::string& host, std::uint16_t port) {
  return host.find(':') == std::string::npos ? fmt::format("https://{}:{}", host, port)
                                             : fmt::format("https://[{}]:{}", host, port);
}

}  // namespace xsell::hq
