#include "rules/condition_compiler.h"

#include <algorithm>

namespace xsell::rules {

namespace {

using Terms = std::vector<std::uint32_t>;

void sort_and_unite(Terms& terms) {
  std::sort(terms.begin(), terms.end());
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
}

class ConditionCompiler {
 public:
  ConditionCompiler(TermCompiler& terms, RuleIndex& index) : terms_(terms), index_(index) {}

  // Returns the cover of this part; empty: none.
  Terms add(const Condition& condition, bool is_negated) {
    const std::uint32_t at = open(condition);
    Terms cover;
    switch (condition.kind) {
      case ConditionKind::all:
        node(at).op = ConditionOp::all;
        for (const Condition& child : condition.children) {
          Terms part = add(child, is_negated);
          if (!part.empty() && (cover.empty() || part.size() < cover.size()))
            cover = std::move(part);
        }
        break;
      case ConditionKind::any:
        node(at).op = ConditionOp::any;
        cover = add_any(condition, is_negated);
        break;
      case ConditionKind::negation:
        node(at).op = ConditionOp::negation;
        for (const Condition& child : condition.children) add(child, !is_negated);
        break;
      case ConditionKind::basket_has:
      case ConditionKind::basket_count:
        cover = add_quantity(condition, at, is_negated);
        break;
      case ConditionKind::distinct_categories:
        node(at).op = ConditionOp::distinct_categories;
        result_.is_live = true;
        break;
      case ConditionKind::amount:
        node(at).op = ConditionOp::amount;
        result_.is_live = true;
        if (!condition.currency.is_empty() && condition.currency != index_.currency) {
          refuse(DropReason::kUnsupported);
        }
        break;
      case ConditionKind::segment: {
        const std::uint32_t audience = compile_segments(condition.segments, index_);
        node(at).op = ConditionOp::segments;
        node(at).term = audience;
        break;
      }
      case ConditionKind::bought_within:
      case ConditionKind::due_for:
      case ConditionKind::near_miss:
      case ConditionKind::context:
      case ConditionKind::unknown:
        refuse(DropReason::kUnsupported);
        break;
    }
    node(at).end = static_cast<std::uint32_t>(index_.conditions.size());
    return is_negated ? Terms() : cover;
  }

  CompiledCondition take(const Condition& condition) {
    result_.root = static_cast<std::uint32_t>(index_.conditions.size());
    result_.cover = add(condition, false);
    if (result_.cover.empty()) result_.cover.push_back(kAnyTerm);
    for (Terms* terms : {&result_.cover, &result_.first, &result_.more, &result_.positive}) {
      sort_and_unite(*terms);
    }
    find_only_term();
    return std::move(result_);
  }

 private:
  ConditionNode& node(std::uint32_t at) { return index_.conditions[at]; }

  std::uint32_t open(const Condition& condition) {
    index_.conditions.push_back({ConditionOp::all, 0, kNoId, condition.min, condition.max});
    return static_cast<std::uint32_t>(index_.conditions.size() - 1);
  }

  void refuse(DropReason reason) {
    if (result_.refused == DropReason::kNone) result_.refused = reason;
  }

  Terms add_any(const Condition& condition, bool is_negated) {
    Terms cover;
    bool is_covered = !condition.children.empty();
    for (const Condition& child : condition.children) {
      const Terms part = add(child, is_negated);
      is_covered = is_covered && !part.empty();
      cover.insert(cover.end(), part.begin(), part.end());
    }
    sort_and_unite(cover);
    return is_covered ? cover : Terms();
  }

  Terms add_quantity(const Condition& condition, std::uint32_t at, bool is_negated) {
    if (condition.selector.is_empty()) {
      node(at).op = ConditionOp::basket_quantity;
      result_.is_live = true;
      return {};
    }
    const std::uint32_t term = terms_.term_of(condition.selector);
    if (term == kNoId) {
      refuse(DropReason::kUnknownTarget);
      return {};
    }
    node(at).op = ConditionOp::term_quantity;
    node(at).term = term;
    const bool asks_for_it = condition.min > 0;
    if (is_negated) {
      // More of it can end the negated part only by passing its maximum.
      if (condition.max != kNoMaximum) result_.more.push_back(term);
      return {};
    }
    if (asks_for_it) {
      (condition.min == 1000 ? result_.first : result_.more).push_back(term);
      result_.positive.push_back(term);
      return {term};
    }
    return {};
  }

  void find_only_term() {
    std::uint32_t at = result_.root;
    const auto& nodes = index_.conditions;
    while (nodes[at].op == ConditionOp::all && nodes[at].end > at + 1 &&
           nodes[at + 1].end == nodes[at].end) {
      ++at;
    }
    const ConditionNode& only = nodes[at];
    if (only.op == ConditionOp::term_quantity && only.min == 1000 && only.max == kNoMaximum) {
      result_.only_term = only.term;
    }
  }

  TermCompiler& terms_;
  RuleIndex& index_;
  CompiledCondition result_;
};

}  // namespace

CompiledCondition compile_condition(const Condition& condition, TermCompiler& terms,
                                    RuleIndex& index) {
  CompiledCondition result = ConditionCompiler(terms, index).take(condition);
  const bool keeps_nodes = result.refused == DropReason::kNone && result.only_term == kNoId;
  if (!keeps_nodes) index.conditions.resize(result.root);
  return result;
}

std::uint32_t compile_segments(const SegmentTest& test, RuleIndex& index) {
  CompiledAudience audience;
  for (const std::string& segment : test.any_of)
    audience.any_of.push_back(index.names.add(segment));
  for (const std::string& segment : test.none_of)
    audience.none_of.push_back(index.names.add(segment));
  index.audiences.push_back(std::move(audience));
  return static_cast<std::uint32_t>(index.audiences.size() - 1);
}

}  // namespace xsell::rules
