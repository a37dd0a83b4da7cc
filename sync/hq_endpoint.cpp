#include "sync/hq_endpoint.h"

#include <charconv>

namespace xsell::sync {
namespace {

bool is_plain(std::string_view text, std::string_view also) {
  for (const char c : text) {
    const bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!is_word && also.find(c) == std::string_view::npos) return false;
  }
  return true;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

}  // namespace

std::string HqUrl::authority() const {
  std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != 443) text += ":" + std::to_string(port);
  return text;
}

std::optional<HqUrl> parse_hq_url(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  if (!url.starts_with(kScheme)) return std::nullopt;
  url.remove_prefix(kScheme.size());

  HqUrl result;
  const std::size_t slash = url.find('/');
  std::string_view authority = url.substr(0, slash);
  if (slash != std::string_view::npos) {
    std::string_view prefix = url.substr(slash);
    while (prefix.ends_with('/')) prefix.remove_suffix(1);
    if (!is_plain(prefix, "/-._~") || prefix.find("..") != std::string_view::npos)
      return std::nullopt;
    result.prefix = prefix;
  }

  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    result.host = authority.substr(1, close - 1);
    authority.remove_prefix(close + 1);
    if (!authority.empty() && !authority.starts_with(':')) return std::nullopt;
    if (!authority.empty()) port = authority.substr(1);
    if (!is_plain(result.host, ":.")) return std::nullopt;
    if (!authority.empty() && port.empty()) return std::nullopt;
  } else {
    const std::size_t colon = authority.find(':');
    result.host = authority.substr(0, colon);
    if (colon != std::string_view::npos) {
      port = authority.substr(colon + 1);
      if (port.empty()) return std::nullopt;
    }
    if (!is_plain(result.host, "-.")) return std::nullopt;
  }
  if (result.host.empty() || result.host.size() > 253) return std::nullopt;
  if (!port.empty()) {
    const auto number = parse_port(port);
    if (!number) return std::nullopt;
    result.port = *number;
  }
  return result;
}

}  // namespace xsell::sync
