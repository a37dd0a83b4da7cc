#include "web_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "console.h"
#include "json_view.h"
#include "web_files.h"

namespace lane {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Tcp = asio::ip::tcp;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

constexpr std::uint64_t kLargestBody = 4096;
constexpr auto kRequestTime = std::chrono::seconds(30);
constexpr auto kTick = std::chrono::milliseconds(500);
constexpr std::size_t kMostStreams = 32;

constexpr char kPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// What the page's commands have to say goes back to the page; events reach the screen through the
// observers.
class PagePrinter final : public Printer {
 public:
  void step(const Step&, const Till&) override {}
  void status(const Till&) override {}
  void lines(const Till&) override {}
  void stats(const Till&) override {}
  void waited(std::string_view, bool, std::int64_t, const Till&) override {}
  void note(std::string_view) override {}
  void problem(std::string_view, std::string_view text) override { text_ = text; }

  std::string take() { return std::exchange(text_, {}); }

 private:
  std::string text_;
};

bool is_page_command(std::string_view command) {
  static constexpr std::string_view kAllowed[] = {
      "scan",   "accept",  "decline", "snooze",      "void",   "quantity", "return", "subtotal",
      "tender", "inquiry", "pay",     "tender-void", "cancel", "suspend",  "recall"};
  return std::find(std::begin(kAllowed), std::end(kAllowed), command) != std::end(kAllowed);
}

std::string url_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::sscanf(std::string(text.substr(i + 1, 2)).c_str(), "%2x", &value) == 1) {
      decoded += static_cast<char>(value);
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

}  // namespace

class Connection;

struct PageService {
  explicit PageService(Till& till_in)
      : till(till_in), console(till_in, printer, [this] { return is_stopping.load(); }) {}

  Till& till;
  PagePrinter printer;
  Console console;
  std::atomic<bool> is_stopping{false};
  std::atomic<bool> is_dirty{false};
  asio::io_context io{1};
  Tcp::acceptor acceptor{io};
  asio::steady_timer timer{io};
  bool is_loopback = true;
  unsigned short port = 0;
  std::set<std::shared_ptr<Connection>> streams;
  std::string last_page;
  std::thread thread;

  void accept();
  void tick();
  void broadcast();
  bool is_own_name(std::string_view host) const;
  Response answer(const Request& request);
  Response command(const Request& request);
  Response search(std::string_view query) const;
};

// One browser connection: requests one after the other, until one of them asks for the stream of
// states.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Tcp::socket socket, PageService& server)
      : stream_(std::move(socket)), server_(server) {}

  void read() {
    parser_.emplace();
    parser_->body_limit(kLargestBody);
    stream_.expires_after(kRequestTime);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](beast::error_code ec, std::size_t) {
                       if (!ec) self->handle(self->parser_->release());
                     });
  }

  // The newest state is all a page needs: one that could not be sent in time is replaced.
  void send_state(const std::string& page) {
    waiting_ = "data: " + page + "\n\n";
    if (!is_writing_) write_state();
  }

 private:
  void handle(Request request) {
    if (!server_.is_own_name(request[http::field::host])) {
      Response response(http::status::misdirected_request, request.version());
      response.keep_alive(false);
      return write(std::move(response));
    }
    if (request.target() == "/events" && request.method() == http::verb::get) return begin_stream();
    write(server_.answer(request));
  }

  void write(Response response) {
    response.set("Content-Security-Policy", kPolicy);
    response.set("X-Content-Type-Options", "nosniff");
    response.set("Referrer-Policy", "no-referrer");
    response.set("Cross-Origin-Resource-Policy", "same-origin");
    response.set("Cross-Origin-Opener-Policy", "same-origin");
    response.set(http::field::cache_control, "no-store");
    response.prepare_payload();
    response_ = std::move(response);
    http::async_write(stream_, response_,
                      [self = shared_from_this()](beast::error_code ec, std::size_t) {
                        if (ec || !self->response_.keep_alive()) return;
                        self->read();
                      });
  }

  void begin_stream() {
    if (server_.streams.size() >= kMostStreams) {
      Response response(http::status::service_unavailable, 11);
      return write(std::move(response));
    }
    stream_.expires_never();
    is_writing_ = true;
    sending_ =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
        "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\nretry: 1000\n\n";
    if (!server_.last_page.empty()) sending_ += "data: " + server_.last_page + "\n\n";
    server_.streams.insert(shared_from_this());
    write_sending();
    watch_for_end();
  }

  void write_state() {
    is_writing_ = true;
    sending_ = std::exchange(waiting_, {});
    write_sending();
  }

  void write_sending() {
    asio::async_write(stream_.socket(), asio::buffer(sending_),
                      [self = shared_from_this()](beast::error_code ec, std::size_t) {
                        if (ec) return self->end_stream();
                        self->is_writing_ = false;
                        if (!self->waiting_.empty()) self->write_state();
                      });
  }

  // A page sends nothing more on its stream: whatever arrives, or the end, is the end.
  void watch_for_end() {
    stream_.socket().async_wait(
        Tcp::socket::wait_read,
        [self = shared_from_this()](beast::error_code) { self->end_stream(); });
  }

  void end_stream() {
    beast::error_code ignored;
    stream_.socket().close(ignored);
    server_.streams.erase(shared_from_this());
  }

  beast::tcp_stream stream_;
  PageService& server_;
  beast::flat_buffer buffer_{16 * 1024};
  std::optional<http::request_parser<http::string_body>> parser_;
  Response response_;
  std::string sending_, waiting_;
  bool is_writing_ = false;
};

