#include "hq/rule_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "hq/catalogue_store.h"
#include "hq/errors.h"
#include "hq/import/byte_source.h"
#include "hq/mine/pack.h"
#include "rules/parse.h"
#include "rules/validate.h"

namespace xsell::hq {

std::string read_whole_file(const std::string& path) {
  const auto source = ByteSource::open(path);
  std::string text;
  std::array<char, 64 * 1024> chunk;
  while (const std::size_t size = source->read(chunk)) text.append(chunk.data(), size);
  return text;
}

namespace {

bool says_only_mined(const rules::ParsedRules& parsed) {
  if (!parsed.has_policy) return false;
  rules::Policy rest = parsed.rule_set.policy;
  rest.mined = rules::MinedPolicy();
  return rest == rules::Policy();
}

// Moves the mined part of such policies into the policy of the one file that says more.
void join_mined_policies(std::vector<rules::ParsedRules>& files) {
  const auto has_full_policy = [](const rules::ParsedRules& file) {
    return file.has_policy && !says_only_mined(file);
  };
  const auto full = std::find_if(files.begin(), files.end(), has_full_policy);
  if (full == files.end() || full->rule_set.policy.mined != rules::MinedPolicy()) return;
  const auto mined = std::find_if(files.begin(), files.end(), says_only_mined);
  if (mined == files.end()) return;
  full->rule_set.policy.mined = std::move(mined->rule_set.policy.mined);
  mined->has_policy = false;
}

void set_leaks(const rules::RuleSet& rule_set, rules::Catalogue& catalogue) {
  for (const rules::MinedPair& pair : rule_set.pairs) {
    if (pair.basket_count <= 0 || pair.offer_count < 0) continue;
    // find_item() promises no change, but the catalogue is ours.
    auto* item = const_cast<rules::Item*>(catalogue.find_item(pair.offer));
    if (item == nullptr) continue;
    item->leak = leak_weight(static_cast<std::uint32_t>(pair.offer_count),
                             static_cast<std::uint32_t>(pair.basket_count));
  }
}

}  // namespace

RuleFiles read_rule_files(const std::vector<std::string>& paths, rules::Catalogue catalogue) {
  std::vector<rules::ParsedRules> files;
  for (const std::string& path : paths) {
    files.push_back(rules::parse_rules(read_whole_file(path), path));
  }
  join_mined_policies(files);
  rules::ParsedRules all;
  for (rules::ParsedRules& file : files) rules::merge_rules(all, std::move(file));

  RuleFiles result;
  result.rule_set = std::move(all.rule_set);
  result.catalogue = std::move(catalogue);
  result.findings = std::move(all.findings);
  result.rule_set.put_in_order();
  set_leaks(result.rule_set, result.catalogue);
  return result;
}

RuleFiles load_rule_files(const std::vector<std::string>& paths, rules::Catalogue catalogue,
                          std::size_t store_count) {
  RuleFiles result = read_rule_files(paths, std::move(catalogue));
  std::vector<rules::Finding> checks =
      rules::validate(result.rule_set, &result.catalogue, store_count);
  result.findings.insert(result.findings.end(), std::make_move_iterator(checks.begin()),
                         std::make_move_iterator(checks.end()));
  rules::put_in_order(result.findings);
  return result;
}

RuleFiles load_rule_files(const std::vector<std::string>& paths, HqStore& store) {
  offline_cache::Statement count = store.prepare("SELECT count(*) FROM stores");
  count.step();
  return load_rule_files(paths, load_catalogue(store),
                         static_cast<std::size_t>(count.column_int64(0)));
}

}  // namespace xsell::hq
