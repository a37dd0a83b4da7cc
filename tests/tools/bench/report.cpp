#include "tests/tools/bench/report.h"

#include <fmt/format.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "tests/tools/bench/chart.h"

namespace xsell::bench {
namespace {

using Json = nlohmann::json;

constexpr int kBasketsOfFirstHash = 50;

std::vector<Json> read_results(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + ": cannot be read");
  std::vector<Json> results;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('{')) results.push_back(Json::parse(line));
  }
  return results;
}

std::string engine_of(const Json& result) { return result.at("engine").get<std::string>(); }

// Another run of the same engine.
std::string variant_of(const Json& result) {
  const std::string engine = engine_of(result);
  for (const char* variant : {"-coldcache", "-big", "-publishing"}) {
    if (engine.ends_with(variant)) return variant;
  }
  return {};
}

// Three different offers, as a lane shows them; other engines give the three best rules.
bool has_distinct_offers(const Json& result) {
  const std::string engine = engine_of(result);
  return engine.starts_with("xsell-") || engine.ends_with("-distinct");
}

// Searched without an index for the truth's sake, and for few baskets: no rival.
bool is_truth(const Json& result) { return engine_of(result).starts_with("ref-linear"); }

// Whoever was given the same workload must have given the same answers.
void check_answers(const std::vector<Json>& results) {
  std::map<std::tuple<std::string, int, bool, bool, std::string>, Json> first;
  const auto check = [&](const Json& result, const std::string& hash, int baskets) {
    const auto key = std::tuple(result.at("dist").get<std::string>(), result.at("rules").get<int>(),
                                engine_of(result).ends_with("-big"), has_distinct_offers(result),
                                fmt::format("{} of {}", hash, baskets));
    const auto [known, is_new] = first.emplace(key, result);
    if (is_new || known->second.at(hash) == result.at(hash)) return;
    throw std::runtime_error(fmt::format("{} and {} answer {} {} differently",
                                         engine_of(known->second), engine_of(result),
                                         std::get<0>(key), std::get<1>(key)));
  };
  for (const Json& result : results) {
    if (!result.contains("hall")) continue;
    const int baskets = result.at("baskets").get<int>();
    check(result, "hall", baskets);
    if (baskets >= kBasketsOfFirstHash) check(result, "h50", kBasketsOfFirstHash);
  }
}

std::string workload_of(const Json& result) {
  return fmt::format("{} {}", result.at("dist").get<std::string>(), result.at("rules").get<int>());
}

void print_figures(const std::vector<Json>& results) {
  fmt::print(
      "| engine | rules | p50 us | p99 us | p99.9 us | MB | bytes a rule | ready after ms | load "
      "|\n");
  fmt::print("|---|---|---|---|---|---|---|---|---|\n");
  for (const Json& result : results) {
    if (!result.contains("p50_us")) continue;
    if (is_truth(result)) continue;
    const auto number = [&](const char* name) { return result.value(name, 0.0); };
    const std::string load = result.contains("load_average")
                                 ? fmt::format("{:.1f}", number("load_average"))
                                 : std::string();
    fmt::print("| {} | {} | {:.2f} | {:.2f} | {:.2f} | {:.0f} | {:.0f} | {:.0f} | {} |\n",
               engine_of(result), workload_of(result), number("p50_us"), number("p99_us"),
               number("p999_us"), number("rss_mb"), number("bytes_per_rule"), number("load_ms"),
               load);
  }
}

std::string rounded(double ratio) { return fmt::format("{:.{}f}", ratio, ratio < 10 ? 1 : 0); }

// Beside the bare index where it was measured, else beside the engine.
void print_ratios(const std::vector<Json>& results) {
  std::map<std::tuple<std::string, std::string>, Json> bases;
  const auto key_of = [](const Json& result) {
    return std::tuple(workload_of(result), variant_of(result));
  };
  for (const char* name : {"ref-inc", "xsell-engine"}) {
    for (const Json& result : results) {
      if (engine_of(result) == name + variant_of(result)) bases.emplace(key_of(result), result);
    }
  }
  fmt::print(
      "\n| engine | rules | times as long as | p50 | p99 | p99.9 |\n|---|---|---|---|---|---|\n");
  for (const Json& result : results) {
    const auto base = bases.find(key_of(result));
    if (!result.contains("p50_us") || is_truth(result) || base == bases.end()) continue;
    if (engine_of(result) == engine_of(base->second)) continue;
    const auto ratio = [&](const char* name) {
      const double limit = base->second.value(name, 0.0);
      return limit > 0 ? rounded(result.value(name, 0.0) / limit) : std::string("-");
    };
    fmt::print("| {} | {} | {} | {} | {} | {} |\n", engine_of(result), workload_of(result),
               engine_of(base->second), ratio("p50_us"), ratio("p99_us"), ratio("p999_us"));
  }
}

void print_second_runs(const std::vector<Json>& results) {
  fmt::print("\n");
  for (const Json& result : results) {
    if (result.contains("pacing_cost_p50_us")) {
      fmt::print("{} {}: pacing costs {:+.2f} us at p50, {:+.2f} at p99\n", engine_of(result),
                 workload_of(result), result.at("pacing_cost_p50_us").get<double>(),
                 result.at("pacing_cost_p99_us").get<double>());
    }
    if (result.contains("publishing_p999_us")) {
      fmt::print(
          "{} {}: p99.9 {:.2f} us, and {:.2f} while {} releases came; at most {:.2f} allowed\n",
          engine_of(result), workload_of(result), result.at("p999_us").get<double>(),
          result.at("publishing_p999_us").get<double>(),
          result.at("publishing_releases").get<int>(),
          result.at("publishing_limit_p999_us").get<double>());
    }
  }
}

}  // namespace

void report(const std::string& results_path, const std::string& svg_path) {
  const std::vector<Json> results = read_results(results_path);
  check_answers(results);
  print_figures(results);
  print_ratios(results);
  print_second_runs(results);
  if (svg_path.empty()) return;
  std::ofstream svg(svg_path, std::ios::trunc);
  svg << draw_chart(results);
  if (!svg.flush()) throw std::runtime_error(svg_path + ": cannot be written");
}

}  // namespace xsell::bench