void PageService::accept() {
  acceptor.async_accept([this](beast::error_code ec, Tcp::socket socket) {
    if (ec) return;
    std::make_shared<Connection>(std::move(socket), *this)->read();
    accept();
  });
}

void PageService::tick() {
  {
    const std::lock_guard lock(till.mutex());
    till.tick();
  }
  broadcast();
  timer.expires_after(kTick);
  timer.async_wait([this](beast::error_code ec) {
    if (!ec) tick();
  });
}

void PageService::broadcast() {
  is_dirty = false;
  std::string page;
  {
    const std::lock_guard lock(till.mutex());
    page = page_json(till).dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  if (page == last_page) return;
  last_page = std::move(page);
  const auto receivers = streams;
  for (const auto& connection : receivers) connection->send_state(last_page);
}

bool PageService::is_own_name(std::string_view host) const {
  if (!is_loopback) return true;
  for (const std::string_view name : {"127.0.0.1", "localhost", "[::1]"}) {
    if (host == fmt::format("{}:{}", name, port)) return true;
  }
  return false;
}

Response PageService::answer(const Request& request) {
  const std::string_view target = request.target();
  const std::string_view path = target.substr(0, target.find('?'));
  Response response(http::status::ok, request.version());
  response.keep_alive(request.keep_alive());
  if (path == "/command" && request.method() == http::verb::post) {
    response = command(request);
  } else if (request.method() != http::verb::get) {
    response.result(http::status::method_not_allowed);
  } else if (path == "/items") {
    const std::size_t query = target.find("?q=");
    response = search(query == std::string_view::npos ? "" : target.substr(query + 3));
  } else if (const WebFile* file = find_web_file(path)) {
    response.set(http::field::content_type, file->content_type);
    response.body() = file->content;
  } else {
    response.result(http::status::not_found);
  }
  response.keep_alive(request.keep_alive());
  return response;
}

Response PageService::command(const Request& request) {
  Response response(http::status::ok, request.version());
  response.set(http::field::content_type, "application/json");
  const std::string_view origin = request[http::field::origin];
  const bool is_same_origin =
      origin.empty() ||
      origin == fmt::format("http://{}", std::string_view(request[http::field::host]));
  const auto json = nlohmann::json::parse(request.body(), nullptr, false);
  const bool is_json =
      std::string_view(request[http::field::content_type]).starts_with("application/json");
  if (!is_same_origin || !is_json || !json.is_object() || !json.contains("command") ||
      !json["command"].is_string()) {
    response.result(is_same_origin ? http::status::bad_request : http::status::forbidden);
    return response;
  }
  const std::string line = json["command"].get<std::string>();
  if (!is_page_command(std::string_view(line).substr(0, line.find(' '))) ||
      line.find('\n') != std::string::npos) {
    response.result(http::status::bad_request);
    return response;
  }
  console.run(line, {});
  const std::string problem = printer.take();
  response.body() = Json{{"ok", problem.empty()}, {"problem", problem}}.dump(
      -1, ' ', false, Json::error_handler_t::replace);
  return response;
}

Response PageService::search(std::string_view query) const {
  Response response(http::status::ok, 11);
  response.set(http::field::content_type, "application/json");
  Json list = Json::array();
  const std::string text = url_decode(query);
  // The list of items does not change once it is loaded.
  const auto add = [&](const Item& item) {
    Json json = {{"code", item.code}, {"name", item.name}};
    if (item.price_minor) json["price_minor"] = *item.price_minor;
    list.push_back(std::move(json));
  };
  const Item* exact = till.items().find(text);
  if (exact != nullptr) add(*exact);
  for (const Item* item : till.items().search(text, 8)) {
    if (item != exact) add(*item);
  }
  response.body() = Json{{"items", std::move(list)},
                         {"is_exact", exact != nullptr},
                         {"has_list", till.items().size() > 0}}
                        .dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

std::unique_ptr<WebServer> WebServer::start(Till& till, const std::string& listen,
                                            std::string& error) {
  const std::size_t colon = listen.rfind(':');
  std::string address = colon == std::string::npos ? "127.0.0.1" : listen.substr(0, colon);
  const std::string port = colon == std::string::npos ? listen : listen.substr(colon + 1);
  if (address.size() > 2 && address.front() == '[') address = address.substr(1, address.size() - 2);
  if (address == "localhost") address = "127.0.0.1";
  beast::error_code ec;
  const auto ip = asio::ip::make_address(address, ec);
  const bool is_port = !port.empty() && port.size() <= 5 &&
                       port.find_first_not_of("0123456789") == std::string::npos &&
                       std::stoi(port) <= 65535;
  if (ec || !is_port) {
    error = fmt::format("`{}` is not [ADDRESS:]PORT", listen);
    return nullptr;
  }
  std::unique_ptr<WebServer> server(new WebServer);
  server->state_ = std::make_unique<PageService>(till);
  PageService& state = *server->state_;
  const Tcp::endpoint endpoint(ip, static_cast<unsigned short>(std::stoi(port)));
  state.acceptor.open(endpoint.protocol(), ec);
  if (!ec) state.acceptor.set_option(Tcp::acceptor::reuse_address(true), ec);
  if (!ec) state.acceptor.bind(endpoint, ec);
  if (!ec) state.acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) {
    error = fmt::format("cannot listen on {}: {}", listen, ec.message());
    return nullptr;
  }
  state.is_loopback = ip.is_loopback();
  state.port = server->port_ = state.acceptor.local_endpoint().port();
  server->address_ =
      fmt::format("http://{}:{}/", ip.is_v6() ? "[" + address + "]" : address, state.port);
  {
    const std::lock_guard lock(till.mutex());
    till.observe([&state](const Step&) {
      if (state.is_dirty.exchange(true)) return;
      asio::post(state.io, [&state] { state.broadcast(); });
    });
  }
  state.accept();
  state.tick();
  state.thread = std::thread([&state] { state.io.run(); });
  return server;
}

WebServer::~WebServer() {
  if (!state_ || !state_->thread.joinable()) return;
  {
    const std::lock_guard lock(state_->till.mutex());
    state_->till.forget_observers();
  }
  state_->is_stopping = true;
  state_->io.stop();
  state_->thread.join();
  // Connections refer to the io_context: they go first.
  state_->streams.clear();
}

bool WebServer::write_port_file(const std::string& path) const {
  const std::string unfinished = path + ".new";
  {
    std::ofstream file(unfinished);
    file << port_ << '\n';
    if (!file.flush()) return false;
  }
  return std::rename(unfinished.c_str(), path.c_str()) == 0;
}

}  // namespace lane
