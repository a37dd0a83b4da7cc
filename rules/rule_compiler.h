// Makes flat arrays of a rule set, rule by rule: leaves out what is not for this lane, ranks what
// is left, hangs it under its terms. A rule may be forgotten once it was added, so that the model
// of a large rule set never stands in memory as a whole. Threads: one at a time, off the scan
// thread.
#ifndef XSELL_RULES_RULE_COMPILER_H_
#define XSELL_RULES_RULE_COMPILER_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "rules/compiled_rules.h"
#include "rules/condition_compiler.h"
#include "rules/item_compiler.h"
#include "rules/part_compiler.h"
#include "rules/rule_index.h"
#include "rules/rule_record.h"
#include "rules/term_compiler.h"

namespace xsell::rules {

class RuleCompiler {
 public:
  // Requires: sets in the order of their names, the catalogue in order; they and the table of the
  // rules' parts outlive the compiler.
  RuleCompiler(const Policy& policy, const std::vector<ItemSet>& sets, const Catalogue& catalogue,
               const LaneScope& scope, std::uint64_t version, const TextTable& parts);

  // Requires: rules in the order of their ids.
  void add(const RuleRecord& rule);
  void add(const MinedPair& pair);
  void reserve(std::size_t rule_count);

  // What was left out so far.
  const std::vector<CompileDrop>& drops() const { return drops_; }

  // Once, when everything was added.
  std::unique_ptr<CompiledRuleSet> finish();

 private:
  // An entry on its way to its rank.
  struct Candidate {
    std::uint64_t key;
    Entry entry;
    std::uint32_t identity;
    std::uint32_t hooks_begin;  // into hooks_; the next candidate says where they end
  };
  // A list that a candidate hangs in, its kind and its term, and what it asks for beyond that term.
  struct Hook {
    Hook(PostingKind kind, std::uint32_t term, std::uint32_t its_gate)
        : value(term << 3 | static_cast<std::uint32_t>(kind)), gate(its_gate) {}
    std::size_t kind() const { return value & 7; }
    std::uint32_t term() const { return value >> 3; }
    std::uint32_t value;
    std::uint32_t gate;
  };
  // The items of a term that an offer chooses from.
  struct TargetList {
    std::uint32_t term = 0;
    SelectBy order = SelectBy::score;
    bool in_assortment = true;
    std::int64_t floor_price_minor = 0;
    bool operator==(const TargetList&) const = default;
    friend std::uint64_t hash_of(const TargetList& list) {
      return hash_step(hash_step(list.term, static_cast<std::uint64_t>(list.floor_price_minor)),
                       static_cast<std::uint64_t>(list.order) << 1 | list.in_assortment);
    }
  };

  DropReason refusal_of(const RuleRecord& rule);
  void count_refusal(DropReason reason);
  PromptForm form_of(const RuleRecord& rule);
  void add_offer(const RuleRecord& rule, const OfferRecord& offer, PromptForm form);
  void add_information(const RuleRecord& rule, const PromptForm& form);
  void add_candidate(const RuleRecord& rule, const Candidate& candidate, const OfferChecks& checks);
  void add_hooks(const RuleRecord& rule, const OfferChecks& checks, std::uint32_t gate);
  std::uint32_t gate_under(std::uint32_t term, std::uint32_t gate) const;
  DropReason check_item(bool in_assortment, std::int64_t floor_price_minor,
                        std::uint32_t item) const;
  DropReason check_class(std::uint32_t item, bool& needs_check) const;
  std::uint32_t add_gate(const RuleRecord& rule, const OfferChecks& checks);
  std::uint32_t rule_id() const { return static_cast<std::uint32_t>(index_.rule_count() - 1); }
  void drop(std::uint32_t rule, DropReason reason, std::uint32_t ordinal = 0) {
    drops_.push_back({rule, ordinal, reason});
  }

  // posting_compiler.cpp
  std::vector<std::uint32_t> rank() const;
  void place_entries(const std::vector<std::uint32_t>& order);
  void place_postings(const std::vector<std::uint32_t>& order);
  void fill_target_lists();
  void place_pairs();
  PairTerms ranked_terms_of(const MinedPair& mined, std::uint32_t item);

  const Catalogue& catalogue_;
  std::unique_ptr<RuleIndex> owned_index_;
  RuleIndex& index_;
  TextCompiler texts_;
  ItemCompiler items_;
  TermCompiler terms_;
  PartCompiler parts_;
  ConditionCompiler conditions_;
  Interned<PromptForm> forms_;
  Interned<Gate> gates_;
  Interned<Pass> passes_;
  Interned<OfferChecks> checks_;
  std::vector<TargetList> target_lists_;
  Interned<TargetList> target_list_ids_;

  const CompiledCondition* condition_ = nullptr;  // of the rule being added
  std::vector<Candidate> candidates_;
  std::vector<Hook> hooks_;
  struct Pair {
    std::uint32_t trigger;
    PairTarget target;
    std::uint8_t percent;
    PairTerms terms;
  };
  std::vector<Pair> pairs_;
  CompileReport report_;
  std::vector<CompileDrop> drops_;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_RULE_COMPILER_H_
