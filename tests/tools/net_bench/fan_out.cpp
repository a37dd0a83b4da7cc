#include <algorithm>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "tests/tools/net_bench/client_pool.h"
#include "tests/tools/net_bench/measurements.h"
#include "tests/tools/net_bench/peers.h"

namespace xsell::benchmark {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;
using namespace std::chrono_literals;

constexpr auto kLongestRound = 30s;

double ms_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

// The heads of two releases, put in place in turns as the last act of a publish does it: what
// xsell-hq does before that is not part of what lanes wait for.
class Heads {
 public:
  explicit Heads(MeasuredHq& hq) : path_(hq.tree() + "/v1/tuf/timestamp.json") {}

  // The release that is published now.
  void keep(std::uint64_t version) { heads_.push_back({version, tests::read_text(path_)}); }

  std::uint64_t next_version() const { return heads_[turn_ % heads_.size()].version; }

  // The moment before it can be seen.
  Clock::time_point put_next() {
    const std::string side = path_ + ".part";
    tests::write_text(side, heads_[turn_++ % heads_.size()].bytes);
    const auto now = Clock::now();
    if (std::rename(side.c_str(), path_.c_str()) != 0)
      throw std::runtime_error("cannot replace " + path_);
    return now;
  }

 private:
  struct Head {
    std::uint64_t version;
    std::string bytes;
  };
  const std::string path_;
  std::vector<Head> heads_;
  std::size_t turn_ = 0;
};

// Of a process, in KiB.
double resident_kib(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6));
  }
  throw std::runtime_error("no memory figure of process " + std::to_string(process));
}

// What so many connections have added. A few are lost in what a server allocates anyway.
void note_memory(Json& figures, pid_t process, double before_kib, std::size_t connections) {
  constexpr std::size_t kFewest = 100;
  if (connections < kFewest) return;
  figures["kib_a_connection"] =
      (resident_kib(process) - before_kib) / static_cast<double>(connections);
}

// The clients of one server, which count who has been told of the present round.
class Audience {
 public:
  Audience(std::uint16_t port, const std::string& ca_pem, std::string mark_before)
      : mark_before_(std::move(mark_before)),
        pool_(port, ca_pem, [this](std::size_t index, std::string_view bytes) {
          // A message may come in two pieces; its end alone is kept.
          std::string& tail = tails_[index];
          tail += bytes;
          if (tail.find(mark_) != std::string::npos && rounds_[index] != round_) {
            rounds_[index] = round_;
            ++told_;
            if (told_ == 1) first_ = Clock::now();
            last_ = Clock::now();
          }
          if (tail.size() > 512) tail.erase(0, tail.size() - 128);
        }) {}

  void open(std::size_t count, const std::string& greeting) {
    tails_.resize(count);
    rounds_.resize(count, 0);
    pool_.open(count, greeting);
  }

  void await(std::uint64_t number) {
    mark_ = mark_before_ + std::to_string(number) + ",";
    for (std::string& tail : tails_) tail.clear();
    ++round_;
    told_ = 0;
  }

  bool is_all_told() const { return told_ == rounds_.size(); }
  void run_until_told() {
    if (!pool_.run_until([this] { return is_all_told(); }, kLongestRound))
      throw std::runtime_error("only " + std::to_string(told_) + " of " +
                               std::to_string(rounds_.size()) + " were told");
  }

  Clock::time_point first() const { return first_; }
  Clock::time_point last() const { return last_; }
  ClientPool& pool() { return pool_; }

 private:
  const std::string mark_before_;
  std::string mark_ = "nothing yet";
  std::vector<std::string> tails_;
  std::vector<int> rounds_;
  int round_ = 0;
  std::size_t told_ = 0;
  Clock::time_point first_, last_;
  ClientPool pool_;
};

// MQTT 3.1.1, as far as one retained message needs it.
std::string packet(char kind, const std::string& content) {
  std::string text(1, kind);
  std::size_t length = content.size();
  do {
    const char part = static_cast<char>(length % 128);
    length /= 128;
    text += static_cast<char>(length > 0 ? part | '\x80' : part);
  } while (length > 0);
  return text + content;
}

