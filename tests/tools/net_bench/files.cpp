#include <charconv>
#include <random>
#include <stdexcept>

#include "tests/tools/net_bench/client_pool.h"
#include "tests/tools/net_bench/measurements.h"
#include "tests/tools/net_bench/peers.h"

namespace xsell::benchmark {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;
using namespace std::chrono_literals;

constexpr std::size_t kBundleBytes = 16 << 20;
constexpr const char* kBundlePath = "/v1/targets/0000.benchmark";
constexpr const char* kHeadPath = "/v1/tuf/timestamp.json";

std::string get(const char* path, const std::string& bearer, const std::string& etag = {}) {
  std::string request = "GET " + std::string(path) + " HTTP/1.1\r\nHost: hq\r\n";
  if (!bearer.empty()) request += "Authorization: Bearer " + bearer + "\r\n";
  if (!etag.empty()) request += "If-None-Match: " + etag + "\r\n";
  return request + "\r\n";
}

std::string field(const std::string& head, const std::string& name) {
  const std::size_t at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const std::size_t from = at + name.size() + 4;
  return head.substr(from, head.find("\r\n", from) - from);
}

// The ETag of the head, as this server has it.
std::string etag_of(std::uint16_t port, const std::string& ca_pem, const std::string& bearer) {
  std::string received;
  ClientPool pool(port, ca_pem, [&](std::size_t, std::string_view bytes) { received += bytes; });
  pool.open(1, get(kHeadPath, bearer));
  pool.run_until([&] { return received.find("\r\n\r\n") != std::string::npos; }, 10s);
  const std::string etag = field(received, "ETag");
  if (!received.starts_with("HTTP/1.1 200") || etag.empty())
    throw std::runtime_error("no head from port " + std::to_string(port) + ": " + received);
  return etag;
}

// Each connection asks again once it is answered.
double polls_a_second(std::uint16_t port, const std::string& ca_pem, const std::string& bearer,
                      std::size_t connections, std::chrono::seconds time) {
  const std::string request = get(kHeadPath, bearer, etag_of(port, ca_pem, bearer));
  std::uint64_t count = 0;
  std::vector<std::string> heads(connections);
  ClientPool* asking = nullptr;
  ClientPool pool(port, ca_pem, [&](std::size_t index, std::string_view bytes) {
    std::string& head = heads[index];
    head += bytes;
    if (!head.ends_with("\r\n\r\n")) return;
    if (!head.starts_with("HTTP/1.1 304")) throw std::runtime_error("not a 304: " + head);
    head.clear();
    ++count;
    asking->send(index, request);
  });
  asking = &pool;
  pool.open(connections, request);
  pool.run_until([] { return false; }, 200ms);
  count = 0;
  const auto from = Clock::now();
  pool.run_until([] { return false; }, time);
  return static_cast<double>(count) / std::chrono::duration<double>(Clock::now() - from).count();
}

double megabytes_a_second(std::uint16_t port, const std::string& ca_pem, const std::string& bearer,
                          std::size_t connections) {
  std::uint64_t received = 0;
  std::size_t finished = 0;
  std::vector<std::uint64_t> counts(connections);
  ClientPool pool(port, ca_pem, [&](std::size_t index, std::string_view bytes) {
    received += bytes.size();
    const std::uint64_t before = counts[index];
    counts[index] += bytes.size();
    if (before < kBundleBytes && counts[index] >= kBundleBytes) ++finished;
  });
  const auto from = Clock::now();
  pool.open(connections, get(kBundlePath, bearer));
  if (!pool.run_until([&] { return finished == connections; }, 60s))
    throw std::runtime_error("the bundle did not come whole");
  return static_cast<double>(received) / 1e6 /
         std::chrono::duration<double>(Clock::now() - from).count();
}

std::string noise() {
  std::string bytes(kBundleBytes, '\0');
  std::mt19937_64 engine(7);
  for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
    const std::uint64_t word = engine();
    for (std::size_t j = 0; j < 8; ++j) bytes[i + j] = static_cast<char>(word >> (8 * j));
  }
  return bytes;
}

}  // namespace

Json measure_files(MeasuredHq& hq, std::size_t connections, std::chrono::seconds time) {
  tests::write_text(hq.tree() + kBundlePath, noise());
  const std::string& ca_pem = hq.lane().ca_pem;
  const auto measure = [&](std::uint16_t port, const std::string& bearer) {
    return Json{{"polls_a_second", polls_a_second(port, ca_pem, bearer, connections, time)},
                {"bundle_mb_a_second_1_lane", megabytes_a_second(port, ca_pem, bearer, 1)},
                {"bundle_mb_a_second_8_lanes", megabytes_a_second(port, ca_pem, bearer, 8)}};
  };
  Json result = {{"connections", connections}, {"hq", measure(hq.port(), hq.lane().bearer)}};
  const std::unique_ptr<Peer> nginx =
      start_nginx({tests::read_text(hq.program().file("hq/tls/server.pem")),
                   tests::read_text(hq.program().file("hq/tls/server.key.pem"))},
                  hq.tree());
  if (nginx) result["nginx"] = measure(nginx->port(), {});
  return result;
}

}  // namespace xsell::benchmark
