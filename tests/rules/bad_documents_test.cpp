// Each document of the corpus has one fault, which lint must find, with its place and how to mend
// it. findings.txt says which; every word that a check can say must be among them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>

#include "rules/parse.h"
#include "rules/validate.h"

namespace xsell::rules {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(XSELL_SOURCE_DIR) / "tests/rules/bad_documents";

std::string read_file(const fs::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

// "name: finding", by name.
std::map<std::string, std::string> wanted_findings() {
  std::map<std::string, std::string> wanted;
  std::ifstream file(kFolder / "findings.txt");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    wanted[line.substr(0, colon)] = line.substr(colon + 2);
  }
  return wanted;
}

std::vector<Finding> findings_of(const std::string& name) {
  const fs::path own_items = kFolder / (name + ".items.json");
  const ParsedItems items =
      parse_items(read_file(fs::exists(own_items) ? own_items : kFolder / "items.json"), "items");
  EXPECT_TRUE(items.findings.empty());
  ParsedRules parsed = parse_rules(read_file(kFolder / (name + ".json")), name + ".json");
  std::vector<Finding> findings = std::move(parsed.findings);
  parsed.rule_set.put_in_order();
  for (Finding& finding : validate(parsed.rule_set, &items.catalogue)) {
    findings.push_back(std::move(finding));
  }
  return findings;
}

class BadDocument : public testing::TestWithParam<std::string> {};

TEST_P(BadDocument, IsFoundAloneWithItsPlaceAndItsMend) {
  const std::string wanted = wanted_findings()[GetParam()];
  std::vector<Finding> findings = findings_of(GetParam());
  // A document may also use what lanes do not evaluate yet: that is a finding of its own.
  if (findings.size() > 1 && wanted.find(" yet") == std::string::npos) {
    std::erase_if(findings, [](const Finding& finding) {
      return finding.message.find(" yet") != std::string::npos;
    });
  }
  ASSERT_EQ(findings.size(), 1u) << testing::PrintToString([&] {
    std::vector<std::string> texts;
    for (const Finding& finding : findings) texts.push_back(to_text(finding));
    return texts;
  }());
  const Finding& finding = findings.front();
  EXPECT_THAT(to_text(finding), testing::HasSubstr(wanted));
  EXPECT_FALSE(finding.mend.empty());
  // Pairs and what was imported have no place in this file.
  const bool is_elsewhere =
      finding.field.starts_with("pairs") || finding.field.starts_with("category");
  EXPECT_EQ(finding.line == 0, is_elsewhere) << to_text(finding);
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const auto& [name, finding] : wanted_findings()) names.push_back(name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Corpus, BadDocument, testing::ValuesIn(names()),
                         [](const auto& each) { return each.param; });

TEST(BadDocuments, AreAllNamedWithTheirFinding) {
  const auto wanted = wanted_findings();
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    const std::string name = entry.path().filename().string();
    const bool is_document = name.ends_with(".json") && !name.ends_with("items.json");
    if (is_document) {
      EXPECT_TRUE(wanted.contains(name.substr(0, name.size() - 5))) << name;
    }
  }
}

// The words of all checks, taken from their sources: string literals of more than one word.
std::set<std::string> words_of_checks() {
  static const std::regex kLiteral(R"re("((?:[^"\\]|\\.)*)")re");
  static const std::regex kBroken(R"re("\s*\n\s*")re");
  std::set<std::string> words;
  for (const auto& entry : fs::directory_iterator(fs::path(XSELL_SOURCE_DIR) / "rules")) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("check_") && name != "validate.cpp") continue;
    if (!name.ends_with(".cpp")) continue;
    const std::string source = std::regex_replace(read_file(entry.path()), kBroken, "");
    for (std::sregex_iterator at(source.begin(), source.end(), kLiteral), end; at != end; ++at) {
      std::string text = (*at)[1];
      text = std::regex_replace(text, std::regex(R"re(\\(["\\]))re"), "$1");
      if (text.find(' ') != std::string::npos && text.size() > 8) words.insert(text);
    }
  }
  return words;
}

TEST(BadDocuments, EveryCheckHasOne) {
  // Said of lines over 64 KiB, by Validate.RefusesWhatNoReleaseLineHolds.
  const std::string too_large =
      "it takes  bytes of a release, more than the  of one line; "
      "Name categories, brands or tags instead of single items.";
  std::string said;
  for (const std::string& name : names()) {
    for (const Finding& finding : findings_of(name)) said += to_text(finding) + "\n";
  }
  for (const std::string& words : words_of_checks()) {
    const bool is_said = said.find(words) != std::string::npos;
    EXPECT_TRUE(is_said || too_large.find(words) != std::string::npos)
        << "no document of the corpus brings up: " << words;
  }
}

}  // namespace
}  // namespace xsell::rules
