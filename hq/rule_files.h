#ifndef XSELL_HQ_RULE_FILES_H_
#define XSELL_HQ_RULE_FILES_H_

#include <string>
#include <vector>

#include "hq/store.h"
#include "rules/catalogue.h"
#include "rules/finding.h"
#include "rules/model.h"

namespace xsell::hq {

// What a release is made of: one rule set out of all files, the catalogue, and all that there is to
// say against it. Use it only if !rules::has_errors(findings).
struct RuleFiles {
  rules::RuleSet rule_set;     // in order
  rules::Catalogue catalogue;  // in order; the leaks of mined offers are set
  std::vector<rules::Finding> findings;
};

// Fails: Refused when the file can't be read. "-" is standard input; what is packed is unpacked.
std::string read_whole_file(const std::string& path);

// Reads and merges only; the findings are those of reading.
RuleFiles read_rule_files(const std::vector<std::string>& paths, rules::Catalogue catalogue);

// Reads, merges and checks authored and mined files. A policy that says nothing but "mined" (as
// 'mine' writes it) goes into the policy of another file instead of conflicting with it. Fails:
// Refused when a file can't be read at all.
RuleFiles load_rule_files(const std::vector<std::string>& paths, rules::Catalogue catalogue,
                          std::size_t store_count = 0);

// The same with this HQ's catalogue.
RuleFiles load_rule_files(const std::vector<std::string>& paths, HqStore& store);

}  // namespace xsell::hq

#endif  // XSELL_HQ_RULE_FILES_H_
