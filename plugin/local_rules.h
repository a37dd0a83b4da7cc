#ifndef XSELL_PLUGIN_LOCAL_RULES_H_
#define XSELL_PLUGIN_LOCAL_RULES_H_

#include <memory>
#include <string>
#include <vector>

#include "plugin/configuration.h"
#include "rules/compiled_rules.h"
#include "rules/lane_scope.h"

namespace xsell::plugin {

// Authored files that a lane prompts from directly, for development and demonstrations.
// Threads: one at a time. Fails: by value.
class LocalRules {
 public:
  struct Loaded {
    std::unique_ptr<rules::CompiledRuleSet> rules;  // null when there is an error
    std::vector<std::string> errors;
    std::vector<std::string> warnings;
  };

  LocalRules(std::vector<std::string> rules_files, std::vector<std::string> item_files);

  Loaded load(const rules::LaneScope& scope);
  // One of the files is another than at the last load.
  bool has_changed() const;

 private:
  std::string stamp() const;

  const std::vector<std::string> rules_files_;
  const std::vector<std::string> item_files_;
  std::string loaded_stamp_;
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_LOCAL_RULES_H_
