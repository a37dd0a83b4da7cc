#include "plugin/local_rules.h"

#include <iterator>
#include <utility>

#include "offline_cache/data_folder.h"
#include "rules/parse.h"
#include "rules/validate.h"

namespace xsell::plugin {
namespace {

constexpr size_t kMaxFileBytes = size_t{16} << 20;

std::string read(const std::string& path, std::vector<std::string>& errors) {
  try {
    std::optional<std::string> text = offline_cache::read_file(path, kMaxFileBytes);
    if (text) return std::move(*text);
    errors.push_back(path + ": the file is not there; correct local_rules in the configuration");
  } catch (const offline_cache::StorageError& error) {
    errors.push_back(error.what());
  }
  return {};
}

void report(const std::vector<rules::Finding>& findings, LocalRules::Loaded& loaded) {
  for (const rules::Finding& finding : findings) {
    const bool is_error = finding.severity == rules::Severity::error;
    (is_error ? loaded.errors : loaded.warnings).push_back(rules::to_text(finding));
  }
}

}  // namespace

LocalRules::LocalRules(std::vector<std::string> rules_files, std::vector<std::string> item_files)
    : rules_files_(std::move(rules_files)), item_files_(std::move(item_files)) {}

LocalRules::Loaded LocalRules::load(const rules::LaneScope& scope) {
  loaded_stamp_ = stamp();
  Loaded loaded;

  rules::Catalogue catalogue;
  for (const std::string& path : item_files_) {
    const std::string text = read(path, loaded.errors);
    if (text.empty()) continue;
    rules::ParsedItems items = rules::parse_items(text, path);
    report(items.findings, loaded);
    std::move(items.catalogue.items.begin(), items.catalogue.items.end(),
              std::back_inserter(catalogue.items));
    std::move(items.catalogue.categories.begin(), items.catalogue.categories.end(),
              std::back_inserter(catalogue.categories));
  }
  catalogue.put_in_order();

  std::optional<rules::ParsedRules> all;
  for (const std::string& path : rules_files_) {
    const std::string text = read(path, loaded.errors);
    if (text.empty()) continue;
    rules::ParsedRules parsed = rules::parse_rules(text, path);
    if (all) {
      rules::merge_rules(*all, std::move(parsed));
    } else {
      all = std::move(parsed);
    }
  }
  if (!all) return loaded;
  report(all->findings, loaded);
  all->rule_set.put_in_order();
  report(rules::validate(all->rule_set, item_files_.empty() ? nullptr : &catalogue), loaded);
  if (loaded.errors.empty()) {
    loaded.rules = rules::compile(std::move(all->rule_set), std::move(catalogue), scope);
  }
  return loaded;
}

bool LocalRules::has_changed() const { return stamp() != loaded_stamp_; }

std::string LocalRules::stamp() const {
  std::string all;
  for (const std::vector<std::string>* files : {&rules_files_, &item_files_}) {
    for (const std::string& path : *files) {
      all += offline_cache::file_stamp(path) + ';';
    }
  }
  return all;
}

}  // namespace xsell::plugin
