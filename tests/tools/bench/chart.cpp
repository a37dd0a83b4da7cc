#include "tests/tools/bench/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace xsell::bench {
namespace {

using Json = nlohmann::json;

constexpr double kWidth = 820, kHeight = 470, kLeft = 70, kRight = 190, kTop = 40, kBottom = 56;
constexpr double kLeastRules = 3, kMostRules = 6;  // powers of ten
constexpr double kLeastUs = -1;

struct Curve {
  std::string engine;
  std::map<int, double> p50_us, p99_us;  // by number of rules
};

// In the order in which they came.
std::vector<Curve> curves_of(const std::vector<Json>& results) {
  std::vector<Curve> curves;
  for (const Json& result : results) {
    if (!result.contains("p50_us") || result.at("dist") != "flat") continue;
    const auto engine = result.at("engine").get<std::string>();
    if (engine.starts_with("ref-linear")) continue;  // few baskets, for the answers' sake
    auto curve = std::find_if(curves.begin(), curves.end(),
                              [&](const Curve& other) { return other.engine == engine; });
    if (curve == curves.end()) curve = curves.insert(curve, Curve{engine, {}, {}});
    const int rules = result.at("rules").get<int>();
    curve->p50_us[rules] = result.at("p50_us").get<double>();
    curve->p99_us[rules] = result.at("p99_us").get<double>();
  }
  std::erase_if(curves, [](const Curve& curve) { return curve.p50_us.size() < 2; });
  return curves;
}

class Chart {
 public:
  explicit Chart(const std::vector<Curve>& curves) : curves_(curves) {
    for (const Curve& curve : curves) {
      for (const auto& [rules, us] : curve.p99_us)
        most_us_ = std::max(most_us_, std::ceil(std::log10(us)));
    }
  }

  std::string draw() {
    out_ = fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
<text x="{}" y="22" font-size="14">Microseconds per scan over the number of rules (solid: p50, dashed: p99)</text>
)",
        kWidth, kHeight, kLeft);
    draw_axes();
    for (std::size_t i = 0; i < curves_.size(); ++i) draw_curve(i);
    draw_names();
    return out_ + "</svg>\n";
  }

 private:
  static double x(double rules) {
    const double share = (std::log10(rules) - kLeastRules) / (kMostRules - kLeastRules);
    return kLeft + share * (kWidth - kLeft - kRight);
  }
  double y(double us) const {
    const double share = (std::log10(us) - kLeastUs) / (most_us_ - kLeastUs);
    return kHeight - kBottom - share * (kHeight - kTop - kBottom);
  }
  static const char* colour(std::size_t at) {
    static constexpr const char* kColours[] = {"#1f77b4", "#ff7f0e", "#2ca02c", "#d62728",
                                               "#9467bd", "#8c564b", "#555555"};
    return kColours[at % std::size(kColours)];
  }

  void draw_axes() {
    for (double power = kLeastUs; power <= most_us_; ++power) {
      const double us = std::pow(10, power);
      out_ += fmt::format(
          R"(<line x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}" stroke="#ddd"/><text x="{}" y="{:.1f}" text-anchor="end">{}</text>
)",
          kLeft, kWidth - kRight, y(us), y(us), kLeft - 8, y(us) + 4, us);
    }
    for (double power = kLeastRules; power <= kMostRules; ++power) {
      const double rules = std::pow(10, power);
      out_ += fmt::format(
          R"(<line x1="{:.1f}" x2="{:.1f}" y1="{}" y2="{}" stroke="#eee"/><text x="{:.1f}" y="{}" text-anchor="middle">{}</text>
)",
          x(rules), x(rules), kTop, kHeight - kBottom, x(rules), kHeight - kBottom + 18, rules);
    }
    out_ += fmt::format(R"svg(<text x="{:.1f}" y="{}" text-anchor="middle">rules</text>
<text x="18" y="{:.1f}" text-anchor="middle" transform="rotate(-90, 18, {:.1f})">us</text>
)svg",
                        (kLeft + kWidth - kRight) / 2, kHeight - 14, kHeight / 2, kHeight / 2);
  }

  void draw_curve(std::size_t at) {
    const auto draw = [&](const std::map<int, double>& points, const char* dash) {
      std::string path;
      for (const auto& [rules, us] : points) path += fmt::format("{:.1f},{:.1f} ", x(rules), y(us));
      out_ += fmt::format(
          R"(<polyline points="{}" fill="none" stroke="{}" stroke-width="2" stroke-dasharray="{}"/>
)",
          path, colour(at), dash);
    };
    draw(curves_[at].p50_us, "none");
    draw(curves_[at].p99_us, "5,4");
  }

  // Where each curve ends, from the lowest up, none over another.
  void draw_names() {
    std::vector<std::pair<double, std::size_t>> rows;
    for (std::size_t i = 0; i < curves_.size(); ++i) {
      rows.emplace_back(y(curves_[i].p50_us.rbegin()->second), i);
    }
    std::sort(rows.rbegin(), rows.rend());
    double lowest = kHeight;
    for (const auto& [row, at] : rows) {
      lowest = std::min(row + 4, lowest - 16);
      const int rules = curves_[at].p50_us.rbegin()->first;
      out_ += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" fill="{}">{}</text>
)",
                          x(rules) + 8, lowest, colour(at), curves_[at].engine);
    }
  }

  const std::vector<Curve>& curves_;
  double most_us_ = 1;
  std::string out_;
};

}  // namespace

std::string draw_chart(const std::vector<Json>& results) {
  const std::vector<Curve> curves = curves_of(results);
  return Chart(curves).draw();
}

}  // namespace xsell::bench
