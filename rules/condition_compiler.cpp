#include "rules/condition_compiler.h"

#include <algorithm>
#include <functional>

namespace xsell::rules {

namespace {

void sort_and_unite(std::vector<std::uint32_t>& terms) {
  if (terms.size() < 2) return;
  std::sort(terms.begin(), terms.end());
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
}

}  // namespace

ConditionCompiler::ConditionCompiler(PartCompiler& parts, RuleIndex& index)
    : parts_(parts), index_(index), bounds_(index.conditions.bounds) {}

const CompiledCondition& ConditionCompiler::compile(std::span<const ConditionRecord> condition) {
  result_.refused = DropReason::kNone;
  result_.root = kNoId;
  result_.only_term = kNoId;
  result_.is_live = false;
  for (auto* terms : {&result_.cover, &result_.first, &result_.more, &result_.positive}) {
    terms->clear();
  }
  if (compile_plainly(condition.front())) return result_;

  result_.root = static_cast<std::uint32_t>(index_.conditions.nodes.size());
  left_ = condition;
  add(false, result_.cover);
  if (result_.cover.empty()) result_.cover.push_back(kAnyTerm);
  for (auto* terms : {&result_.cover, &result_.first, &result_.more, &result_.positive}) {
    sort_and_unite(*terms);
  }
  find_only_term();
  if (index_.conditions.nodes.size() - result_.root > kMaxConditionNodes) {
    refuse(DropReason::kUnsupported);
  }
  if (result_.refused != DropReason::kNone || result_.only_term != kNoId) {
    index_.conditions.nodes.resize(result_.root);
    result_.root = kNoId;
  } else {
    share_nodes();
  }
  return result_;
}

// What most rules say, "the basket has this", needs no nodes.
bool ConditionCompiler::compile_plainly(const ConditionRecord& condition) {
  const bool is_plain =
      condition.kind == ConditionKind::basket_has && condition.min == 1000 && !condition.max;
  if (!is_plain || condition.selector.is_none()) return false;
  const std::uint32_t term = parts_.term(condition.selector);
  if (term == kNoId) {
    refuse(DropReason::kUnknownTarget);
    return true;
  }
  result_.only_term = term;
  for (auto* terms : {&result_.cover, &result_.first, &result_.positive}) terms->push_back(term);
  return true;
}

// Equal conditions of different rules share their nodes.
void ConditionCompiler::share_nodes() {
  auto& nodes = index_.conditions.nodes;
  const auto begin = nodes.begin() + result_.root;
  std::uint64_t hash = 0;
  for (auto part = begin; part != nodes.end(); ++part) {
    hash = hash_step(hash, std::uint64_t{part->term} << 32 | part->bounds);
    hash = hash_step(hash, std::uint64_t{part->size} << 8 | static_cast<std::uint64_t>(part->op));
  }
  const auto is_same = [&](std::uint32_t root) {
    return std::equal(begin, nodes.end(), nodes.begin() + root);
  };
  if (const std::uint32_t known = programs_.find(hash, is_same); known != kNoId) {
    nodes.resize(result_.root);
    result_.root = known;
  } else {
    programs_.add(hash, result_.root);
  }
}

void ConditionCompiler::refuse(DropReason reason) {
  if (result_.refused == DropReason::kNone) result_.refused = reason;
}

// Sets cover to that of this part; empty: none.
void ConditionCompiler::add(bool is_negated, Cover& cover) {
  cover.clear();
  if (left_.empty()) return refuse(DropReason::kUnsupported);
  const ConditionRecord& condition = left_.front();
  left_ = left_.subspan(1);
  auto& nodes = index_.conditions.nodes;
  const auto at = static_cast<std::uint32_t>(nodes.size());
  nodes.emplace_back();
  nodes.back().bounds = bounds_.add({condition.min, condition.max.value_or(kNoMaximum)});
  switch (condition.kind) {
    case ConditionKind::all:
      add_all(condition.child_count, is_negated, cover);
      break;
    case ConditionKind::any:
      node(at).op = ConditionOp::any;
      add_any(condition.child_count, is_negated, cover);
      break;
    case ConditionKind::negation:
      node(at).op = ConditionOp::negation;
      for (std::uint32_t i = 0; i < condition.child_count; ++i) add(!is_negated, cover);
      cover.clear();
      if (nodes.size() == at + 2 && nodes.back().op == ConditionOp::term_quantity) {
        nodes[at] = nodes.back();
        nodes[at].op = ConditionOp::term_absent;
        nodes.pop_back();
      }
      break;
    case ConditionKind::basket_has:
    case ConditionKind::basket_count:
      add_quantity(condition, at, is_negated, cover);
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
    case ConditionKind::segment:
      node(at).op = ConditionOp::segments;
      node(at).term = parts_.segments(condition.segments);
      break;
    case ConditionKind::near_miss:
      node(at).op = ConditionOp::near_miss;
      node(at).term = parts_.name(condition.text);
      break;
    case ConditionKind::context:
      // Flags do not change within a rule set: all of nothing always holds, any of nothing never.
      node(at).op =
          is_flag_set(parts_.name_text(condition.text)) ? ConditionOp::all : ConditionOp::any;
      break;
    case ConditionKind::bought_within:
    case ConditionKind::due_for:
    case ConditionKind::unknown:
      refuse(DropReason::kUnsupported);
      break;
  }
  node(at).size = static_cast<std::uint16_t>(std::min(nodes.size() - at, kMaxConditionNodes));
  if (is_negated) cover.clear();
}

bool ConditionCompiler::is_flag_set(std::string_view flag) const {
  const std::vector<std::string>& flags = index_.policy.context_flags;
  return std::binary_search(flags.begin(), flags.end(), flag, std::less<>());
}

// The smallest cover of a part covers the whole.
void ConditionCompiler::add_all(std::uint32_t children, bool is_negated, Cover& cover) {
  Cover part;
  for (std::uint32_t i = 0; i < children; ++i) {
    add(is_negated, part);
    if (!part.empty() && (cover.empty() || part.size() < cover.size())) cover.swap(part);
  }
}

void ConditionCompiler::add_any(std::uint32_t children, bool is_negated, Cover& cover) {
  Cover part;
  bool is_covered = children != 0;
  for (std::uint32_t i = 0; i < children; ++i) {
    add(is_negated, part);
    is_covered = is_covered && !part.empty();
    cover.insert(cover.end(), part.begin(), part.end());
  }
  sort_and_unite(cover);
  if (!is_covered) cover.clear();
}

void ConditionCompiler::add_quantity(const ConditionRecord& condition, std::uint32_t at,
                                     bool is_negated, Cover& cover) {
  if (condition.selector.is_none()) {
    node(at).op = ConditionOp::basket_quantity;
    result_.is_live = true;
    return;
  }
  const std::uint32_t term = parts_.term(condition.selector);
  if (term == kNoId) return refuse(DropReason::kUnknownTarget);
  node(at).op = ConditionOp::term_quantity;
  node(at).term = term;
  if (is_negated) {
    // More of it can end the negated part only by passing its maximum.
    if (condition.max) result_.more.push_back(term);
  } else if (condition.min > 0) {
    (condition.min == 1000 ? result_.first : result_.more).push_back(term);
    result_.positive.push_back(term);
    cover.push_back(term);
  }
}

void ConditionCompiler::find_only_term() {
  std::uint32_t at = result_.root;
  const auto& nodes = index_.conditions.nodes;
  while (nodes[at].op == ConditionOp::all && nodes[at].size > 1 &&
         nodes[at + 1].size + 1 == nodes[at].size) {
    ++at;
  }
  const ConditionNode& only = nodes[at];
  if (only.op == ConditionOp::term_quantity && only.bounds == kPresent) {
    result_.only_term = only.term;
  }
}

}  // namespace xsell::rules
