// How the index's small values hash, for Interned.
#ifndef XSELL_RULES_INDEX_HASH_H_
#define XSELL_RULES_INDEX_HASH_H_

#include <cstdint>

#include "rules/interned.h"
#include "rules/rule_index.h"

namespace xsell::rules {

inline std::uint64_t hash_of(const Bounds& bounds) {
  return hash_step(static_cast<std::uint64_t>(bounds.min), static_cast<std::uint64_t>(bounds.max));
}

inline std::uint64_t hash_of(const Gate& gate) {
  return hash_step(std::uint64_t{gate.condition} << 32 | gate.pass, gate.checks);
}

inline std::uint64_t hash_of(const Pass& pass) {
  return hash_step(std::uint64_t{pass.schedule} << 32 | pass.audience, 0);
}

inline std::uint64_t hash_of(const OfferChecks& checks) {
  const auto ages = static_cast<std::uint64_t>(checks.customer_age) << 32 |
                    static_cast<std::uint32_t>(checks.operator_age);
  std::uint64_t hash = hash_step(ages, static_cast<std::uint64_t>(checks.on_hand_min_milli));
  hash = hash_step(hash, static_cast<std::uint64_t>(checks.max_price_ratio_millionths));
  return hash_step(hash, checks.is_class_guarded);
}

inline std::uint64_t hash_of(const PromptForm& form) {
  const auto pair = [](std::uint32_t a, std::uint32_t b) { return std::uint64_t{a} << 32 | b; };
  std::uint64_t hash =
      hash_step(pair(form.group, form.operator_text), pair(form.customer_text, form.line_display));
  hash = hash_step(hash, pair(form.reason, form.location));
  hash = hash_step(hash, pair(form.promotion, static_cast<std::uint32_t>(form.timeout_seconds)));
  hash = hash_step(hash, static_cast<std::uint64_t>(form.saving_minor));
  hash = hash_step(hash, static_cast<std::uint64_t>(form.quantity_milli));
  hash = hash_step(hash, form.budget);
  return hash_step(hash, pair(form.ordinal, form.frequency_percent));
}

inline std::uint64_t hash_of(const CompiledAudience& audience) {
  std::uint64_t hash = audience.is_for_anonymous;
  for (const auto* names : {&audience.operator_roles, &audience.any_of, &audience.none_of}) {
    hash = hash_step(hash, names->size());
    for (const std::uint32_t name : *names) hash = hash_step(hash, name);
  }
  return hash;
}

inline std::uint64_t hash_of(const Schedule& schedule) {
  std::uint64_t hash = hash_step(static_cast<std::uint64_t>(schedule.effective_s),
                                 static_cast<std::uint64_t>(schedule.expires_s));
  for (const TimeWindow& window : schedule.windows) {
    hash = hash_step(hash, std::uint64_t{window.days} << 32 |
                               static_cast<std::uint64_t>(window.start_minute) << 16 |
                               static_cast<std::uint64_t>(window.end_minute));
  }
  return hash;
}

}  // namespace xsell::rules

#endif  // XSELL_RULES_INDEX_HASH_H_
