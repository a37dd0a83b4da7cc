// Loops between rules: whoever takes the offer of one starts the next, until the first one is
// started again. Tarjan's strongly connected components over rules, selections and items, without
// recursion.
#include <algorithm>
#include <cstdint>
#include <unordered_map>

#include "rules/checks.h"
#include "rules/switched_on.h"

namespace xsell::rules {
namespace {

class Graph {
 public:
  std::uint32_t add_node() {
    edges_.emplace_back();
    return static_cast<std::uint32_t>(edges_.size() - 1);
  }
  void add_edge(std::uint32_t from, std::uint32_t to) { edges_[from].push_back(to); }

  // Components of at least two nodes.
  std::vector<std::vector<std::uint32_t>> loops() {
    const std::size_t count = edges_.size();
    order_.assign(count, 0);
    low_.assign(count, 0);
    is_open_.assign(count, false);
    for (std::uint32_t node = 0; node < count; ++node) {
      if (order_[node] == 0) visit(node);
    }
    return std::move(loops_);
  }

 private:
  struct Step {
    std::uint32_t node;
    std::size_t next_edge;
  };

  void open(std::uint32_t node) {
    order_[node] = low_[node] = ++last_order_;
    open_.push_back(node);
    is_open_[node] = true;
  }

  void close(std::uint32_t root) {
    std::vector<std::uint32_t> component;
    while (true) {
      const std::uint32_t node = open_.back();
      open_.pop_back();
      is_open_[node] = false;
      component.push_back(node);
      if (node == root) break;
    }
    if (component.size() > 1) loops_.push_back(std::move(component));
  }

  void visit(std::uint32_t start) {
    std::vector<Step> path = {{start, 0}};
    open(start);
    while (!path.empty()) {
      Step& step = path.back();
      const std::uint32_t node = step.node;
      if (step.next_edge < edges_[node].size()) {
        const std::uint32_t to = edges_[node][step.next_edge++];
        if (order_[to] == 0) {
          open(to);
          path.push_back({to, 0});
        } else if (is_open_[to]) {
          low_[node] = std::min(low_[node], order_[to]);
        }
        continue;
      }
      path.pop_back();
      if (!path.empty()) low_[path.back().node] = std::min(low_[path.back().node], low_[node]);
      if (low_[node] == order_[node]) close(node);
    }
  }

  std::vector<std::vector<std::uint32_t>> edges_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> low_;
  std::vector<bool> is_open_;
  std::vector<std::uint32_t> open_;
  std::uint32_t last_order_ = 0;
  std::vector<std::vector<std::uint32_t>> loops_;
};

}  // namespace

void check_loops(CheckContext& context) {
  if (context.selection == nullptr) return;
  const auto& rules = context.rule_set.rules;
  Graph graph;
  for (std::size_t i = 0; i < rules.size() + context.catalogue->items.size(); ++i) graph.add_node();
  // Equal selections share their node: the expansions of ItemSelection live in one place each.
  std::unordered_map<const ItemIndices*, std::uint32_t> targets;
  std::unordered_map<const ItemIndices*, std::uint32_t> triggers;
  const auto item_node = [&](std::uint32_t item) {
    return static_cast<std::uint32_t>(rules.size()) + item;
  };
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    if (!is_switched_on(rules[i], context.rule_set.policy)) continue;
    for (const Offer& offer : rules[i].offers) {
      const ItemIndices& items = context.selection->items_of(offer.target);
      const auto [entry, is_new] = targets.try_emplace(&items, 0);
      if (is_new) {
        entry->second = graph.add_node();
        for (const std::uint32_t item : items) graph.add_edge(entry->second, item_node(item));
      }
      graph.add_edge(i, entry->second);
    }
    for (const ItemSelector* trigger : triggers_of(rules[i])) {
      const ItemIndices& items = context.selection->items_of(*trigger);
      const auto [entry, is_new] = triggers.try_emplace(&items, 0);
      if (is_new) {
        entry->second = graph.add_node();
        for (const std::uint32_t item : items) graph.add_edge(item_node(item), entry->second);
      }
      graph.add_edge(entry->second, i);
    }
  }
  constexpr std::size_t kMaxNamed = 5;
  for (const auto& loop : graph.loops()) {
    std::vector<const Rule*> members;
    for (const std::uint32_t node : loop) {
      if (node < rules.size()) members.push_back(&rules[node]);
    }
    if (members.size() < 2) continue;  // a rule that triggers itself is an overlap, found elsewhere
    std::sort(members.begin(), members.end(),
              [](const Rule* a, const Rule* b) { return a->rule_id < b->rule_id; });
    std::string names;
    for (std::size_t i = 0; i < std::min(members.size(), kMaxNamed); ++i)
      names += (i == 0 ? "" : ", ") + members[i]->rule_id;
    if (members.size() > kMaxNamed)
      names += " and " + std::to_string(members.size() - kMaxNamed) + " more";
    context.warning(
        members.front()->place, *members.front(), "",
        "these rules lead from one to the next and back: " + names,
        "Give them one pacing.exclusive_group, or check that a chain of offers is wanted.");
  }
}

}  // namespace xsell::rules
