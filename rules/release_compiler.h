#ifndef XSELL_RULES_RELEASE_COMPILER_H_
#define XSELL_RULES_RELEASE_COMPILER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "rules/compiled_rules.h"
#include "rules/release_lines.h"

namespace xsell::rules {

class RuleCompiler;

// Compiles a release from its lines, one rule at a time: the model of a large rule set would take
// many times the memory of what is made of it. Gives what compile() makes of the same release.
// Threads: one at a time. Fails: by value; after a refusal the message says why.
class ReleaseCompiler {
 public:
  ReleaseCompiler(const LaneScope& scope, std::uint64_t version);
  ~ReleaseCompiler();

  // First all that rules refer to, the lines that are neither a rule nor a pair, in any order.
  LineResult add(std::string_view bytes);
  // Ends that part. rule_count: how many rules there may be at most.
  const Policy& begin_rules(std::size_t rule_count);

  // The rules in the order of their ids, and the pairs in any. A rule that is not wanted counts as
  // absent.
  LineResult add_rule(std::string_view bytes, const std::function<bool(const Rule&)>& is_wanted);
  LineResult add_pair(std::string_view bytes) { return builder_.add(bytes); }
  std::unique_ptr<CompiledRuleSet> finish();

  const std::string& message() const { return builder_.message(); }

 private:
  const LaneScope scope_;
  const std::uint64_t version_;
  RuleSetBuilder builder_;
  RuleSet frame_;  // without rules and pairs
  Catalogue catalogue_;
  std::unique_ptr<RuleCompiler> compiler_;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_RELEASE_COMPILER_H_
