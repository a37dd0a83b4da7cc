#include "tests/tools/sse/http_url.h"

#include <algorithm>
#include <charconv>

namespace xsell::tests {
namespace {

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

}  // namespace

std::string HttpUrl::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == 80 ? name : name + ":" + std::to_string(port);
}

std::optional<HttpUrl> parse_http_url(std::string_view text) {
  constexpr std::string_view kScheme = "http://";
  if (!text.starts_with(kScheme) || !is_printable(text)) return std::nullopt;
  text.remove_prefix(kScheme.size());
  text = text.substr(0, text.find('#'));
  HttpUrl url;
  const std::size_t path = text.find_first_of("/?");
  if (path != std::string_view::npos) {
    url.target = text.substr(path);
    if (url.target.front() == '?') url.target.insert(0, "/");
    text = text.substr(0, path);
  }
  std::size_t name_end = text.find(':');
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    url.host = text.substr(1, close - 1);
    name_end = close + 1 < text.size() ? close + 1 : std::string_view::npos;
  } else {
    url.host = text.substr(0, name_end);
  }
  if (url.host.empty()) return std::nullopt;
  if (name_end == std::string_view::npos) return url;
  const std::string_view port = text.substr(name_end + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
  if (text[name_end] != ':' || error != std::errc{} || end != port.data() + port.size() ||
      url.port == 0) {
    return std::nullopt;
  }
  return url;
}

std::optional<HttpUrl> resolve_location(const HttpUrl& base, std::string_view location) {
  if (location.starts_with("//")) return parse_http_url("http:" + std::string(location));
  if (!location.starts_with('/')) return parse_http_url(location);
  if (!is_printable(location)) return std::nullopt;
  HttpUrl url = base;
  url.target = location.substr(0, location.find('#'));
  return url;
}

}  // namespace xsell::tests
