#include "rules/silence.h"

#include <algorithm>
#include <bit>

#include "rules/stable_hash.h"

namespace xsell::rules {

namespace {

constexpr std::size_t kMinSlots = 256;
constexpr std::size_t kMaxSlots = 16384;

constexpr std::string_view kNames[] = {
    "none",
    "unsupported",
    "disabled",
    "other_lane",
    "unknown_target",
    "time",
    "operator",
    "customer",
    "condition",
    "in_basket",
    "not_in_assortment",
    "out_of_stock",
    "never_suggest",
    "under_age",
    "price_ratio",
    "floor_price",
    "same_class",
    "exclusive_group",
    "outranked",
    "once_per_transaction",
    "frequency",
    "cool_down",
    "muted",
    "budget",
    "minimum_interval",
    "transaction_cap",
    "operator_hour_cap",
    "lane_load",
    "snoozed",
    "killed",
    "held_out",
};
static_assert(std::size(kNames) == static_cast<std::size_t>(DropReason::kCount));

// Never 0, which marks a free slot.
std::uint64_t key_of(std::uint32_t rule, DropReason reason) {
  return std::uint64_t{rule} << 8 | static_cast<std::uint64_t>(reason) | std::uint64_t{1} << 63;
}

}  // namespace

std::string_view name_of(DropReason reason) { return kNames[static_cast<std::size_t>(reason)]; }

SilenceCounters::SilenceCounters(std::size_t rule_count)
    : mask_(std::bit_ceil(std::clamp(rule_count * 8, kMinSlots, kMaxSlots)) - 1),
      slots_(std::make_unique<Slot[]>(mask_ + 1)) {}

// The slot of the key or, when the key is not there, the free one for it; null when the table is
// full around it.
SilenceCounters::Slot* SilenceCounters::find(std::uint64_t key) const noexcept {
  constexpr std::size_t kMaxProbes = 32;
  const std::size_t first = mix_bits(key);
  for (std::size_t probe = 0; probe < kMaxProbes; ++probe) {
    Slot& slot = slots_[(first + probe) & mask_];
    const std::uint64_t held = slot.key.load(std::memory_order_relaxed);
    if (held == key || held == 0) return &slot;
  }
  return nullptr;
}

void SilenceCounters::add(std::uint32_t rule, DropReason reason) noexcept {
  Slot* slot = find(key_of(rule, reason));
  if (slot == nullptr) {
    slot = find(key_of(kNoRule, reason));
    if (slot == nullptr) return;
    rule = kNoRule;
  }
  // One writer: no read-modify-write is needed.
  slot->count.store(slot->count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  slot->key.store(key_of(rule, reason), std::memory_order_release);
}

std::uint64_t SilenceCounters::count(std::uint32_t rule, DropReason reason) const noexcept {
  const Slot* slot = find(key_of(rule, reason));
  if (slot == nullptr || slot->key.load(std::memory_order_acquire) == 0) return 0;
  return slot->count.load(std::memory_order_relaxed);
}

std::vector<SilenceCounters::Row> SilenceCounters::rows() const {
  std::vector<Row> rows;
  for (std::size_t i = 0; i <= mask_; ++i) {
    const std::uint64_t key = slots_[i].key.load(std::memory_order_acquire);
    if (key == 0) continue;
    rows.push_back({static_cast<std::uint32_t>(key >> 8), static_cast<DropReason>(key & 0xff),
                    slots_[i].count.load(std::memory_order_relaxed)});
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return a.rule != b.rule ? a.rule < b.rule : a.reason < b.reason;
  });
  return rows;
}

}  // namespace xsell::rules
