#include "hq/import/bad_lines.h"

#include <fmt/format.h>

namespace xsell::hq {
namespace {

constexpr std::size_t kShownBytes = 100;

}  // namespace

void BadLines::add(std::string_view file, std::uint64_t line, std::string_view reason,
                   std::string_view raw) {
  ++count_;
  auto found = reasons_.find(reason);
  if (found == reasons_.end()) found = reasons_.emplace(reason, Reason{}).first;
  ++found->second.count;
  if (found->second.samples.size() == kSamplesPerReason) return;
  std::string shown(raw.substr(0, kShownBytes));
  if (raw.size() > kShownBytes) shown += " ...";
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  found->second.samples.push_back({std::string(file), line, std::move(shown)});
}

Json BadLines::to_json() const {
  Json reasons = Json::array();
  for (const auto& [text, reason] : reasons_) {
    Json samples = Json::array();
    for (const Sample& sample : reason.samples) {
      samples.push_back({{"file", sample.file}, {"line", sample.line}, {"text", sample.raw}});
    }
    reasons.push_back({{"reason", text}, {"count", reason.count}, {"samples", samples}});
  }
  return reasons;
}

void BadLines::add(const Json& reasons) {
  for (const Json& told : reasons) {
    Reason& reason = reasons_[told.at("reason").get<std::string>()];
    const auto count = told.at("count").get<std::uint64_t>();
    reason.count += count;
    count_ += count;
    for (const Json& sample : told.at("samples")) {
      if (reason.samples.size() == kSamplesPerReason) break;
      reason.samples.push_back({sample.at("file").get<std::string>(),
                                sample.at("line").get<std::uint64_t>(),
                                sample.at("text").get<std::string>()});
    }
  }
}

void BadLines::print(Output& output) const {
  if (count_ == 0) return;
  output.text(fmt::format("{} bad lines were left out:", count_));
  for (const auto& [text, reason] : reasons_) {
    output.text(fmt::format("  {} x {}", reason.count, text));
    for (const Sample& sample : reason.samples) {
      output.text(fmt::format("      {}:{}: {}", sample.file, sample.line, sample.raw));
    }
    if (reason.count > reason.samples.size()) output.text("      ...");
  }
}

}  // namespace xsell::hq
