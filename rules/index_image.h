// A compiled rule set as bytes, so that a lane that starts need not compile it again. Only the
// build that wrote them can read them, on the machine where it did. Threads: any. Requires: the
// bytes reach read_image() as they were written, so whoever keeps them checks that.
#ifndef XSELL_RULES_INDEX_IMAGE_H_
#define XSELL_RULES_INDEX_IMAGE_H_

#include <cstdint>
#include <memory>

#include "rules/compiled_rules.h"
#include "rules/flat_archive.h"

namespace xsell::rules {

// Requires: no engine has used the rules yet, so that their counters hold what compiling counted.
void write_image(const CompiledRuleSet& rules, const ByteSink& sink);

// scope: the one that the rules were compiled for. Null: another build wrote it.
std::unique_ptr<CompiledRuleSet> read_image(std::uint64_t size, const ByteSource& source,
                                            const LaneScope& scope);

}  // namespace xsell::rules

#endif  // XSELL_RULES_INDEX_IMAGE_H_
