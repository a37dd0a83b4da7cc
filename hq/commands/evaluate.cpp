#include "hq/commands/evaluate.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include "hq/commands/basket_source.h"
#include "hq/csv_field.h"
#include "hq/evaluate/chart.h"
#include "hq/evaluate/evaluation.h"
#include "hq/evaluate/ranker_methods.h"
#include "hq/local_time.h"
#include "hq/output_file.h"

namespace xsell::hq {
namespace {

struct EvaluateOptions {
  BasketSourceOptions source;
  double test_percent = 20;
  std::uint32_t min_train_baskets = 5;
  int seeds = 1;
  std::uint64_t first_seed = 1;
  std::string split = "auto";
  std::string order = "auto";
  std::vector<std::string> methods;
  std::string chart;
  std::string predictions;
  std::string predictions_of = "ranker";
  std::string test_baskets;
  int surest_percent = 15;
  std::size_t max_prompts = 2;
};

constexpr std::size_t kMinTestBaskets = 20;

std::vector<Method> choose_methods(const EvaluateOptions& options) {
  std::vector<Method> all = baseline_methods();
  for (Method& method : ranker_methods()) all.push_back(std::move(method));
  for (Method& method : customer_baselines()) all.push_back(std::move(method));
  for (Method& method : customer_methods()) all.push_back(std::move(method));
  if (options.methods.empty()) return all;
  for (Method& method : slow_methods()) all.push_back(std::move(method));
  std::vector<Method> chosen;
  for (const std::string& id : options.methods) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Method& one) { return one.id == id; });
    if (found == all.end()) {
      std::string known;
      for (const Method& one : all) known += (known.empty() ? "" : ", ") + one.id;
      throw UsageError(fmt::format("--methods {}: there are: {}", id, known));
    }
    chosen.push_back(*found);
  }
  return chosen;
}

SplitOptions choose_split(const EvaluateOptions& options, const History& history) {
  SplitOptions split;
  split.test_share = options.test_percent / 100;
  split.min_train_baskets = options.min_train_baskets;
  split.by_time = options.split == "auto" ? history.has_times : options.split == "time";
  if (split.by_time && !history.has_times) {
    throw UsageError("--split time: these baskets have no times");
  }
  split.has_scan_order =
      options.order == "auto" ? history.has_clock_times : options.order == "scan";
  return split;
}

void write_test_baskets(std::ostream& file, const History& history, const Halves& halves,
                        std::uint64_t seed) {
  for (std::size_t b = 0; b < halves.test.basket_count(); ++b) {
    std::size_t position = 0;
    for (const std::uint32_t item : halves.test.basket(b)) {
      file << csv_field(history.basket_name(halves.test_basket[b])) << ',' << ++position << ','
           << csv_field(history.items[halves.item_of[item]].item) << ',' << seed << '\n';
    }
  }
}

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

// Each method of ours against the best baseline of each measure, basket by basket.
Json show_differences(Output& output, const EvaluationReport& report) {
  Json differences = Json::array();
  for (const MethodReport& method : report.methods) {
    if (method.is_baseline) continue;
    Table table({{method.title + " against", Table::Align::kLeft},
                 {"BEST BASELINE", Table::Align::kLeft},
                 {"IT HAS", Table::Align::kRight},
                 {"DIFFERENCE", Table::Align::kRight},
                 {"95% INTERVAL", Table::Align::kLeft}});
    for (std::size_t m = 0; m < kMeasures; ++m) {
      const auto measure = static_cast<Measure>(m);
      const MethodReport* const best = best_baseline(report.methods, measure);
      if (best == nullptr) continue;
      const Estimate gap = difference(method.of(measure), best->of(measure));
      const Interval interval = gap.interval();
      table.add_row({name_of(measure), best->title, fmt::format("{:.3f}", best->of(measure).value),
                     fmt::format("{:+.4f}", gap.value),
                     fmt::format("{:+.4f} to {:+.4f}", interval.low, interval.high)});
      differences.push_back({{"method", method.id},
                             {"measure", name_of(measure)},
                             {"best_baseline", best->id},
                             {"difference", gap.value},
                             {"low", interval.low},
                             {"high", interval.high}});
    }
    if (table.is_empty()) continue;
    output.text("");
    output.table(table);
  }
  return differences;
}

