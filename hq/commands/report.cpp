#include "hq/commands/report.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>

#include "hq/report/outcome_report.h"
#include "rules/money.h"

namespace xsell::hq {
namespace {

struct ReportOptions {
  std::string from;
  std::string until;
  std::string by = "rule";
};

std::string percent_text(const Rate& rate) {
  if (rate.n == 0) return "-";
  const Interval i = rate.interval();
  return fmt::format("{:.1f}% ({:.1f} to {:.1f})", 100 * rate.share(), 100 * i.low, 100 * i.high);
}

std::string difference_text(const Rate& treated, const Rate& held_out) {
  if (treated.n == 0 || held_out.n == 0) return "-";
  const Interval i =
      newcombe_interval(treated.successes, treated.n, held_out.successes, held_out.n);
  return fmt::format("{:+.1f} ({:+.1f} to {:+.1f})", 100 * (treated.share() - held_out.share()),
                     100 * i.low, 100 * i.high);
}

Json to_json(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json to_json(const Interval& i) { return Json::array({to_json(i.low), to_json(i.high)}); }

Json to_json(const Rate& rate) {
  return {{"n", rate.n},
          {"count", rate.successes},
          {"share", rate.n == 0 ? Json(nullptr) : Json(rate.share())},
          {"interval_95", rate.n == 0 ? Json(nullptr) : to_json(rate.interval())}};
}

Json to_json(const PromptFigures& f) {
  Json json = {{"name", f.name},
               {"shown", f.acceptance.n},
               {"accepted_touch", f.accepted_touch},
               {"accepted_scan", f.accepted_scan},
               {"declined", f.declined},
               {"expired", f.expired},
               {"withdrawn", f.withdrawn},
               {"acceptance", to_json(f.acceptance)},
               {"attach_treated", to_json(f.attach_treated)},
               {"attach_held_out", to_json(f.attach_held_out)}};
  if (f.attach_treated.n > 0 && f.attach_held_out.n > 0) {
    json["incremental_attach"] = {
        {"difference", f.attach_treated.share() - f.attach_held_out.share()},
        {"interval_95",
         to_json(newcombe_interval(f.attach_treated.successes, f.attach_treated.n,
                                   f.attach_held_out.successes, f.attach_held_out.n))}};
  }
  return json;
}

Json to_json(const Mean& mean) {
  return {{"n", mean.n()},
          {"mean", mean.n() == 0 ? Json(nullptr) : Json(mean.mean())},
          {"interval_95", to_json(mean.interval())}};
}

Json difference_json(const Mean& treated, const Mean& held_out) {
  if (treated.n() == 0 || held_out.n() == 0) return nullptr;
  return {{"difference", treated.mean() - held_out.mean()},
          {"interval_95", to_json(welch_interval(treated, held_out))}};
}

Json to_json(const BasketFigures& f) {
  return {{"currency", f.currency},
          {"transactions", f.all_transactions},
          {"eligible_treated", to_json(f.treated)},
          {"eligible_held_out", to_json(f.held_out)},
          {"uplift", difference_json(f.treated, f.held_out)},
          {"seconds_treated", to_json(f.treated_seconds)},
          {"seconds_held_out", to_json(f.held_out_seconds)},
          {"seconds_added", difference_json(f.treated_seconds, f.held_out_seconds)}};
}

void add_prompt_row(Table& table, const PromptFigures& f) {
  table.add_row({f.name, std::to_string(f.acceptance.n),
                 std::to_string(f.accepted_touch + f.accepted_scan), percent_text(f.acceptance),
                 std::to_string(f.attach_treated.n), percent_text(f.attach_treated),
                 std::to_string(f.attach_held_out.n), percent_text(f.attach_held_out),
                 difference_text(f.attach_treated, f.attach_held_out)});
}

void show_prompts(Output& output, const OutcomeReport& report, const std::string& by) {
  using Align = Table::Align;
  std::string title = by;
  for (char& c : title) c = static_cast<char>(c - 'a' + 'A');
  Table table({{title, Align::kLeft, 32},
               {"SHOWN", Align::kRight},
               {"ACCEPTED", Align::kRight},
               {"ACCEPTANCE", Align::kRight},
               {"BASKETS", Align::kRight},
               {"ATTACH", Align::kRight},
               {"HELD OUT", Align::kRight},
               {"ATTACH THERE", Align::kRight},
               {"DIFFERENCE", Align::kRight}});
  for (const PromptFigures& group : report.groups) add_prompt_row(table, group);
  if (report.cross_sell.attach_treated.n + report.cross_sell.attach_held_out.n > 0) {
    add_prompt_row(table, report.cross_sell);
  }
  if (report.replacing.attach_treated.n + report.replacing.attach_held_out.n > 0) {
    add_prompt_row(table, report.replacing);
  }
  if (table.is_empty()) {
    output.text("No prompt came home in this range.");
  } else {
    output.table(table);
  }
}

class MoneyText {
 public:
  explicit MoneyText(const std::string& code)
      : code_(code), currency_(rules::Currency::from_text(code).value_or(rules::Currency())) {}

  std::string text(double minor, bool has_sign = false) const {
    const int exponent = currency_.is_empty() ? 2 : currency_.exponent();
    const double amount = minor / std::pow(10, exponent);
    return has_sign ? fmt::format("{:+.{}f}", amount, exponent)
                    : fmt::format("{:.{}f}", amount, exponent);
  }
  std::string range(const Interval& i, bool has_sign = false) const {
    if (!std::isfinite(i.low)) return "too few to say";
    return fmt::format("{} to {}", text(i.low, has_sign), text(i.high, has_sign));
  }
  const std::string& code() const { return code_; }

 private:
  std::string code_;
  rules::Currency currency_;
};

void show_baskets(Output& output, const BasketFigures& f) {
  using Align = Table::Align;
  const MoneyText money(f.currency);
  output.text("");
  output.text(fmt::format("{} transactions, {} of them eligible (a prompt was due).",
                          f.all_transactions, f.treated.n() + f.held_out.n()));
  Table table({{"ELIGIBLE BASKETS"},
               {"N", Align::kRight},
               {"AVERAGE " + f.currency, Align::kRight},
               {"95% INTERVAL", Align::kRight},
               {"SECONDS", Align::kRight}});
  const auto add = [&](const char* name, const Mean& amount, const Mean& seconds) {
    if (amount.n() == 0) return;
    table.add_row({name, std::to_string(amount.n()), money.text(amount.mean()),
                   money.range(amount.interval()), fmt::format("{:.1f}", seconds.mean())});
  };
  add("with prompts", f.treated, f.treated_seconds);
  add("held out", f.held_out, f.held_out_seconds);
  if (f.treated.n() > 0 && f.held_out.n() > 0) {
    table.add_row({"difference", "", money.text(f.treated.mean() - f.held_out.mean(), true),
                   money.range(welch_interval(f.treated, f.held_out), true),
                   fmt::format("{:+.1f}", f.treated_seconds.mean() - f.held_out_seconds.mean())});
  }
  output.table(table);
}

void run_report(CommandSession& session, const ReportOptions& options) {
  session.require(Role::kViewer);
  const TimeRange range = parse_time_range(options.from, options.until);
  const ReportGroup group = options.by == "rule"    ? ReportGroup::kRule
                            : options.by == "offer" ? ReportGroup::kOffer
                                                    : ReportGroup::kStore;
  const OutcomeReport report = make_outcome_report(session.store(), range, group);
  Output& output = session.output();
  show_prompts(output, report, options.by);
  Json baskets = Json::array();
  for (const BasketFigures& figures : report.baskets) {
    show_baskets(output, figures);
    baskets.push_back(to_json(figures));
  }
  output.text("");
  if (!report.has_hold_out) {
    output.text("No transaction was held out: set policy.experiment to learn what prompts bring.");
  }
  output.text(
      "Rates and means with their 95% intervals. Voided and post-voided transactions are left out, "
      "returns are netted.");
  if (report.lost_outcomes > 0) {
    output.text(
        fmt::format("{} outcomes were lost at lanes that ran out of space.", report.lost_outcomes));
  }
  Json groups = Json::array();
  for (const PromptFigures& figures : report.groups) groups.push_back(to_json(figures));
  output.json({{"by", options.by},
               {"groups", groups},
               {"cross_sell", to_json(report.cross_sell)},
               {"upsell_and_substitute", to_json(report.replacing)},
               {"baskets", baskets},
               {"has_hold_out", report.has_hold_out},
               {"lost_outcomes", report.lost_outcomes}});
}

}  // namespace

void register_report(CLI::App& program, CommandSession& session) {
  CLI::App* command = program.add_subcommand("report",
                                             "What the prompts brought: acceptance, attach rates "
                                             "and average baskets against the hold-out, each\n"
                                             "with its n and 95% interval, returns netted.");
  auto options = std::make_shared<ReportOptions>();
  command->add_option("--from", options->from, "First day, such as 2026-03-01");
  command->add_option("--until", options->until, "Last day, such as 2026-05-31");
  command->add_option("--by", options->by, "One row per rule, offer (item) or store")
      ->capture_default_str()
      ->check(CLI::IsMember({"rule", "offer", "store"}));
  command->callback([&session, options] { run_report(session, *options); });
}

}  // namespace xsell::hq
