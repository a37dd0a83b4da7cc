// What the parts of rules come to in the index. Each is compiled when the first rule needs it, and
// known by its number from then on. Threads: one at a time, off the scan thread.
#ifndef XSELL_RULES_PART_COMPILER_H_
#define XSELL_RULES_PART_COMPILER_H_

#include <cstdint>
#include <vector>

#include "rules/index_hash.h"
#include "rules/item_compiler.h"
#include "rules/rule_index.h"
#include "rules/rule_record.h"
#include "rules/term_compiler.h"

namespace xsell::rules {

class PartCompiler {
 public:
  // Requires: all outlive it. Parts may still be added to the table.
  PartCompiler(const TextTable& parts, RuleIndex& index, TextCompiler& texts, TermCompiler& terms)
      : parts_(parts),
        index_(index),
        texts_(texts),
        terms_(terms),
        schedules_(index.schedules),
        audiences_(index.audiences) {}

  // Ids of the index; kNoId for no part.
  std::uint32_t text(Part part);
  std::uint32_t term(Part part);  // kNoId also when it selects nothing
  std::uint32_t schedule(Part part);
  std::uint32_t segments(Part part);  // an audience: roles and anonymity as for everyone
  std::uint32_t name(Part part);
  std::uint32_t group(Part part);

  // Whether the lane belongs to the audience, and what of it depends on the customer or operator.
  bool is_for_lane(Part part) { return part.is_none() || known_audience(part).is_for_lane; }
  std::uint32_t audience(Part part);

  std::string_view name_text(Part part) const { return name_of(parts_, part); }

 private:
  struct KnownAudience {
    Audience audience;
    bool is_for_lane = true;
    std::uint32_t id;
  };

  // What `make` gives for the part's value, asked only once.
  template <class Make>
  std::uint32_t once(Part part, Make make);
  template <class Value>
  Value unpacked(Part part) const;
  KnownAudience& known_audience(Part part);
  std::uint32_t compile(const Audience& audience);

  const TextTable& parts_;
  RuleIndex& index_;
  TextCompiler& texts_;
  TermCompiler& terms_;
  Interned<Schedule> schedules_;
  Interned<CompiledAudience> audiences_;
  std::vector<std::uint32_t> ids_;  // by part
  std::vector<KnownAudience> known_audiences_;
  std::vector<TextVariant> variants_;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_PART_COMPILER_H_
