#include "hq/commands/evaluate_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>
#include <utility>

namespace xsell::hq {
namespace {

constexpr Measure kOverAll[] = {Measure::hit_rate, Measure::precision, Measure::reciprocal_rank,
                                Measure::left_out, Measure::bits,      Measure::beyond_popular};
constexpr Measure kSurest[] = {Measure::first_at_10,    Measure::first_at_25,
                               Measure::first_at_50,    Measure::hit_rate_at_10,
                               Measure::hit_rate_at_25, Measure::hit_rate_at_50};

std::string with_error(const Estimate& estimate) {
  return fmt::format("{:.3f} \xC2\xB1{:.3f}", estimate.value, estimate.standard_error());
}

void show_methods(Output& output, const std::vector<MethodReport>& methods,
                  std::span<const Measure> measures, bool has_coverage) {
  std::vector<Table::Column> columns = {{"METHOD", Table::Align::kLeft, 30}};
  for (const Measure measure : measures)
    columns.push_back({name_of(measure), Table::Align::kRight});
  if (has_coverage) columns.push_back({"COVERAGE", Table::Align::kRight});
  Table table(columns);
  for (const MethodReport& method : methods) {
    std::vector<std::string> cells = {method.title};
    for (const Measure measure : measures) cells.push_back(with_error(method.of(measure)));
    if (has_coverage) cells.push_back(fmt::format("{:.3f}", method.coverage));
    table.add_row(std::move(cells));
  }
  output.text("");
  output.table(table);
}

const MethodReport* best_baseline(const std::vector<MethodReport>& methods, Measure measure) {
  const MethodReport* best = nullptr;
  for (const MethodReport& method : methods) {
    if (!method.is_baseline) continue;
    if (best == nullptr || method.of(measure).value > best->of(measure).value) best = &method;
  }
  return best;
}

// Tells one method against others, measure by measure and basket by basket.
class Gaps {
 public:
  explicit Gaps(const MethodReport& method)
      : method_(method),
        table_({{method.title + " against", Table::Align::kLeft},
                {"OTHER", Table::Align::kLeft},
                {"IT HAS", Table::Align::kRight},
                {"DIFFERENCE", Table::Align::kRight},
                {"95% INTERVAL", Table::Align::kLeft}}) {}

  void add(Measure measure, const MethodReport& other) {
    const Estimate gap = difference(method_.of(measure), other.of(measure));
    const Interval interval = gap.interval();
    table_.add_row({name_of(measure), other.title, fmt::format("{:.3f}", other.of(measure).value),
                    fmt::format("{:+.4f} \xC2\xB1{:.4f}", gap.value, gap.standard_error()),
                    fmt::format("{:+.4f} to {:+.4f}", interval.low, interval.high)});
    json_.push_back({{"method", method_.id},
                     {"measure", name_of(measure)},
                     {"against", other.id},
                     {"difference", gap.value},
                     {"standard_error", gap.standard_error()},
                     {"low", interval.low},
                     {"high", interval.high}});
  }
  // Adds the rows to `json` as well.
  void show(Output& output, Json& json) const {
    if (json_.empty()) return;
    output.text("");
    output.table(table_);
    json.insert(json.end(), json_.begin(), json_.end());
  }

