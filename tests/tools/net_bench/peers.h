// The programs that HQ is measured against, each in a folder of its own on a free port of
// 127.0.0.1, with HQ's certificate.
#ifndef XSELL_TESTS_TOOLS_NET_BENCH_PEERS_H_
#define XSELL_TESTS_TOOLS_NET_BENCH_PEERS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "tests/integration/child_process.h"
#include "tests/offline_cache/temporary_folder.h"

namespace xsell::benchmark {

struct PeerTls {
  std::string chain_pem;
  std::string key_pem;
};

class Peer {
 public:
  virtual ~Peer() = default;
  virtual std::uint16_t port() const = 0;
  virtual pid_t process() const = 0;
};

// Null when the program is not installed. Fail: throw std::runtime_error when it does not start.
std::unique_ptr<Peer> start_nginx(const PeerTls& tls, const std::string& document_root);
std::unique_ptr<Peer> start_mosquitto(const PeerTls& tls);

}  // namespace xsell::benchmark

#endif  // XSELL_TESTS_TOOLS_NET_BENCH_PEERS_H_
