// Many TLS clients on one thread, as cheap as they can be made, so that a measurement is of the
// server: epoll and OpenSSL on non-blocking sockets. Trusts the one authority it is given.
// Threads: one. Fails: throws std::runtime_error when a connection that should stand does not.
#ifndef XSELL_TESTS_TOOLS_NET_BENCH_CLIENT_POOL_H_
#define XSELL_TESTS_TOOLS_NET_BENCH_CLIENT_POOL_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace xsell::benchmark {

class ClientPool {
 public:
  // Bytes of the connection with this index, as they come.
  using OnBytes = std::function<void(std::size_t index, std::string_view bytes)>;

  ClientPool(std::uint16_t port, const std::string& ca_pem, OnBytes on_bytes);
  ~ClientPool();
  ClientPool(const ClientPool&) = delete;
  ClientPool& operator=(const ClientPool&) = delete;

  // Opens connections up to `count` in all, few at a time, and sends each the greeting.
  void open(std::size_t count, const std::string& greeting);
  void send(std::size_t index, std::string_view bytes);

  // Handles what comes until it is so; false when that took longer.
  bool run_until(const std::function<bool()>& is_so, std::chrono::milliseconds longest);

  std::size_t size() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xsell::benchmark

#endif  // XSELL_TESTS_TOOLS_NET_BENCH_CLIENT_POOL_H_
