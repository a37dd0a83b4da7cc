#include <fmt/format.h>

#include <cstdio>

#include "money.h"
#include "printer.h"

namespace lane {
namespace {

std::string micros(std::int64_t ns) {
  return ns < 1'000'000 ? fmt::format("{:.1f} µs", static_cast<double>(ns) / 1e3)
                        : fmt::format("{:.1f} ms", static_cast<double>(ns) / 1e6);
}

class TextPrinter final : public Printer {
 public:
  explicit TextPrinter(bool use_colour) : use_colour_(use_colour) {}

  void step(const Step& step, const Till& till) override {
    const std::string headline = headline_of(step, till);
    if (!headline.empty()) {
      write(fmt::format("{} {}", dim(format_local_time(step.local_time_s).substr(11)), headline));
    }
    for (const ShownPrompt& gone : step.withdrawn) {
      if (is_withdrawal(step)) {
        write(dim(fmt::format("         - {} {}", gone.number, gone.prompt.description)));
      }
    }
    for (const ShownPrompt& shown : step.prompts) {
      if (shown.is_new) prompt(shown, till.currency());
    }
  }

  void status(const Till& till) override {
    const xsell_health health = till.health();
    write(fmt::format("rule set version {} ({} next), {} rules, {} items, {}, connection: {}",
                      health.rule_set_version, health.ready_version, health.rule_count,
                      health.item_count, health_state_name(health.state),
                      connection_name(health.connection)));
    write(fmt::format("store {} lane {}, {} events, {} prompts, {} outcomes pending, {} lost",
                      health.business_unit, health.workstation, health.events, health.prompts,
                      health.outcomes_pending, health.outcomes_lost));
    if (health.message[0] != '\0') write(bold(health.message));
  }

  void lines(const Till& till) override {
    for (const BasketLine& line : till.lines()) {
      write(fmt::format("  {:>3}  {}{}", line.line, describe(line, till.currency()),
                        line.is_voided ? "  (void)" : ""));
    }
    write(fmt::format("  total {} {}", format_amount(till.total_minor(), till.currency()),
                      till.currency()));
    for (const ShownPrompt& shown : till.prompts()) prompt(shown, till.currency());
  }

  void stats(const Till& till) override {
    const SaleStats& stats = till.stats();
    const auto scans = stats.scans();
    const auto events = stats.events();
    const auto percent = [](std::uint64_t part, std::uint64_t whole) {
      return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
    };
    write(fmt::format("{} baskets, {} scans, {} of them prompted ({:.1f}%)", stats.transactions(),
                      scans.count, stats.scans_prompted(),
                      percent(stats.scans_prompted(), scans.count)));
    write(fmt::format(
        "{} prompts, {} for an item the basket went on to contain ({:.1f}%); {} accepted, {} "
        "declined",
        stats.prompts(), stats.prompts_followed(),
        percent(stats.prompts_followed(), stats.prompts()), stats.accepted(), stats.declined()));
    write(fmt::format("on_event: {} calls, p50 {}, p99 {}, longest {}", events.count,
                      micros(events.p50_ns), micros(events.p99_ns), micros(events.max_ns)));
    write(fmt::format("on a scan: p50 {}, p99 {}, longest {}", micros(scans.p50_ns),
                      micros(scans.p99_ns), micros(scans.max_ns)));
  }

  void waited(std::string_view what, bool is_reached, std::int64_t elapsed_ms,
              const Till& till) override {
    const xsell_health health = till.health();
    write(fmt::format("{} {} after {} ms (version {}, {})", is_reached ? "reached" : "NOT reached:",
                      what, elapsed_ms, health.ready_version, connection_name(health.connection)));
  }

  void note(std::string_view text) override { write(text); }

  void problem(std::string_view place, std::string_view text) override {
    write(place.empty() ? bold(text) : bold(fmt::format("{}: {}", place, text)));
  }

 private:
  static bool is_withdrawal(const Step& step) {
    return step.event == "line_voided" || step.event == "quantity_changed" ||
           step.event == "customer_identified" || step.event == "customer_cleared" ||
           step.event == "idle";
  }

  std::string describe(const BasketLine& line, std::string_view currency) const {
    std::string text = line.is_return ? "return  " : "";
    if (line.quantity_milli != 1000) {
      text += fmt::format("{} x ", format_quantity(line.quantity_milli));
    }
    text += line.name;
    if (line.name != line.item) text += dim(fmt::format("  {}", line.item));
    if (line.unit_price_minor) text += "  " + format_amount(line.amount_minor(), currency);
    return text;
  }

  std::string headline_of(const Step& step, const Till& till) const {
    std::string text;
    if (step.event == "line_added" || step.event == "return_line") {
      text = fmt::format("{:>3}  {}", step.line->line, describe(*step.line, till.currency()));
    } else if (step.event == "line_voided") {
      text = fmt::format("{:>3}  void  {}", step.line->line, step.line->name);
    } else if (step.event == "quantity_changed" || step.event == "price_overridden") {
      text = fmt::format("{:>3}  now  {}", step.line->line, describe(*step.line, till.currency()));
    } else if (step.event == "transaction_begin") {
      text = bold(fmt::format("basket begins, rule set version {}", step.rule_set_version));
    } else if (step.event == "transaction_finalised") {
      text = "paid";
    } else if (step.event == "transaction_voided") {
      text = "cancelled";
    } else if (step.event == "transaction_suspended") {
      text = fmt::format("parked as {}", step.transaction);
    } else if (step.event == "transaction_recalled") {
      text = "back from parking";
    } else if (step.event == "subtotal") {
      text = fmt::format("subtotal {}", format_amount(till.total_minor(), till.currency()));
    } else if (step.event == "prompt_accepted") {
      text = "accepted";
    } else if (step.event == "prompt_declined") {
      text = "declined";
    }
    if (step.status != XSELL_OK) {
      if (text.empty()) text = step.event;
      text += bold(fmt::format("  [{}]", xsell::status_name(step.status)));
    }
    return text;
  }

  void prompt(const ShownPrompt& shown, std::string_view currency) const {
    const xsell_prompt& prompt = shown.prompt;
    std::string text = fmt::format("         > {} ", shown.number);
    text += bold(prompt.operator_text[0] != '\0' ? prompt.operator_text : prompt.description);
    if (prompt.flags & XSELL_PROMPT_PRICE_KNOWN) {
      text += "  " + format_amount(prompt.price_minor, currency);
    }
    if (prompt.benefit_kind == XSELL_BENEFIT_PROMOTION) {
      text += fmt::format("  saves {}", format_amount(prompt.saving_minor, currency));
    }
    write(text);
    if (prompt.operator_text[0] != '\0' && prompt.description[0] != '\0' &&
        std::string_view(prompt.operator_text).find(prompt.description) == std::string_view::npos) {
      write(fmt::format("             {}", prompt.description));
    }
    if (prompt.reason[0] != '\0') write(dim(fmt::format("             {}", prompt.reason)));
    if (prompt.location[0] != '\0') write(dim(fmt::format("             {}", prompt.location)));
  }

  std::string bold(std::string_view text) const { return styled("1", text); }
  std::string dim(std::string_view text) const { return styled("2", text); }
  std::string styled(std::string_view code, std::string_view text) const {
    return use_colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }

  static void write(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
  }

  bool use_colour_;
};

}  // namespace

std::unique_ptr<Printer> make_text_printer(bool use_colour) {
  return std::make_unique<TextPrinter>(use_colour);
}

}  // namespace lane
