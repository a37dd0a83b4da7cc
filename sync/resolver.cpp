#include "sync/resolver.h"

#include <ares.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <map>
#include <mutex>
#include <utility>

namespace xsell::sync {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// c-ares counts its users without a lock.
std::mutex library_mutex;

int enter_library() {
  const std::lock_guard lock(library_mutex);
  return ares_library_init(ARES_LIB_INIT_ALL);
}

void leave_library() {
  const std::lock_guard lock(library_mutex);
  ares_library_cleanup();
}

// A machine may have no /etc/hosts, and its name servers need not know the name (RFC 6761, 6.3).
bool is_this_machine(std::string host) {
  boost::algorithm::to_lower(host);
  return host == "localhost" || boost::algorithm::ends_with(host, ".localhost");
}

}  // namespace

// One look-up with a c-ares channel of its own. c-ares owns the sockets; Asio only watches them.
class Resolver::Query : public std::enable_shared_from_this<Query> {
 public:
  Query(asio::io_context& io, Handler handler)
      : io_(io), timer_(io), handler_(std::move(handler)) {}
  ~Query() { shut(); }

  void start(const std::string& host, const std::string& name_servers) {
    error_code is_name;
    const asio::ip::address literal = asio::ip::make_address(host, is_name);
    if (!is_name) {
      addresses_.push_back(literal);
      return finish_soon();
    }
    if (is_this_machine(host)) {
      addresses_ = {asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()};
      return finish_soon();
    }
    int status = enter_library();
    if (status == ARES_SUCCESS) {
      is_library_ready_ = true;
      ares_options options{};
      options.sock_state_cb = &Query::on_socket_state;
      options.sock_state_cb_data = this;
      options.timeout = 2'000;
      options.tries = 3;
      status = ares_init_options(&channel_, &options,
                                 ARES_OPT_SOCK_STATE_CB | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
    }
    if (status == ARES_SUCCESS && !name_servers.empty())
      status = ares_set_servers_ports_csv(channel_, name_servers.c_str());
    if (status != ARES_SUCCESS) {
      reason_ = ares_strerror(status);
      return finish_soon();
    }
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, &Query::on_answer, this);
    watch();
  }

  void cancel() {
    handler_ = {};
    shut();
  }

 private:
  struct Watch {
    asio::posix::stream_descriptor descriptor;
    bool is_read_wanted = false;
    bool is_write_wanted = false;
    bool is_reading = false;
    bool is_writing = false;
  };

  // c-ares says what it wants of a socket; neither is wanted just before it closes it.
  static void on_socket_state(void* self, ares_socket_t socket, int is_readable, int is_writable) {
    auto& watches = static_cast<Query*>(self)->watches_;
    if (is_readable == 0 && is_writable == 0) {
      const auto found = watches.find(socket);
      if (found == watches.end()) return;
      found->second->descriptor.release();
      watches.erase(found);
      return;
    }
    auto& watch = watches[socket];
    if (!watch)
      watch = std::make_shared<Watch>(
          Watch{asio::posix::stream_descriptor(static_cast<Query*>(self)->io_, socket)});
    watch->is_read_wanted = is_readable != 0;
    watch->is_write_wanted = is_writable != 0;
  }

  static void on_answer(void* self, int status, int, ares_addrinfo* result) {
    auto* query = static_cast<Query*>(self);
    query->is_answered_ = true;
    if (status != ARES_SUCCESS) query->reason_ = ares_strerror(status);
    for (const ares_addrinfo_node* node = result != nullptr ? result->nodes : nullptr;
         node != nullptr; node = node->ai_next) {
      if (node->ai_family == AF_INET) {
        const auto* v4 = reinterpret_cast<const sockaddr_in*>(node->ai_addr);
        query->addresses_.emplace_back(asio::ip::address_v4(ntohl(v4->sin_addr.s_addr)));
      } else if (node->ai_family == AF_INET6) {
        const auto* v6 = reinterpret_cast<const sockaddr_in6*>(node->ai_addr);
        asio::ip::address_v6::bytes_type bytes;
        std::copy(std::begin(v6->sin6_addr.s6_addr), std::end(v6->sin6_addr.s6_addr),
                  bytes.begin());
        query->addresses_.emplace_back(asio::ip::address_v6(bytes, v6->sin6_scope_id));
      }
    }
    ares_freeaddrinfo(result);
  }

  void watch() {
    if (channel_ == nullptr) return;
    if (is_answered_) return finish_soon();
    for (auto& [socket, watch] : watches_) {
      if (watch->is_read_wanted && !std::exchange(watch->is_reading, true)) {
        wait_for(socket, watch, asio::posix::stream_descriptor::wait_read);
      }
      if (watch->is_write_wanted && !std::exchange(watch->is_writing, true)) {
        wait_for(socket, watch, asio::posix::stream_descriptor::wait_write);
      }
    }
    timeval wait{};
    const timeval* next = ares_timeout(channel_, nullptr, &wait);
    if (next == nullptr) return;
    timer_.expires_after(std::chrono::seconds(next->tv_sec) +
                         std::chrono::microseconds(next->tv_usec) + std::chrono::milliseconds(1));
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (error || self->channel_ == nullptr) return;
      ares_process_fd(self->channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
      self->watch();
    });
  }

  void wait_for(ares_socket_t socket, const std::shared_ptr<Watch>& watch,
                asio::posix::stream_descriptor::wait_type what) {
    watch->descriptor.async_wait(
        what, [self = shared_from_this(), socket, watch, what](const error_code& error) {
          const bool is_read = what == asio::posix::stream_descriptor::wait_read;
          (is_read ? watch->is_reading : watch->is_writing) = false;
          if (error || self->channel_ == nullptr) return;
          ares_process_fd(self->channel_, is_read ? socket : ARES_SOCKET_BAD,
                          is_read ? ARES_SOCKET_BAD : socket);
          self->watch();
        });
  }

  void finish_soon() {
    asio::post(io_, [self = shared_from_this()] {
      self->shut();
      if (const Handler handler = std::exchange(self->handler_, {})) {
        handler(std::move(self->addresses_), std::move(self->reason_));
      }
    });
  }

  void shut() {
    timer_.cancel();
    if (ares_channel channel = std::exchange(channel_, nullptr)) ares_destroy(channel);
    for (auto& [socket, watch] : watches_) watch->descriptor.release();
    watches_.clear();
    if (std::exchange(is_library_ready_, false)) leave_library();
  }

  asio::io_context& io_;
  asio::steady_timer timer_;
  Handler handler_;
  ares_channel channel_ = nullptr;
  bool is_library_ready_ = false;
  bool is_answered_ = false;
  std::map<ares_socket_t, std::shared_ptr<Watch>> watches_;
  std::vector<asio::ip::address> addresses_;
  std::string reason_;
};

Resolver::Resolver(asio::io_context& io, std::string name_servers)
    : io_(io), name_servers_(std::move(name_servers)) {}

Resolver::~Resolver() { cancel(); }

void Resolver::resolve(const std::string& host, Handler handler) {
  query_ = std::make_shared<Query>(io_, std::move(handler));
  query_->start(host, name_servers_);
}

void Resolver::cancel() {
  if (query_) query_->cancel();
  query_.reset();
}

}  // namespace xsell::sync
