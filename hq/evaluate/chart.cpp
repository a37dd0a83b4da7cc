#include "hq/evaluate/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

namespace xsell::hq {
namespace {

constexpr double kLeft = 56, kTop = 44, kWidth = 560, kHeight = 340, kLegendWidth = 240;
// Told apart also by those who do not see red or green (Okabe and Ito 2008).
constexpr std::array<const char*, 8> kColours = {"#0072b2", "#e69f00", "#009e73", "#cc79a7",
                                                 "#56b4e9", "#f0e442", "#999999", "#d55e00"};
// Ours are black, told apart by their dashes.
constexpr std::array<const char*, 4> kDashes = {"none", "9 4", "2 4", "9 4 2 4"};
constexpr double kFirstShare = 0.02;  // fewer scans say little

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace

std::string precision_chart(const std::vector<MethodReport>& methods, const std::string& title) {
  double highest = 0.1;
  for (const MethodReport& method : methods) {
    for (const CurvePoint& point : method.curve) {
      if (point.share >= kFirstShare) highest = std::max(highest, point.precision);
    }
  }
  highest = std::ceil(highest * 10) / 10;
  const auto x = [](double share) { return kLeft + share * kWidth; };
  const auto y = [&](double precision) { return kTop + kHeight * (1 - precision / highest); };

  std::string svg;
  const auto add = [&](const std::string& text) { svg += text + "\n"; };
  add(
      fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" "
                  "width=\"{0:.0f}\" height=\"{1:.0f}\" font-family=\"sans-serif\" "
                  "font-size=\"12\">",
                  kLeft + kWidth + kLegendWidth, kTop + kHeight + 52));
  add("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>");
  add(fmt::format("<text x=\"{:.0f}\" y=\"22\" font-size=\"15\">{}</text>", kLeft, escaped(title)));
  const int steps = static_cast<int>(std::lround(highest * 10));
  for (int i = 0; i <= steps; ++i) {
    const double level = y(i / 10.0);
    add(
        fmt::format("<line x1=\"{:.0f}\" x2=\"{:.0f}\" y1=\"{:.1f}\" y2=\"{:.1f}\" "
                    "stroke=\"#ddd\"/>",
                    kLeft, kLeft + kWidth, level, level));
    add(fmt::format("<text x=\"{:.0f}\" y=\"{:.1f}\" text-anchor=\"end\">{}%</text>", kLeft - 8,
                    level + 4, i * 10));
  }
  for (int i = 0; i <= 10; ++i) {
    add(fmt::format("<text x=\"{:.1f}\" y=\"{:.0f}\" text-anchor=\"middle\">{}%</text>",
                    x(i / 10.0), kTop + kHeight + 18, i * 10));
  }
  add(
      fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"middle\">surest share of scans "
                  "that are prompted</text>",
                  kLeft + kWidth / 2, kTop + kHeight + 40));
  add(
      fmt::format("<text x=\"{:.0f}\" y=\"38\">first offers that the basket went on to "
                  "hold</text>",
                  kLeft));
  std::size_t baseline = 0, ours = 0;
  for (std::size_t i = 0; i < methods.size(); ++i) {
    const MethodReport& method = methods[i];
    const char* const colour =
        method.is_baseline ? kColours[baseline++ % kColours.size()] : "#000000";
    const char* const dashes = method.is_baseline ? "none" : kDashes[ours++ % kDashes.size()];
    std::string points;
    for (const CurvePoint& point : method.curve) {
      if (point.share < kFirstShare) continue;
      fmt::format_to(std::back_inserter(points), "{:.1f},{:.1f} ", x(point.share),
                     y(point.precision));
    }
    add(
        fmt::format("<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" "
                    "stroke-dasharray=\"{}\" points=\"{}\"/>",
                    colour, method.is_baseline ? 1.5 : 2.5, dashes, points));
    const double row = kTop + 10 + 20 * static_cast<double>(i);
    const double legend = kLeft + kWidth + 20;
    add(
        fmt::format("<line x1=\"{0:.0f}\" x2=\"{1:.0f}\" y1=\"{2:.0f}\" y2=\"{2:.0f}\" "
                    "stroke=\"{3}\" stroke-width=\"{4}\" stroke-dasharray=\"{5}\"/>",
                    legend, legend + 26, row, colour, method.is_baseline ? 1.5 : 2.5, dashes));
    add(fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\">{}</text>", legend + 34, row + 4,
                    escaped(method.title)));
  }
  add("</svg>");
  return svg;
}

}  // namespace xsell::hq