std::string counted(const std::string& text) {
  return std::string{static_cast<char>(text.size() >> 8), static_cast<char>(text.size() & 0xFF)} +
         text;
}

std::string mqtt_connect() {
  const std::string nobody = counted("");
  return packet('\x10', counted("MQTT") + std::string("\x04\x02\x00\x00", 4) + nobody);
}

std::string mqtt_subscribe() {
  return packet('\x82', std::string("\x00\x01", 2) + counted("head") + std::string(1, '\0'));
}

std::string mqtt_publish(std::uint64_t number) {
  return packet('\x31',
                counted("head") + "{\"version\":" + std::to_string(number) + ",\"spread_s\":0}");
}

struct Rounds {
  std::vector<double> first_ms, last_ms;

  void add(Clock::time_point from, const Audience& audience) {
    first_ms.push_back(ms_between(from, audience.first()));
    last_ms.push_back(ms_between(from, audience.last()));
  }
  static double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  }
  Json json() const {
    return {{"first_told_ms", median(first_ms)},
            {"last_told_ms", median(last_ms)},
            {"last_told_ms_of_each_round", last_ms}};
  }
};

}  // namespace

Json measure_fan_out(MeasuredHq& hq, std::size_t lanes, int rounds) {
  const double hq_before = resident_kib(hq.program().process());
  Audience audience(hq.port(), hq.lane().ca_pem, "{\"version\":");
  // Each stream begins with the head that is: then all of them stand.
  std::uint64_t version = hq.program().run({"status"}).at("published_version");
  audience.await(version);
  audience.open(lanes, "GET /v1/stream HTTP/1.1\r\nHost: hq\r\nAuthorization: Bearer " +
                           hq.lane().bearer + "\r\n\r\n");
  audience.run_until_told();
  Json result = {{"lanes", lanes}, {"hq", Json::object()}};
  note_memory(result["hq"], hq.program().process(), hq_before, lanes);

  const std::unique_ptr<Peer> mosquitto =
      start_mosquitto({tests::read_text(hq.program().file("hq/tls/server.pem")),
                       tests::read_text(hq.program().file("hq/tls/server.key.pem"))});
  std::unique_ptr<Audience> subscribers;
  if (mosquitto) {
    const double before = resident_kib(mosquitto->process());
    subscribers = std::make_unique<Audience>(mosquitto->port(), hq.lane().ca_pem, "{\"version\":");
    subscribers->open(lanes, mqtt_connect() + mqtt_subscribe());
    // A retained message that each gets on subscribing, or at once.
    subscribers->await(999'999);
    subscribers->pool().send(0, mqtt_publish(999'999));
    subscribers->run_until_told();
    result["mosquitto"] = Json::object();
    note_memory(result["mosquitto"], mosquitto->process(), before, lanes);
  }

  Heads heads(hq);
  heads.keep(version);
  audience.await(++version);
  if (hq.program().publish("Another release") != version)
    throw std::runtime_error("another version was published");
  audience.run_until_told();
  heads.keep(version);

  Rounds told, rival;
  for (int round = 0; round < rounds; ++round) {
    audience.await(heads.next_version());
    const auto put = heads.put_next();
    audience.run_until_told();
    told.add(put, audience);

    if (!subscribers) continue;
    subscribers->await(static_cast<std::uint64_t>(round));
    const auto from = Clock::now();
    subscribers->pool().send(0, mqtt_publish(static_cast<std::uint64_t>(round)));
    subscribers->run_until_told();
    rival.add(from, *subscribers);
  }
  result["hq"].update(told.json());
  if (subscribers) {
    result["mosquitto"].update(rival.json());
    result["ratio_of_last_told"] = Rounds::median(told.last_ms) / Rounds::median(rival.last_ms);
  }
  return result;
}

}  // namespace xsell::benchmark