// How often the first offer hit, by the chance that the method gave it.
void show_reliability(Output& output, const MethodReport& method, const EvaluateOptions& options) {
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
                  reliability.expected_error, options.surest_percent, share(reliability.every),
                  precision(reliability.every), options.max_prompts, share(reliability.paced),
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
Json show_for_customers(Output& output, const EvaluationReport& report,
                        const EvaluateOptions& options) {
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
    Table table({{known->title + " against", Table::Align::kLeft},
                 {other.title, Table::Align::kRight},
                 {"DIFFERENCE", Table::Align::kRight},
                 {"95% INTERVAL", Table::Align::kLeft}});
    for (std::size_t m = 0; m < kMeasures; ++m) {
      const auto measure = static_cast<Measure>(m);
      const Estimate gap = difference(known->of(measure), other.of(measure));
      const Interval interval = gap.interval();
      table.add_row({name_of(measure), fmt::format("{:.3f}", other.of(measure).value),
                     with_error(gap),
                     fmt::format("{:+.4f} to {:+.4f}", interval.low, interval.high)});
      result["differences"].push_back({{"method", known->id},
                                       {"measure", name_of(measure)},
                                       {"against", other.id},
                                       {"difference", gap.value},
                                       {"standard_error", gap.standard_error()},
                                       {"low", interval.low},
                                       {"high", interval.high}});
    }
    output.text("");
    output.table(table);
  }
  if (known->reliability) show_reliability(output, *known, options);
  return result;
}

void run_evaluate(CommandSession& session, const EvaluateOptions& options) {
  if (!is_from_file(options.source)) session.require(Role::kViewer);
  Output& output = session.output();
  const auto start = std::chrono::steady_clock::now();
  BadLines bad;
  const History history = load_history(session, options.source, bad);
  bad.print(output);

  const std::vector<Method> methods = choose_methods(options);
  EvaluationOptions evaluation;
  evaluation.split = choose_split(options, history);
  evaluation.surest_percent = options.surest_percent;
  evaluation.max_prompts_a_basket = options.max_prompts;
  evaluation.is_excluded = [&history](std::uint32_t a, std::uint32_t b) {
    return are_kept_apart(history.items[a], history.items[b]);
  };
  evaluation.seeds.clear();
  for (int i = 0; i < options.seeds; ++i) {
    evaluation.seeds.push_back(options.first_seed + static_cast<std::uint64_t>(i));
  }
  const auto tested = static_cast<std::size_t>(static_cast<double>(history.table.basket_count()) *
                                               evaluation.split.test_share);
  if (tested < kMinTestBaskets) {
    throw Refused(fmt::format(
        "{} baskets are too few: {:g}% of them must be {} or more; import more baskets, or give "
        "more of them to --test",
        history.table.basket_count(), options.test_percent, kMinTestBaskets));
  }

  std::optional<OutputFile> predictions;
  OnPrediction on_prediction;
  if (!options.predictions.empty()) {
    const auto is_wanted = [&](const Method& one) { return one.id == options.predictions_of; };
    if (std::none_of(methods.begin(), methods.end(), is_wanted)) {
      throw UsageError(
          fmt::format("--predictions-of {}: this method is not evaluated", options.predictions_of));
    }
    evaluation.predictions_of = options.predictions_of;
    predictions.emplace(options.predictions);
    predictions->stream() << "basket,k,rank,item,score,seed\n";
    on_prediction = [&](const Prediction& one) {
      predictions->stream() << csv_field(history.basket_name(one.basket)) << ',' << one.revealed
                            << ',' << one.rank << ',' << csv_field(history.items[one.item].item)
                            << ',' << fmt::format("{},{}", one.score, one.seed) << '\n';
    };
  }
  if (!options.test_baskets.empty()) {
    OutputFile file(options.test_baskets);
    file.stream() << "basket,position,item,seed\n";
    for (const std::uint64_t seed : evaluation.seeds) {
      SplitOptions split = evaluation.split;
      split.seed = seed;
      write_test_baskets(file.stream(), history, split_history(history.table, split), seed);
    }
    file.close();
  }

  const EvaluationReport report =
      evaluate(history.table, evaluation, methods, on_prediction, [&](const MethodReport& method) {
        if (output.is_terminal()) {
          output.err() << fmt::format("{}: {:.1f} s\n", method.title,
                                      method.train_s + method.trial_s);
        }
      });
  if (predictions) predictions->close();
  if (report.scans == 0) {
    throw Refused("no test basket holds two items that enough training baskets hold");
  }
  const double elapsed_s =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  const bool by_time = evaluation.split.by_time;
  std::string period;
  if (history.has_times) {
    period = fmt::format(" from {} to {}", format_date(history.table.times_s.front()),
                         format_date(history.table.times_s.back()));
  }
  output.text(fmt::format(
      "{} baskets{}: learnt from {}, tried on {} {} that hold two or more of {} items, {}\n"
      "({} scans), {} seed{}, {:.1f} s.",
      history.table.basket_count(), period, report.train_baskets,
      by_time ? "the last" : "a seeded choice of", report.test_baskets, report.items,
      evaluation.split.has_scan_order ? "in the order they were scanned" : "in seeded order",
      report.scans, options.seeds, options.seeds == 1 ? "" : "s", elapsed_s));
  output.text(fmt::format("{} of them repeat a basket of four or more items that was learnt from.",
                          report.repeated));
  for (const std::string& title : report.left_out) {
    output.text(fmt::format("Left out: {} (too many items).", title));
  }
  show_methods(output, report.methods, kOverAll, true);
  show_methods(output, report.methods, kSurest, false);
  Json differences = show_differences(output, report);
  for (const MethodReport& method : report.methods) {
    if (method.reliability) show_reliability(output, method, options);
  }
  Json for_customers = show_for_customers(output, report, options);
  if (!options.chart.empty()) {
    OutputFile file(options.chart);
    file.stream() << precision_chart(report.methods, "Precision against prompt rate");
    file.close();
    output.text(fmt::format("\nChart written to {}.", options.chart));
  }
  Json seeds = evaluation.seeds;
  Json measures = Json::object();
  for (std::size_t m = 0; m < kMeasures; ++m) {
    measures[name_of(static_cast<Measure>(m))] = meaning_of(static_cast<Measure>(m));
  }
  output.json({{"baskets", history.table.basket_count()},
               {"train_baskets", report.train_baskets},
               {"test_baskets", report.test_baskets},
               {"items", report.items},
               {"scans", report.scans},
               {"repeated_baskets", report.repeated},
               {"split", by_time ? "time" : "random"},
               {"order", evaluation.split.has_scan_order ? "scan" : "shuffled"},
               {"seeds", std::move(seeds)},
               {"bad_lines", bad.to_json()},
               {"seconds", elapsed_s},
               {"measures", std::move(measures)},
               {"left_out", report.left_out},
               {"methods", methods_json(report.methods)},
               {"differences", std::move(differences)},
               {"known_customers", std::move(for_customers)}});
}

}  // namespace

