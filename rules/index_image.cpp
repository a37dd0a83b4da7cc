#include "rules/index_image.h"

#include <utility>
#include <vector>

#include "rules/release_lines.h"
#include "rules/rule_index.h"
#include "rules/workspace.h"

namespace xsell::rules {
namespace {

// The policy is kept as its release line, which has a reader that checks it.
std::string line_of(const Policy& policy) {
  RuleSet rule_set;
  rule_set.policy = policy;
  for (ReleaseLine& line : to_release_lines(rule_set, {})) {
    if (line.id == "policy") return std::move(line.bytes);
  }
  return {};
}

std::uint64_t shape() {
  static const std::uint64_t hash = [] {
    ShapeHasher hasher;
    hasher(RuleIndex(), CompileReport(), SilenceCounters::Row());
    return hasher.hash();
  }();
  return hash;
}

}  // namespace

ImageContent::ImageContent(const CompiledRuleSet& rules)
    : index_(rules.shared_index()), report_(rules.report()), dropped_(rules.silence().rows()) {}

void ImageContent::write(const ByteSink& sink) const {
  FlatWriter write(sink);
  write(shape(), report_, dropped_, line_of(index_->policy), *index_);
}

std::unique_ptr<CompiledRuleSet> read_image(std::uint64_t size, const ByteSource& source,
                                            const LaneScope& scope) {
  FlatReader read(size, source);
  std::uint64_t written_shape = 0;
  read(written_shape);
  if (written_shape != shape()) return nullptr;
  CompileReport report;
  std::vector<SilenceCounters::Row> dropped;
  std::string policy_line;
  auto index = std::make_unique<RuleIndex>();
  read(report, dropped, policy_line, *index);
  RuleSetBuilder policy;
  if (!read.is_at_end() || policy.add(policy_line) != LineResult::added) return nullptr;
  index->policy = policy.take_rule_set().policy;
  index->scope = scope;

  auto silence = std::make_unique<SilenceCounters>(index->rule_count());
  for (const SilenceCounters::Row& row : dropped) {
    for (std::uint64_t i = 0; i < row.count; ++i) silence->add(row.rule, row.reason);
  }
  auto workspace = std::make_unique<Workspace>(*index);
  return std::make_unique<CompiledRuleSet>(std::move(index), std::move(workspace),
                                           std::move(silence), report);
}

}  // namespace xsell::rules
