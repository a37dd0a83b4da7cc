// Contract cases as their JSON files hold them, ready to be played.
#ifndef XSELL_TESTS_CONTRACT_CASE_FILE_H_
#define XSELL_TESTS_CONTRACT_CASE_FILE_H_

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "rules/lane_scope.h"

namespace xsell::contract {

using Json = nlohmann::ordered_json;

struct Case {
  std::string file;  // without folder and ending
  std::string name;
  rules::LaneScope scope;
  std::string rules;  // documents
  std::string items;
  std::map<std::string, std::string> releases;  // further rules documents, by name
  std::string unpublishable;  // why only the engine can be given these rules; empty: any lane can
  Json steps;
  Json outcomes;  // null: not checked
  Json counters;  // null: not checked
};

// All cases of all files of the folder, by file and place. Throws with the file's name when one
// cannot be read.
std::vector<Case> read_cases(const std::filesystem::path& folder);

}  // namespace xsell::contract

#endif  // XSELL_TESTS_CONTRACT_CASE_FILE_H_
