#include "tests/tools/tuf/plain_http_fetcher.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <vector>

#include "sync/http_response_reader.h"
#include "sync/limits.h"

namespace xsell::tests {
namespace {

using sync::Failure;
using sync::NetError;
using sync::Problem;

Failure transport(NetError error, const std::string& detail) {
  return {Problem::kTransport, error, detail};
}

// A connected socket, or -1; closed with the object.
class Connection {
 public:
  Connection(const std::string& host, const std::string& port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return;
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, ::freeaddrinfo);
    for (const addrinfo* at = found; at != nullptr && socket_ < 0; at = at->ai_next) {
      socket_ = ::socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
      if (socket_ >= 0 && ::connect(socket_, at->ai_addr, at->ai_addrlen) != 0) close();
    }
    const timeval silence{.tv_sec = PlainHttpFetcher::kSilence.count(), .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof silence);
  }
  ~Connection() { close(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool is_open() const { return socket_ >= 0; }

  bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(count));
    }
    return true;
  }

  // 0 at the end, negative when nothing came in time.
  ssize_t read(std::vector<char>& buffer) const {
    for (;;) {
      const ssize_t count = ::recv(socket_, buffer.data(), buffer.size(), 0);
      if (count >= 0 || errno != EINTR) return count;
    }
  }

 private:
  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  int socket_ = -1;
};

}  // namespace

void PlainHttpFetcher::add_base(const std::string& prefix, const std::string& url) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) throw std::invalid_argument(url + " is no http:// address");
  const std::string rest = url.substr(kScheme.size());
  const size_t slash = std::min(rest.find('/'), rest.size());
  std::string authority = rest.substr(0, slash);
  Base base{.host = authority, .port = "80", .path = rest.substr(slash) + '/'};
  if (base.path.ends_with("//")) base.path.pop_back();
  const size_t colon = authority.rfind(':');
  if (colon != std::string::npos && authority.find(']', colon) == std::string::npos) {
    base.host = authority.substr(0, colon);
    base.port = authority.substr(colon + 1);
  }
  if (base.host.empty()) throw std::invalid_argument(url + " names no host");
  bases_.insert_or_assign(prefix, std::move(base));
}

Failure PlainHttpFetcher::fetch(std::string_view path, uint64_t max_bytes, sync::ByteSink& sink) {
  const std::string prefix(path.substr(0, path.find('/') + 1));
  const auto found = bases_.find(prefix);
  if (found == bases_.end()) return transport(NetError::kProtocol, "no address for " + prefix);
  const Base& base = found->second;
  const std::string target = base.path + std::string(path.substr(prefix.size()));

  const Connection connection(base.host, base.port);
  if (!connection.is_open()) return transport(NetError::kRefused, base.host + ':' + base.port);
  if (!connection.write("GET " + target + " HTTP/1.1\r\nHost: " + base.host + ':' + base.port +
                        "\r\nUser-Agent: xsell-tuf\r\nConnection: close\r\n\r\n")) {
    return transport(NetError::kClosed, target);
  }

  int status = 0;
  bool is_refused = false;
  sync::HttpResponseReader reader(sync::limits::kHeaderBytes, max_bytes,
                                  {.on_head =
                                       [&](const sync::HttpHead& head) {
                                         status = head.status;
                                         return NetError::kNone;
                                       },
                                   .on_body =
                                       [&](std::string_view bytes) {
                                         if (status != 200) return NetError::kNone;
                                         is_refused = !sink.write(bytes);
                                         return is_refused ? NetError::kCancelled : NetError::kNone;
                                       }});
  std::vector<char> buffer(64 * 1024);
  NetError error = NetError::kNone;
  while (error == NetError::kNone && !reader.is_done()) {
    const ssize_t count = connection.read(buffer);
    if (count < 0) return transport(NetError::kSlow, target + " sends nothing");
    error =
        count == 0 ? reader.feed_end() : reader.feed({buffer.data(), static_cast<size_t>(count)});
    if (count == 0 && error == NetError::kNone && !reader.is_done()) error = NetError::kClosed;
  }
  if (status == 404) return {Problem::kNotFound, NetError::kNone, target};
  if (status != 0 && status != 200) {
    return transport(NetError::kStatus, target + ": HTTP status " + std::to_string(status));
  }
  if (error == NetError::kTooLarge) return {Problem::kTooLarge, NetError::kNone, target};
  return error == NetError::kNone ? Failure{} : transport(error, target);
}

}  // namespace xsell::tests
