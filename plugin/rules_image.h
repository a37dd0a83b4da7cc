#ifndef XSELL_PLUGIN_RULES_IMAGE_H_
#define XSELL_PLUGIN_RULES_IMAGE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "offline_cache/rules_file.h"
#include "rules/compiled_rules.h"
#include "rules/index_image.h"
#include "rules/release_records.h"

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

// The key as it stands in the file.
std::string text_of(const ImageKey& key);

bool save_image(const std::string& path, const std::string& key, const rules::ImageContent& rules);
std::unique_ptr<rules::CompiledRuleSet> load_image(const std::string& path, const ImageKey& key);

// The records of a generation's lines, kept beside them too, so that what a delta does not change
// need not be read again. They depend on nothing but the lines.
bool save_records(const std::string& path, const offline_cache::StateHash& state_hash,
                  const rules::ReleaseRecords& records);
std::optional<rules::ReleaseRecords> load_records(const std::string& path,
                                                  const offline_cache::StateHash& state_hash);

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_RULES_IMAGE_H_
