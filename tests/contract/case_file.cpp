#include "tests/contract/case_file.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "rules/model_names.h"

namespace xsell::contract {

namespace {

std::string items_document(Json body) {
  body["schema"] = "xsell.items/1";
  return body.dump(2);
}

// A rule that does not care what it says gets words.
std::string rules_document(Json body) {
  body["schema"] = "xsell.rules/1";
  if (body.contains("rules")) {
    for (Json& rule : body["rules"]) {
      if (rule.contains("prompt")) continue;
      rule["prompt"] = {{"operator_text", {{"en", "{offer}?"}}},
                        {"reason", {{"en", "It goes well."}}}};
    }
  }
  return body.dump(2);
}

rules::LaneScope read_scope(const Json& lane) {
  rules::LaneScope scope;
  scope.business_unit = lane.value("business_unit", "0001");
  scope.business_unit_groups = lane.value("business_unit_groups", std::vector<std::string>());
  scope.workstation = lane.value("workstation", "07");
  scope.language = lane.value("language", "en");
  const std::string type = lane.value("workstation_type", "staffed");
  scope.workstation_type = rules::value_of<rules::WorkstationType>(type).value();
  scope.currency = rules::Currency::from_text(lane.value("currency", "EUR")).value();
  return scope;
}

Json read_project_file(const std::string& path) {
  std::ifstream stream(std::filesystem::path(XSELL_SOURCE_DIR) / path);
  return Json::parse(stream);
}

void read_file(const std::filesystem::path& path, std::vector<Case>& out) {
  std::ifstream stream(path);
  const Json file = Json::parse(stream, nullptr, true, /*ignore_comments=*/false);
  for (const Json& entry : file.at("cases")) {
    Case read;
    read.file = path.stem().string();
    read.name = entry.at("name");
    const auto part = [&](const char* name) {
      const Json found = entry.contains(name) ? entry[name] : file.value(name, Json::object());
      return found.is_string() ? read_project_file(found) : found;
    };
    read.scope = read_scope(part("lane"));
    read.rules = rules_document(part("rules"));
    read.items = items_document(part("items"));
    const Json releases = part("releases");
    for (const auto& [name, release] : releases.items()) {
      read.releases[name] = rules_document(release);
    }
    read.unpublishable = entry.value("unpublishable", "");
    read.steps = entry.at("steps");
    read.outcomes = entry.value("outcomes", Json());
    read.counters = entry.value("counters", Json());
    out.push_back(std::move(read));
  }
}

}  // namespace

std::vector<Case> read_cases(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<Case> cases;
  for (const auto& file : files) {
    try {
      read_file(file, cases);
    } catch (const std::exception& error) {
      throw std::runtime_error(file.string() + ": " + error.what());
    }
  }
  return cases;
}

}  // namespace xsell::contract
