// A web server with HQ's published files that a test can make lie: it answers for HQ's name, but
// knows none of its keys. Threads: its own, one a connection.
#ifndef XSELL_TESTS_INTEGRATION_HOSTILE_MIRROR_H_
#define XSELL_TESTS_INTEGRATION_HOSTILE_MIRROR_H_

#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sync/tls_test_server.h"

namespace xsell::tests {

class HostileMirror {
 public:
  // Answers a request instead of the mirror; false leaves it to the mirror.
  using Lie = std::function<bool(sync::TestPeer&, std::string_view path, std::string_view request)>;

  // Serves the files below the folder (the one that holds v1/).
  explicit HostileMirror(std::filesystem::path tree,
                         const sync::TestTls& tls = sync::TestTls::good());

  sync::HqEndpoint endpoint() const { return server_.endpoint(); }

  void lie(Lie lie);
  void be_honest() { lie({}); }

  // Of all requests so far.
  std::vector<std::string> paths() const;
  static std::string content(const std::filesystem::path& file);

 private:
  void serve(sync::TestPeer& peer);

  const std::filesystem::path tree_;
  mutable std::mutex mutex_;
  Lie lie_;
  std::vector<std::string> paths_;
  sync::TlsTestServer server_;
};

}  // namespace xsell::tests

#endif  // XSELL_TESTS_INTEGRATION_HOSTILE_MIRROR_H_
