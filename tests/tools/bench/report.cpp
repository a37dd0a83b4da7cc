#include "tests/tools/bench/report.h"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <tuple>
#include <vector>

namespace xsell::bench {
namespace {

using Json = nlohmann::json;

std::vector<Json> read_results(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + ": cannot be read");
  std::vector<Json> results;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('{')) results.push_back(Json::parse(line));
  }
  return results;
}

bool is_big(const Json& result) { return result.at("engine").get<std::string>().ends_with("-big"); }

// Whoever was given the same workload must have given the same answers.
void check_answers(const std::vector<Json>& results) {
  std::map<std::tuple<std::string, int, int, bool>, Json> first;
  for (const Json& result : results) {
    if (!result.contains("hall")) continue;
    const auto key = std::tuple(result.at("dist").get<std::string>(), result.at("rules").get<int>(),
                                result.at("baskets").get<int>(), is_big(result));
    const auto [known, is_new] = first.emplace(key, result);
    if (is_new || known->second.at("hall") == result.at("hall")) continue;
    throw std::runtime_error(fmt::format(
        "{} and {} answer {} {} differently", known->second.at("engine").get<std::string>(),
        result.at("engine").get<std::string>(), std::get<0>(key), std::get<1>(key)));
  }
}

void print_table(const std::vector<Json>& results) {
  fmt::print(
      "| engine | rules | p50 us | p99 us | p99.9 us | MB | bytes a rule | ready after ms |\n");
  fmt::print("|---|---|---|---|---|---|---|---|\n");
  for (const Json& result : results) {
    const auto number = [&](const char* name) { return result.value(name, 0.0); };
    fmt::print("| {} | {} {} | {:.2f} | {:.2f} | {:.2f} | {:.0f} | {:.0f} | {:.0f} |\n",
               result.at("engine").get<std::string>(), result.at("dist").get<std::string>(),
               result.at("rules").get<int>(), number("p50_us"), number("p99_us"), number("p999_us"),
               number("rss_mb"), number("bytes_per_rule"), number("load_ms"));
  }
}

// Both axes in powers of ten.
class Chart {
 public:
  std::string draw(const std::vector<Json>& results) {
    std::set<std::string> engines;
    for (const Json& result : results) {
      if (is_drawn(result)) engines.insert(result.at("engine").get<std::string>());
    }
    out_ = fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
<text x="{}" y="18" font-size="14">Microseconds per scan over the number of rules (solid: p50, dashed: p99)</text>
)",
        kWidth, kHeight, kLeft);
    draw_axes();
    std::size_t at = 0;
    for (const std::string& engine : engines) {
      draw_engine(engine, results, at++);
    }
    return out_ + "</svg>\n";
  }

 private:
  static constexpr double kWidth = 760, kHeight = 440, kLeft = 60, kRight = 180, kTop = 30,
                          kBottom = 40;
  static constexpr double kLeastRules = 3, kMostRules = 6;  // powers of ten
  static constexpr double kLeastUs = -1, kMostUs = 3;

  static bool is_drawn(const Json& result) {
    return result.at("dist") == "flat" && !is_big(result) && result.contains("p50_us");
  }
  static double x(double rules) {
    const double share = (std::log10(rules) - kLeastRules) / (kMostRules - kLeastRules);
    return kLeft + share * (kWidth - kLeft - kRight);
  }
  static double y(double us) {
    const double share = (std::log10(us) - kLeastUs) / (kMostUs - kLeastUs);
    return kHeight - kBottom - share * (kHeight - kTop - kBottom);
  }

  void draw_axes() {
    for (double power = kLeastUs; power <= kMostUs; ++power) {
      const double us = std::pow(10, power);
      out_ += fmt::format(
          R"(<line x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}" stroke="#ddd"/><text x="{}" y="{:.1f}" text-anchor="end">{:g}</text>
)",
          kLeft, kWidth - kRight, y(us), y(us), kLeft - 6, y(us) + 4, us);
    }
    for (double power = kLeastRules; power <= kMostRules; ++power) {
      const double rules = std::pow(10, power);
      out_ += fmt::format(R"(<text x="{:.1f}" y="{}" text-anchor="middle">{:g}</text>
)",
                          x(rules), kHeight - kBottom + 18, rules);
    }
  }

  void draw_engine(const std::string& engine, const std::vector<Json>& results, std::size_t at) {
    static constexpr const char* kColours[] = {"#1f77b4", "#d62728", "#2ca02c",
                                               "#9467bd", "#ff7f0e", "#555555"};
    const char* colour = kColours[at % std::size(kColours)];
    for (const auto& [name, dash] : {std::pair("p50_us", ""), std::pair("p99_us", "5,4")}) {
      std::map<int, double> points;
      for (const Json& result : results) {
        if (is_drawn(result) && result.at("engine") == engine)
          points[result.at("rules").get<int>()] = result.at(name).get<double>();
      }
      std::string path;
      for (const auto& [rules, us] : points) path += fmt::format("{:.1f},{:.1f} ", x(rules), y(us));
      out_ += fmt::format(
          R"(<polyline points="{}" fill="none" stroke="{}" stroke-width="2" stroke-dasharray="{}"/>
)",
          path, colour, dash);
    }
    const double row = kTop + 20 + 18 * static_cast<double>(at);
    out_ += fmt::format(R"(<text x="{}" y="{}" fill="{}">{}</text>
)",
                        kWidth - kRight + 12, row, colour, engine);
  }

  std::string out_;
};

}  // namespace

void report(const std::string& results_path, const std::string& svg_path) {
  const std::vector<Json> results = read_results(results_path);
  check_answers(results);
  print_table(results);
  if (svg_path.empty()) return;
  std::ofstream svg(svg_path, std::ios::trunc);
  svg << Chart().draw(results);
  if (!svg.flush()) throw std::runtime_error(svg_path + ": cannot be written");
}

}  // namespace xsell::bench
