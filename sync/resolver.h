// Host name to addresses through c-ares, so that stopping never waits for a name server.
// Threads: one, that which runs the io_context.
#ifndef XSELL_SYNC_RESOLVER_H_
#define XSELL_SYNC_RESOLVER_H_

#include <boost/asio/ip/address.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace xsell::sync {

class Resolver {
 public:
  // Addresses in the order to try, or none and the reason.
  using Handler = std::function<void(std::vector<boost::asio::ip::address>, std::string reason)>;

  // name_servers: "address:port,...", empty for the system's.
  Resolver(boost::asio::io_context& io, std::string name_servers);
  ~Resolver();  // cancels
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // An address literal needs no server, nor does localhost. The handler is called once, never from
  // within resolve(), and not after cancel(). Requires: none is under way.
  void resolve(const std::string& host, Handler handler);
  void cancel();

 private:
  class Query;
  boost::asio::io_context& io_;
  const std::string name_servers_;
  std::shared_ptr<Query> query_;
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_RESOLVER_H_
