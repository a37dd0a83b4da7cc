// A compiled rule set as bytes, so that a lane that starts need not compile it again. Only the
// build that wrote them can read them, on the machine where it did. Threads: any. Requires: the
// bytes reach read_image() as they were written, so whoever keeps them checks that.
#ifndef XSELL_RULES_INDEX_IMAGE_H_
#define XSELL_RULES_INDEX_IMAGE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "rules/compiled_rules.h"
#include "rules/flat_archive.h"

namespace xsell::rules {

// What an image holds. Taken before an engine uses the rules, so that their counters hold what
// compiling counted; written whenever there is time.
class ImageContent {
 public:
  explicit ImageContent(const CompiledRuleSet& rules);
  void write(const ByteSink& sink) const;

 private:
  std::shared_ptr<const RuleIndex> index_;
  CompileReport report_;
  std::vector<SilenceCounters::Row> dropped_;
};

// scope: the one that the rules were compiled for. Null: another build wrote it.
std::unique_ptr<CompiledRuleSet> read_image(std::uint64_t size, const ByteSource& source,
                                            const LaneScope& scope);

}  // namespace xsell::rules

#endif  // XSELL_RULES_INDEX_IMAGE_H_
