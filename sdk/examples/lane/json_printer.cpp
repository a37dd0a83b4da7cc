#include <fmt/format.h>

#include <chrono>
#include <cstdio>

#include "json_view.h"
#include "printer.h"

namespace lane {
namespace {

class JsonPrinter final : public Printer {
 public:
  void step(const Step& step, const Till&) override { write(to_json(step)); }

  void status(const Till& till) override {
    Json json = {{"event", "status"}};
    json.update(health_json(till.health()));
    write(std::move(json));
  }

  void lines(const Till& till) override {
    write({{"event", "lines"},
           {"transaction", till.transaction()},
           {"lines", lines_json(till)},
           {"total_minor", till.total_minor()},
           {"currency", till.currency()}});
  }

  void stats(const Till& till) override {
    Json json = {{"event", "stats"}};
    json.update(stats_json(till.stats()));
    write(std::move(json));
  }

  void waited(std::string_view what, bool is_reached, std::int64_t elapsed_ms,
              const Till& till) override {
    const xsell_health health = till.health();
    write({{"event", "wait"},
           {"for", what},
           {"reached", is_reached},
           {"elapsed_ms", elapsed_ms},
           {"ready_version", health.ready_version},
           {"connection", connection_name(health.connection)}});
  }

  void note(std::string_view text) override { write({{"event", "note"}, {"text", text}}); }

  void problem(std::string_view place, std::string_view text) override {
    write({{"event", "problem"}, {"place", place}, {"text", text}});
  }

 private:
  static void write(Json json) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    json["utc_ms"] = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  }
};

}  // namespace

std::unique_ptr<Printer> make_json_printer() { return std::make_unique<JsonPrinter>(); }

}  // namespace lane
