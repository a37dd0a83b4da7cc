#include "rules/silence.h"

#include <algorithm>
#include <bit>

#include "rules/stable_hash.h"

namespace xsell::rules {

namespace {

constexpr std::size_t kMinBuckets = 64;
constexpr std::size_t kMaxBuckets = 4096;

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
    : mask_(std::bit_ceil(std::clamp(rule_count * 2, kMinBuckets, kMaxBuckets)) - 1),
      buckets_(std::make_unique<Bucket[]>(mask_ + 1)) {}

// The slot of the key or, when the key is not there, a free one for it; null when both buckets that
// it may be in are full.
SilenceCounters::Slot* SilenceCounters::find(std::uint64_t key) const noexcept {
  const std::uint64_t hash = mix_bits(key);
  for (const std::uint64_t bucket : {hash, hash >> 32}) {
    for (Slot& slot : buckets_[bucket & mask_].slots) {
      const std::uint64_t held = slot.key.load(std::memory_order_relaxed);
      if (held == key || held == 0) return &slot;
    }
  }
  return nullptr;
}

void SilenceCounters::fetch(std::uint32_t rule, DropReason reason) const noexcept {
  __builtin_prefetch(&buckets_[mix_bits(key_of(rule, reason)) & mask_]);
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
    for (const Slot& slot : buckets_[i].slots) {
      const std::uint64_t key = slot.key.load(std::memory_order_acquire);
      if (key == 0) continue;
      rows.push_back({static_cast<std::uint32_t>(key >> 8), static_cast<DropReason>(key & 0xff),
                      slot.count.load(std::memory_order_relaxed)});
    }
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return a.rule != b.rule ? a.rule < b.rule : a.reason < b.reason;
  });
  return rows;
}

}  // namespace xsell::rules
