// Makes flat arrays of a rule set: leaves out what is not for this lane, ranks what is left, hangs
// it under its terms. Threads: one at a time, off the scan thread.
#ifndef XSELL_RULES_RULE_COMPILER_H_
#define XSELL_RULES_RULE_COMPILER_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "rules/compiled_rules.h"
#include "rules/condition_compiler.h"
#include "rules/item_compiler.h"
#include "rules/rule_index.h"
#include "rules/term_compiler.h"

namespace xsell::rules {

class RuleCompiler {
 public:
  RuleCompiler(const RuleSet& rule_set, const Catalogue& catalogue, const LaneScope& scope,
               std::uint64_t version);

  void run();

  RuleIndex& index() { return index_; }
  const CompileReport& report() const { return report_; }
  // Drops found while compiling, by rule.
  const std::vector<std::pair<std::uint32_t, DropReason>>& drops() const { return drops_; }

 private:
  // An offer on its way to its rank.
  struct Candidate {
    std::uint64_t key;
    OfferDetail offer;
  };

  void add_rule(const Rule& rule);
  DropReason refusal_of(const Rule& rule) const;
  void add_offer(const Rule& rule, const Offer& offer, std::uint32_t ordinal);
  void add_information(const Rule& rule);
  DropReason check_item(const Offer& offer, std::uint32_t item) const;
  DropReason check_class(std::uint32_t item, bool& needs_check) const;
  std::uint32_t add_gate(const Rule& rule, const OfferChecks& checks);
  void rank();
  void place_postings();
  std::uint32_t identity_of(const OfferDetail& offer) const;
  void fill_target_lists();
  void add_pairs();
  void drop(std::uint32_t rule, DropReason reason);

  const RuleSet& rule_set_;
  const Catalogue& catalogue_;
  RuleIndex index_;
  TextCompiler texts_;
  TermCompiler terms_;
  ItemCompiler items_;
  TextTable groups_;
  std::vector<CompiledCondition> conditions_;
  std::vector<Candidate> candidates_;
  struct TargetList {
    std::uint32_t term;
    const Offer* offer;
  };
  std::vector<TargetList> target_lists_;
  CompileReport report_;
  std::vector<std::pair<std::uint32_t, DropReason>> drops_;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_RULE_COMPILER_H_