 private:
  const MethodReport& method_;
  Table table_;
  Json json_ = Json::array();
};

// Each method of ours against the best baseline of each measure.
Json show_differences(Output& output, const EvaluationReport& report) {
  Json differences = Json::array();
  for (const MethodReport& method : report.methods) {
    if (method.is_baseline) continue;
    Gaps gaps(method);
    for (std::size_t m = 0; m < kMeasures; ++m) {
      const auto measure = static_cast<Measure>(m);
      const MethodReport* const best = best_baseline(report.methods, measure);
      if (best != nullptr) gaps.add(measure, *best);
    }
    gaps.show(output, differences);
  }
  return differences;
}

// How often the first offer hit, by the chance that the method gave it.
void show_reliability(Output& output, const MethodReport& method, const PromptsAsked& asked) {
  const Reliability& reliability = *method.reliability;
  Table table({{method.title + ": CHANCE", Table::Align::kRight},
               {"SEEN", Table::Align::kRight},
               {"95% INTERVAL", Table::Align::kLeft},
               {"SCANS", Table::Align::kRight}});
  for (const ReliabilityBin& bin : reliability.deciles) {
    table.add_row({fmt::format("{:.3f}", bin.predicted), fmt::format("{:.3f}", bin.seen),
                   fmt::format("{:.3f} to {:.3f}", bin.interval.low, bin.interval.high),
                   std::to_string(bin.scans)});
  }
  output.text("");
  output.table(table);
  const auto share = [&](const PromptRate& rate) {
    return 100 * static_cast<double>(rate.prompts) / static_cast<double>(reliability.scans);
  };
  const auto precision = [](const PromptRate& rate) {
    return fmt::format("{:.1f}% hits ({:.1f} to {:.1f})", 100 * rate.hit_share(),
                       100 * rate.precision.low, 100 * rate.precision.high);
  };
  output.text(
      fmt::format("Expected calibration error {:.3f}. Asked for the surest {}% of scans: {:.1f}% "
                  "were prompted, "
                  "{};\nat most {} a basket, each offer once: {:.1f}%, {}.",
                  reliability.expected_error, asked.surest_percent, share(reliability.every),
                  precision(reliability.every), asked.max_a_basket, share(reliability.paced),
                  precision(reliability.paced)));
}

Json reliability_json(const Reliability& reliability) {
  const auto rate = [&](const PromptRate& one) -> Json {
    return {{"prompts", one.prompts},
            {"hits", one.hits},
            {"precision", one.hit_share()},
            {"low", one.precision.low},
            {"high", one.precision.high}};
  };
  Json deciles = Json::array();
  for (const ReliabilityBin& bin : reliability.deciles) {
    deciles.push_back({{"scans", bin.scans},
                       {"predicted", bin.predicted},
                       {"seen", bin.seen},
                       {"low", bin.interval.low},
                       {"high", bin.interval.high}});
  }
  return {{"deciles", std::move(deciles)},
          {"expected_calibration_error", reliability.expected_error},
          {"scans", reliability.scans},
          {"surest", rate(reliability.every)},
          {"surest_paced", rate(reliability.paced)}};
}

Json methods_json(const std::vector<MethodReport>& reports) {
  Json methods = Json::array();
  for (const MethodReport& method : reports) {
    Json measures = Json::object();
    for (std::size_t m = 0; m < kMeasures; ++m) {
      const Estimate& estimate = method.estimates[m];
      measures[name_of(static_cast<Measure>(m))] = {{"value", estimate.value},
                                                    {"standard_error", estimate.standard_error()}};
    }
    Json curve = Json::array();
    for (const CurvePoint& point : method.curve) {
      curve.push_back({{"share", point.share}, {"precision", point.precision}});
    }
    Json one = {{"id", method.id},
                {"title", method.title},
                {"is_baseline", method.is_baseline},
                {"measures", std::move(measures)},
                {"coverage", method.coverage},
                {"train_seconds", method.train_s},
                {"trial_seconds", method.trial_s},
                {"curve", std::move(curve)}};
    if (method.reliability) one["reliability"] = reliability_json(*method.reliability);
    methods.push_back(std::move(one));
  }
  return methods;
}

// Baskets of known customers alone: what their earlier purchases add, basket by basket.
Json show_for_customers(Output& output, const EvaluationReport& report, const PromptsAsked& asked) {
  Json result = {{"baskets", report.known_baskets},
                 {"methods", methods_json(report.for_customers)},
                 {"differences", Json::array()}};
  if (report.for_customers.empty()) return result;
  output.text(fmt::format(
      "\nKnown customers: {} of the baskets are of customers who bought something in the year "
      "before.",
      report.known_baskets));
  show_methods(output, report.for_customers, kOverAll, true);
  show_methods(output, report.for_customers, kSurest, false);
  const auto known = std::find_if(report.for_customers.begin(), report.for_customers.end(),
                                  [](const MethodReport& one) { return one.id == "known"; });
  if (known == report.for_customers.end()) return result;
  for (const MethodReport& other : report.for_customers) {
    if (&other == &*known) continue;
    Gaps gaps(*known);
    for (std::size_t m = 0; m < kMeasures; ++m) gaps.add(static_cast<Measure>(m), other);
    gaps.show(output, result["differences"]);
  }
  if (known->reliability) show_reliability(output, *known, asked);
  return result;
}

}  // namespace

Json show_evaluation(Output& output, const EvaluationReport& report, const PromptsAsked& asked) {
  show_methods(output, report.methods, kOverAll, true);
  show_methods(output, report.methods, kSurest, false);
  Json differences = show_differences(output, report);
  for (const MethodReport& method : report.methods) {
    if (method.reliability) show_reliability(output, method, asked);
  }
  Json for_customers = show_for_customers(output, report, asked);
  Json measures = Json::object();
  for (std::size_t m = 0; m < kMeasures; ++m) {
    measures[name_of(static_cast<Measure>(m))] = meaning_of(static_cast<Measure>(m));
  }
  return {{"measures", std::move(measures)},
          {"methods", methods_json(report.methods)},
          {"differences", std::move(differences)},
          {"known_customers", std::move(for_customers)}};
}

}  // namespace xsell::hq
