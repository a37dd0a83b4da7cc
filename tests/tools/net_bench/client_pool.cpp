#include "tests/tools/net_bench/client_pool.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <stdexcept>

namespace xsell::benchmark {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kHandshakesAtOnce = 64;
constexpr auto kLongestOpening = std::chrono::seconds(120);

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

}  // namespace

struct ClientPool::State {
  struct Client {
    int descriptor = -1;
    SSL* tls = nullptr;
    bool is_open = false;
    std::string unsent;
  };

  State(std::uint16_t to_port, const std::string& ca_pem, OnBytes handler)
      : port(to_port), on_bytes(std::move(handler)), epoll(::epoll_create1(EPOLL_CLOEXEC)) {
    context = SSL_CTX_new(TLS_client_method());
    BIO* pem = BIO_new_mem_buf(ca_pem.data(), static_cast<int>(ca_pem.size()));
    X509* authority = PEM_read_bio_X509(pem, nullptr, nullptr, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority);
    X509_free(authority);
    BIO_free(pem);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  }

  ~State() {
    for (const Client& client : clients) {
      SSL_free(client.tls);
      if (client.descriptor >= 0) ::close(client.descriptor);
    }
    ::close(epoll);
    SSL_CTX_free(context);
  }

  void begin(const std::string& greeting) {
    Client client;
    client.descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (client.descriptor < 0) fail("socket");
    const int on = 1;
    ::setsockopt(client.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(client.descriptor, reinterpret_cast<const sockaddr*>(&where), sizeof where) !=
            0 &&
        errno != EINPROGRESS) {
      fail("connect");
    }
    client.tls = SSL_new(context);
    SSL_set_fd(client.tls, client.descriptor);
    SSL_set_connect_state(client.tls);
    client.unsent = greeting;
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.u64 = clients.size();
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, client.descriptor, &event) != 0) fail("epoll_ctl");
    clients.push_back(std::move(client));
  }

  void handle(std::size_t index) {
    Client& client = clients[index];
    ERR_clear_error();
    if (!client.is_open) {
      const int result = SSL_do_handshake(client.tls);
      if (result != 1) {
        const int error = SSL_get_error(client.tls, result);
        if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return;
        throw std::runtime_error("connection " + std::to_string(index) +
                                 ": TLS failed: " + ERR_error_string(ERR_get_error(), nullptr));
      }
      client.is_open = true;
      ++open_count;
    }
    flush(client);
    for (;;) {
      std::size_t size = 0;
      const int result = SSL_read_ex(client.tls, buffer.data(), buffer.size(), &size);
      if (result == 1) {
        on_bytes(index, {buffer.data(), size});
        continue;
      }
      const int error = SSL_get_error(client.tls, result);
      if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return;
      throw std::runtime_error("connection " + std::to_string(index) + " was ended by the server");
    }
  }

  static void flush(Client& client) {
    while (!client.unsent.empty()) {
      std::size_t size = 0;
      if (SSL_write_ex(client.tls, client.unsent.data(), client.unsent.size(), &size) != 1) return;
      client.unsent.erase(0, size);
    }
  }

  bool run_until(const std::function<bool()>& is_so, Clock::time_point end) {
    std::array<epoll_event, 512> events;
    while (!is_so()) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
      if (left <= 0) return false;
      const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()),
                                     static_cast<int>(std::min<std::int64_t>(left, 100)));
      for (int i = 0; i < count; ++i) handle(events[static_cast<std::size_t>(i)].data.u64);
    }
    return true;
  }

  const std::uint16_t port;
  const OnBytes on_bytes;
  const int epoll;
  SSL_CTX* context = nullptr;
  std::deque<Client> clients;
  std::size_t open_count = 0;
  std::array<char, 64 * 1024> buffer;
};

ClientPool::ClientPool(std::uint16_t port, const std::string& ca_pem, OnBytes on_bytes)
    : state_(std::make_unique<State>(port, ca_pem, std::move(on_bytes))) {}

ClientPool::~ClientPool() = default;

void ClientPool::open(std::size_t count, const std::string& greeting) {
  State& state = *state_;
  const auto end = Clock::now() + kLongestOpening;
  while (state.open_count < count) {
    while (state.clients.size() < count &&
           state.clients.size() - state.open_count < kHandshakesAtOnce) {
      state.begin(greeting);
    }
    const std::size_t before = state.open_count;
    if (!state.run_until([&] { return state.open_count > before; }, end))
      throw std::runtime_error("only " + std::to_string(state.open_count) + " connections opened");
  }
}

void ClientPool::send(std::size_t index, std::string_view bytes) {
  State::Client& client = state_->clients[index];
  client.unsent += bytes;
  State::flush(client);
}

bool ClientPool::run_until(const std::function<bool()>& is_so, std::chrono::milliseconds longest) {
  return state_->run_until(is_so, Clock::now() + longest);
}

std::size_t ClientPool::size() const { return state_->clients.size(); }

}  // namespace xsell::benchmark
