#include "hq/commands/evaluate.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include "hq/commands/basket_source.h"
#include "hq/commands/evaluate_report.h"
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
  Json result = show_evaluation(output, report, {options.surest_percent, options.max_prompts});
  if (!options.chart.empty()) {
    OutputFile file(options.chart);
    file.stream() << precision_chart(report.methods, "Precision against prompt rate");
    file.close();
    output.text(fmt::format("\nChart written to {}.", options.chart));
  }
  result.update({{"baskets", history.table.basket_count()},
                 {"train_baskets", report.train_baskets},
                 {"test_baskets", report.test_baskets},
                 {"items", report.items},
                 {"scans", report.scans},
                 {"repeated_baskets", report.repeated},
                 {"split", by_time ? "time" : "random"},
                 {"order", evaluation.split.has_scan_order ? "scan" : "shuffled"},
                 {"seeds", evaluation.seeds},
                 {"bad_lines", bad.to_json()},
                 {"seconds", elapsed_s},
                 {"left_out", report.left_out}});
  output.json(result);
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