void register_evaluate(CLI::App& program, CommandSession& session) {
  CLI::App* command = program.add_subcommand(
      "evaluate",
      "Learn from the first baskets, try on the last: how often the offers of the ranker and of "
      "the usual\nmethods were for an item that the basket went on to hold, with standard errors "
      "by basket\n(needs viewer; none with a file).");
  auto options = std::make_shared<EvaluateOptions>();
  add_basket_source_options(command, options->source);
  command->add_option("--test", options->test_percent, "Percent of the baskets to try on")
      ->capture_default_str()
      ->check(CLI::Range(1.0, 50.0));
  command
      ->add_option("--min-baskets", options->min_train_baskets,
                   "Training baskets that must hold an item for it to take part")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  command
      ->add_option("--split", options->split,
                   "time: the last baskets are tried; random: a seeded choice; auto: by time "
                   "where there are times")
      ->capture_default_str()
      ->check(CLI::IsMember({"auto", "time", "random"}));
  command
      ->add_option("--order", options->order,
                   "Items of a test basket as they were scanned, or shuffled; auto: scan where "
                   "times tell the hour")
      ->capture_default_str()
      ->check(CLI::IsMember({"auto", "scan", "shuffled"}));
  command->add_option("--seeds", options->seeds, "How many seeds to take the mean of")
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  command->add_option("--seed", options->first_seed, "The first seed")->capture_default_str();
  command->add_option("--methods", options->methods, "Only these, with commas between them")
      ->delimiter(',');
  command
      ->add_option("--surest", options->surest_percent,
                   "Percent of scans to prompt, for how sure prompts are")
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  command->add_option("--max-prompts", options->max_prompts, "Prompts of one basket, with pacing")
      ->capture_default_str()
      ->check(CLI::Range(1, 20));
  command->add_option("--chart", options->chart,
                      "Write precision against prompt rate as an SVG image");
  command->add_option("--predictions", options->predictions,
                      "Write what was recommended: basket, k, rank, item, score, seed");
  command->add_option("--predictions-of", options->predictions_of, "Of which method")
      ->capture_default_str();
  command->add_option("--test-baskets", options->test_baskets,
                      "Write the test baskets: basket, position, item, seed");
  command->callback([&session, options] { run_evaluate(session, *options); });
}

}  // namespace xsell::hq
