#include "tests/integration/hostile_mirror.h"

#include <fstream>
#include <iterator>
#include <utility>

namespace xsell::tests {

HostileMirror::HostileMirror(std::filesystem::path tree, const sync::TestTls& tls)
    : tree_(std::move(tree)), server_([this](sync::TestPeer& peer) { serve(peer); }, tls) {}

void HostileMirror::lie(Lie lie) {
  const std::lock_guard lock(mutex_);
  lie_ = std::move(lie);
}

std::vector<std::string> HostileMirror::paths() const {
  const std::lock_guard lock(mutex_);
  return paths_;
}

std::string HostileMirror::content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void HostileMirror::serve(sync::TestPeer& peer) {
  for (std::string request; !(request = peer.read_request()).empty();) {
    const std::size_t from = request.find(' ') + 1;
    const std::string path = request.substr(from, request.find(' ', from) - from);
    Lie lie;
    {
      const std::lock_guard lock(mutex_);
      paths_.push_back(path);
      lie = lie_;
    }
    if (lie && lie(peer, path, request)) continue;
    const std::filesystem::path file = tree_.string() + path;
    if (!std::filesystem::is_regular_file(file)) {
      peer.write(sync::http_reply(404, "{}"));
      continue;
    }
    const std::string all = content(file);
    const std::string range = sync::header_of(request, "Range");
    if (range.empty()) {
      peer.write(sync::http_reply(200, all, "ETag: \"of-the-mirror\"\r\n"));
    } else {
      const std::size_t first = std::stoul(range.substr(6));
      peer.write(sync::http_reply(206, all.substr(first),
                                  "ETag: \"of-the-mirror\"\r\nContent-Range: bytes " +
                                      std::to_string(first) + "-" + std::to_string(all.size() - 1) +
                                      "/" + std::to_string(all.size()) + "\r\n"));
    }
  }
}

}  // namespace xsell::tests
