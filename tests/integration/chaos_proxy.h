// A TCP proxy on 127.0.0.1 that ill-treats what passes through it, each way on its own: latency,
// low bandwidth, slicing, silence, reset, a limit on the bytes, a slow close; and being down.
// The kinds of trouble are those of Toxiproxy. Threads: one of its own; callable from any.
#ifndef XSELL_TESTS_INTEGRATION_CHAOS_PROXY_H_
#define XSELL_TESTS_INTEGRATION_CHAOS_PROXY_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>

namespace xsell::tests {

// What is done to the bytes of one direction. The default does nothing.
struct Toxics {
  std::chrono::milliseconds latency{0};
  std::chrono::milliseconds jitter{0};  // at most so much more latency; order is kept
  std::uint64_t bytes_per_s = 0;        // 0: as fast as it goes
  std::size_t slice_bytes = 0;          // pass on in pieces of this size; 0: as they come
  std::chrono::microseconds slice_gap{0};
  std::uint64_t limit_bytes = std::numeric_limits<std::uint64_t>::max();  // then the end
  std::chrono::milliseconds slow_close{0};  // the peer's end is passed on this much later
  // Nothing is passed on; after the time (0: never) the connection is closed.
  std::optional<std::chrono::milliseconds> timeout{};
  // The connection is reset this long after its first byte in this direction.
  std::optional<std::chrono::milliseconds> reset{};
};

class ChaosProxy {
 public:
  enum Way : std::uint8_t { kToServer, kToClient };

  // Fails: throws when no port can be had.
  explicit ChaosProxy(std::uint16_t server_port);
  ~ChaosProxy();
  ChaosProxy(const ChaosProxy&) = delete;
  ChaosProxy& operator=(const ChaosProxy&) = delete;

  std::uint16_t port() const;

  // For what passes from now on, also over open connections.
  void set(Way way, const Toxics& toxics);
  void heal();  // no toxics, and not down
  // Connections are reset, new ones too.
  void set_down(bool is_down);
  void use_server(std::uint16_t port);  // for connections from now on

  int connections() const;       // taken so far
  int open_connections() const;  // now
  std::uint64_t bytes_passed(Way way) const;

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace xsell::tests

#endif  // XSELL_TESTS_INTEGRATION_CHAOS_PROXY_H_
