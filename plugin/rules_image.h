#ifndef XSELL_PLUGIN_RULES_IMAGE_H_
#define XSELL_PLUGIN_RULES_IMAGE_H_

#include <memory>
#include <string>
#include <vector>

#include "offline_cache/rules_file.h"
#include "rules/compiled_rules.h"

namespace xsell::plugin {

// A generation compiled for this lane, kept beside its lines, so that the next start reads it
// instead of compiling again. Threads: one at a time. Fails: by value; there is none then.

// All that the compiled rules depend on: other rules, another lane, other switches or another
// version of the plugin have another key.
struct ImageKey {
  const offline_cache::RulesFileHeader& header;
  const rules::LaneScope& scope;
  std::vector<std::string> killed;  // what HQ has switched off in it
  bool is_past_staleness = false;
};

// Requires: no engine has used the rules yet.
bool save_image(const std::string& path, const ImageKey& key, const rules::CompiledRuleSet& rules);

std::unique_ptr<rules::CompiledRuleSet> load_image(const std::string& path, const ImageKey& key);

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_RULES_IMAGE_H_
