// Why rules stayed silent: one counter per rule and reason.
// Threads: one writer (the scan thread); any thread may read meanwhile and sees each counter at
// some recent value. Owns: a table of fixed size; what does not fit is counted under no rule.
#ifndef XSELL_RULES_SILENCE_H_
#define XSELL_RULES_SILENCE_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace xsell::rules {

enum class DropReason : std::uint8_t {
  kNone = 0,
  // Left out when the rule set was compiled for this lane.
  kUnsupported,
  kDisabled,
  kOtherLane,
  kUnknownTarget,
  // Evaluation, in its order.
  kTime,
  kOperator,
  kCustomer,
  kCondition,
  kInBasket,
  kNotInAssortment,
  kOutOfStock,
  kNeverSuggest,
  kUnderAge,
  kPriceRatio,
  kFloorPrice,
  kSameClass,
  kExclusiveGroup,
  kOutranked,
  kOncePerTransaction,
  kFrequency,
  kCoolDown,
  kMuted,
  kBudget,
  kMinimumInterval,
  kTransactionCap,
  kOperatorHourCap,
  kLaneLoad,
  kSnoozed,
  kKilled,
  kHeldOut,
  kCount,
};

// The word for reports and contract cases: "once_per_transaction".
std::string_view name_of(DropReason reason);

inline constexpr std::uint32_t kNoRule = 0xffffffff;     // drops that belong to no rule
inline constexpr std::uint32_t kMinedRule = 0xfffffffe;  // offers from mined pairs

class SilenceCounters {
 public:
  struct Row {
    std::uint32_t rule;  // index into the rule set the counters belong to, kMinedRule or kNoRule
    DropReason reason;
    std::uint64_t count;

    template <class Archive, class Self>
    static void visit(Archive& archive, Self& self) {
      archive(self.rule, self.reason, self.count);
    }
  };

  explicit SilenceCounters(std::size_t rule_count);

  void add(std::uint32_t rule, DropReason reason) noexcept;
  // Brings the counter near, for an add that is to come.
  void fetch(std::uint32_t rule, DropReason reason) const noexcept;
  std::uint64_t count(std::uint32_t rule, DropReason reason) const noexcept;
  std::vector<Row> rows() const;

 private:
  struct Slot {
    std::atomic<std::uint64_t> key{0};
    std::atomic<std::uint64_t> count{0};
  };
  // A cache line: a counter is found, or found to have no place, in one or two of them.
  struct alignas(64) Bucket {
    std::array<Slot, 4> slots;
  };

  Slot* find(std::uint64_t key) const noexcept;

  std::size_t mask_;
  std::unique_ptr<Bucket[]> buckets_;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_SILENCE_H_
