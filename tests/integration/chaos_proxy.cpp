#include "tests/integration/chaos_proxy.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <future>
#include <random>
#include <set>
#include <string>
#include <thread>

namespace xsell::tests {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

class ChaosProxy::Core : public std::enable_shared_from_this<Core> {
 public:
  class Pipe;

  explicit Core(std::uint16_t server_port)
      : acceptor_(io_, {asio::ip::address_v4::loopback(), 0}), server_port_(server_port) {}

  void start() {
    accept();
    thread_ = std::thread([this] { io_.run(); });
  }

  void stop();
  void cut_all();

  // On the proxy's thread; returns when it is done.
  template <typename Work>
  void run(Work work) {
    std::promise<void> done;
    asio::post(io_, [&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }

  void accept();

  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> stays_{io_.get_executor()};
  tcp::acceptor acceptor_;
  std::uint16_t server_port_;
  std::array<Toxics, 2> toxics_;
  bool is_down_ = false;
  std::set<std::shared_ptr<Pipe>> pipes_;
  std::mt19937 dice_{20'261'123};
  std::atomic<int> connections_{0};
  std::atomic<int> open_{0};
  std::array<std::atomic<std::uint64_t>, 2> passed_{};
  std::thread thread_;
};

// One connection: two sockets, and a queue of pieces with the time that each is due for each way.
class ChaosProxy::Core::Pipe : public std::enable_shared_from_this<Pipe> {
 public:
  Pipe(Core& core, tcp::socket client)
      : core_(core),
        ways_{Flow(client_, server_, core.io_), Flow(server_, client_, core.io_)},
        client_(std::move(client)),
        server_(core.io_) {}

  void start() {
    server_.async_connect({asio::ip::address_v4::loopback(), core_.server_port_},
                          [self = shared_from_this()](const error_code& error) {
                            if (error) return self->reset();
                            error_code ignored;
                            self->client_.set_option(tcp::no_delay(true), ignored);
                            self->server_.set_option(tcp::no_delay(true), ignored);
                            self->read(kToServer);
                            self->read(kToClient);
                          });
  }

  void reset() {
    if (std::exchange(is_over_, true)) return;
    error_code ignored;
    for (tcp::socket* socket : {&client_, &server_}) {
      socket->set_option(asio::socket_base::linger(true, 0), ignored);
      socket->close(ignored);
    }
    finish();
  }

  void close() {
    if (std::exchange(is_over_, true)) return;
    error_code ignored;
    client_.close(ignored);
    server_.close(ignored);
    finish();
  }

 private:
  struct Piece {
    Clock::time_point due;
    std::string bytes;
  };

  struct Flow {
    Flow(tcp::socket& source, tcp::socket& sink, asio::io_context& io)
        : from(source), to(sink), timer(io), doom(io) {}
    tcp::socket& from;
    tcp::socket& to;
    asio::steady_timer timer;
    asio::steady_timer doom;  // resets or closes the connection
    std::array<char, 16 * 1024> buffer{};
    std::deque<Piece> queue;
    Clock::time_point last_due{};
    std::uint64_t count = 0;  // of bytes passed on
    bool has_begun = false;
    bool is_writing = false;
    bool is_ended = false;  // by the sender
  };

  const Toxics& toxics(Way way) const { return core_.toxics_[way]; }

  void finish() {
    for (Flow& flow : ways_) {
      flow.timer.cancel();
      flow.doom.cancel();
    }
    --core_.open_;
    core_.pipes_.erase(shared_from_this());
  }

  void doom(Way way, std::chrono::milliseconds after, bool is_reset) {
    ways_[way].doom.expires_after(after);
    ways_[way].doom.async_wait([self = shared_from_this(), is_reset](const error_code& error) {
      if (error) return;
      is_reset ? self->reset() : self->close();
    });
  }

  void read(Way way) {
    Flow& flow = ways_[way];
    flow.from.async_read_some(
        asio::buffer(flow.buffer),
        [self = shared_from_this(), way](const error_code& error, std::size_t size) {
          if (self->is_over_) return;
          if (error && error != asio::error::eof) return self->reset();
          if (error) {
            self->ways_[way].is_ended = true;
            return self->pump(way);
          }
          self->take(way, size);
          self->read(way);
        });
  }

  void take(Way way, std::size_t size) {
    Flow& flow = ways_[way];
    const Toxics& toxic = toxics(way);
    const bool is_first = !std::exchange(flow.has_begun, true);
    if (is_first && toxic.reset) doom(way, *toxic.reset, true);
    if (toxic.timeout) {
      if (toxic.timeout->count() > 0) doom(way, *toxic.timeout, false);
      return;  // swallowed
    }
    auto due = Clock::now() + toxic.latency;
    if (toxic.jitter.count() > 0) {
      due += std::chrono::milliseconds(
          std::uniform_int_distribution<std::int64_t>(0, toxic.jitter.count())(core_.dice_));
    }
    const std::size_t slice = toxic.slice_bytes > 0 ? toxic.slice_bytes : size;
    for (std::size_t at = 0; at < size; at += slice) {
      due = std::max(due, flow.last_due);
      const std::size_t length = std::min(slice, size - at);
      flow.queue.push_back({due, std::string(flow.buffer.data() + at, length)});
      flow.last_due = due;
      due += toxic.slice_gap;
      if (toxic.bytes_per_s > 0) {
        due += std::chrono::microseconds(length * 1'000'000 / toxic.bytes_per_s);
        flow.last_due = due;
      }
    }
    pump(way);
  }

  void pump(Way way) {
    Flow& flow = ways_[way];
    if (flow.is_writing || is_over_) return;
    if (flow.queue.empty()) {
      if (flow.is_ended) pass_end(way);
      return;
    }
    flow.is_writing = true;
    flow.timer.expires_at(flow.queue.front().due);
    flow.timer.async_wait([self = shared_from_this(), way](const error_code& error) {
      if (!error && !self->is_over_) self->write(way);
    });
  }

  void write(Way way) {
    Flow& flow = ways_[way];
    std::string& bytes = flow.queue.front().bytes;
    const std::uint64_t left =
        toxics(way).limit_bytes - std::min(toxics(way).limit_bytes, flow.count);
    const bool is_last = bytes.size() >= left;
    if (is_last) bytes.resize(static_cast<std::size_t>(left));
    asio::async_write(
        flow.to, asio::buffer(bytes),
        [self = shared_from_this(), way, is_last](const error_code& error, std::size_t size) {
          if (self->is_over_) return;
          Flow& done = self->ways_[way];
          done.count += size;
          self->core_.passed_[way] += size;
          if (error) return self->reset();
          if (is_last) return self->close();
          done.queue.pop_front();
          done.is_writing = false;
          self->pump(way);
        });
  }

  void pass_end(Way way) {
    Flow& flow = ways_[way];
    flow.is_writing = true;  // nothing comes behind it
    flow.timer.expires_after(toxics(way).slow_close);
    flow.timer.async_wait([self = shared_from_this(), way](const error_code& error) {
      if (error || self->is_over_) return;
      Flow& ended = self->ways_[way];
      error_code ignored;
      ended.to.shutdown(tcp::socket::shutdown_send, ignored);
      if (self->ways_[1 - way].is_ended) self->close();
    });
  }

  Core& core_;
  std::array<Flow, 2> ways_;  // refer to the sockets only once these are there
  tcp::socket client_;
  tcp::socket server_;
  bool is_over_ = false;
};

void ChaosProxy::Core::accept() {
  acceptor_.async_accept([self = shared_from_this()](const error_code& error, tcp::socket socket) {
    if (error) return;
    ++self->connections_;
    ++self->open_;
    const auto pipe = std::make_shared<Pipe>(*self, std::move(socket));
    self->pipes_.insert(pipe);
    self->is_down_ ? pipe->reset() : pipe->start();
    self->accept();
  });
}

void ChaosProxy::Core::cut_all() {
  const auto all = pipes_;
  for (const auto& pipe : all) pipe->reset();
}

void ChaosProxy::Core::stop() {
  run([this] {
    error_code ignored;
    acceptor_.close(ignored);
    cut_all();
  });
  stays_.reset();
  thread_.join();
}

ChaosProxy::ChaosProxy(std::uint16_t server_port) : core_(std::make_shared<Core>(server_port)) {
  core_->start();
}

ChaosProxy::~ChaosProxy() { core_->stop(); }

std::uint16_t ChaosProxy::port() const { return core_->acceptor_.local_endpoint().port(); }

void ChaosProxy::set(Way way, const Toxics& toxics) {
  core_->run([&] { core_->toxics_[way] = toxics; });
}

void ChaosProxy::heal() {
  core_->run([&] {
    core_->toxics_ = {};
    core_->is_down_ = false;
  });
}

void ChaosProxy::set_down(bool is_down) {
  core_->run([&] {
    core_->is_down_ = is_down;
    if (is_down) core_->cut_all();
  });
}

void ChaosProxy::use_server(std::uint16_t port) {
  core_->run([&] { core_->server_port_ = port; });
}

int ChaosProxy::connections() const { return core_->connections_; }

int ChaosProxy::open_connections() const { return core_->open_; }

std::uint64_t ChaosProxy::bytes_passed(Way way) const { return core_->passed_[way]; }

}  // namespace xsell::tests
