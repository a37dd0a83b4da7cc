#include "tests/tools/net_bench/peers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <vector>

#include "tests/integration/free_port.h"
#include "tests/plugin/wait_for.h"

namespace xsell::benchmark {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return where;
}

bool takes_connections(std::uint16_t port) {
  const sockaddr_in where = loopback(port);
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool is_taken =
      ::connect(descriptor, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0;
  ::close(descriptor);
  return is_taken;
}

// Debian keeps daemons in /usr/sbin, which is not on every user's path.
std::string find_daemon(const std::string& name) {
  for (const char* folder : {"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/"}) {
    if (std::filesystem::exists(folder + name)) return folder + name;
  }
  return {};
}

class Daemon : public Peer {
 public:
  Daemon(const PeerTls& tls, const std::string& program) : program_(program) {
    std::filesystem::permissions(folder_.path(), std::filesystem::perms::owner_all);
    tests::write_text(folder_.file("chain.pem"), tls.chain_pem);
    tests::write_text(folder_.file("key.pem"), tls.key_pem);
  }

  std::uint16_t port() const override { return port_; }
  pid_t process() const override { return running_->process(); }

  const std::string& program() const { return program_; }
  std::string file(const std::string& name) const { return folder_.file(name); }

  void start(const std::vector<std::string>& arguments) {
    running_ = std::make_unique<tests::ChildProcess>(arguments, folder_.file("log"));
    if (!tests::wait_for([&] { return takes_connections(port_); }, std::chrono::seconds(10)))
      throw std::runtime_error(program_ + ": " + tests::read_text(folder_.file("log")));
  }

 private:
  const std::string program_;
  const std::uint16_t port_ = tests::free_port();
  tests::TemporaryFolder folder_;
  std::unique_ptr<tests::ChildProcess> running_;
};

}  // namespace

std::unique_ptr<Peer> start_nginx(const PeerTls& tls, const std::string& document_root) {
  const std::string program = find_daemon("nginx");
  if (program.empty()) return nullptr;
  auto nginx = std::make_unique<Daemon>(tls, program);
  std::string temporary;
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
    temporary += std::string(kind) + "_temp_path " + nginx->file(kind) + ";\n";
  // One worker, as HQ has one thread; no log, as HQ writes none for files.
  tests::write_text(nginx->file("nginx.conf"),
                    std::string(::getuid() == 0 ? "user root;\n" : "") +
                        "daemon off;\nmaster_process off;\nworker_processes 1;\npid " +
                        nginx->file("pid") +
                        ";\nerror_log stderr crit;\nworker_rlimit_nofile 20000;\n"
                        "events { worker_connections 10000; }\n"
                        "http {\naccess_log off;\nsendfile on;\nkeepalive_requests 10000000;\n" +
                        temporary + "server {\nlisten 127.0.0.1:" + std::to_string(nginx->port()) +
                        " ssl;\nssl_certificate " + nginx->file("chain.pem") +
                        ";\nssl_certificate_key " + nginx->file("key.pem") +
                        ";\nssl_protocols TLSv1.2 TLSv1.3;\nssl_session_tickets off;\nroot " +
                        document_root + ";\n}\n}\n");
  nginx->start({program, "-e", "stderr", "-c", nginx->file("nginx.conf")});
  return nginx;
}

std::unique_ptr<Peer> start_mosquitto(const PeerTls& tls) {
  const std::string program = find_daemon("mosquitto");
  if (program.empty()) return nullptr;
  auto mosquitto = std::make_unique<Daemon>(tls, program);
  tests::write_text(mosquitto->file("mosquitto.conf"),
                    std::string(::getuid() == 0 ? "user root\n" : "") + "listener " +
                        std::to_string(mosquitto->port()) + " 127.0.0.1\ncertfile " +
                        mosquitto->file("chain.pem") + "\nkeyfile " + mosquitto->file("key.pem") +
                        "\ntls_version tlsv1.3\nallow_anonymous true\nmax_connections -1\n"
                        "persistence false\nlog_type error\nset_tcp_nodelay true\n");
  mosquitto->start({program, "-c", mosquitto->file("mosquitto.conf")});
  return mosquitto;
}

}  // namespace xsell::benchmark
