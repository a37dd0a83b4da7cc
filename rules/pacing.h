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

// The whole memory as one block of bytes: store it as it is. A block of another size or format is
// not taken.
struct PacingSnapshot {
  std::uint32_t format = 1;
  std::uint32_t decline_count = 0;
  std::uint64_t transaction_ordinal = 0;  // transactions this lane has begun
  std::uint64_t next_prompt = 1;          // so that no prompt id is used twice
  std::uint64_t operator_hash = 0;
  std::int64_t snoozed_until_s = 0;  // store-local
  std::uint32_t operator_prompt_count = 0;
  std::uint32_t decline_next = 0;
  std::array<std::int64_t, kMaxOperatorHourPrompts> operator_prompts_s{};  // a ring
  std::array<RememberedDecline, kMaxRememberedDeclines> declines{};        // a ring
};

static_assert(std::is_trivially_copyable_v<PacingSnapshot>);
static_assert(offsetof(PacingSnapshot, operator_prompts_s) <= 64);  // the counters are one block

}  // namespace xsell::rules

#endif  // XSELL_RULES_PACING_H_
