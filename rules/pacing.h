// What a lane remembers from one transaction to the next so as not to be pushy: declines, prompts
// of the operator's last hour, rotation. Survives a change of rule set and, as a snapshot, a
// restart. Threads: plain values. Units: days and seconds store-local.
#ifndef XSELL_RULES_PACING_H_
#define XSELL_RULES_PACING_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace xsell::rules {

inline constexpr std::size_t kMaxRememberedDeclines = 1024;
inline constexpr std::size_t kMaxOperatorHourPrompts = 120;

// A decline, of one rule by anyone (customer 0) or by one customer. Keys are hashes of the ids.
struct RememberedDecline {
  std::uint64_t rule = 0;
  std::uint64_t customer = 0;
  std::uint64_t transaction_ordinal = 0;
  std::int64_t local_day = 0;
};

inline constexpr std::size_t kMaxTalliedRules = 1024;

// What became of a rule's prompts at this lane, for budgets and for muting what nobody wants.
struct RuleTally {
  std::uint64_t rule = 0;  // hash of its id; 0: free
  std::uint32_t accepted_ever = 0;
  std::uint32_t shown = 0;  // since it was muted last
  std::uint32_t accepted = 0;
  std::int32_t muted_until_day = 0;  // local, excluded; days since 1970-01-01
};

// The whole memory as one block of bytes: store it as it is. A block of another size or format is
// not taken, but for that of format 1, which ends with the declines.
struct PacingSnapshot {
  std::uint32_t format = 2;
  std::uint32_t decline_count = 0;
  std::uint64_t transaction_ordinal = 0;  // transactions this lane has begun
  std::uint64_t next_prompt = 1;          // so that no prompt id is used twice
  std::uint64_t operator_hash = 0;
  std::int64_t snoozed_until_s = 0;  // store-local
  std::uint32_t operator_prompt_count = 0;
  std::uint32_t decline_next = 0;
  std::array<std::int64_t, kMaxOperatorHourPrompts> operator_prompts_s{};  // a ring
  std::array<RememberedDecline, kMaxRememberedDeclines> declines{};        // a ring
  std::array<RuleTally, kMaxTalliedRules>
      tallies{};  // where the rule's hash says, or a little after
};

static_assert(std::is_trivially_copyable_v<PacingSnapshot>);
inline constexpr std::size_t kPacingFormat1Bytes = offsetof(PacingSnapshot, tallies);
static_assert(offsetof(PacingSnapshot, operator_prompts_s) <= 64);  // the counters are one block

}  // namespace xsell::rules

#endif  // XSELL_RULES_PACING_H_
