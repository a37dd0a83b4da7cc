// What became of a prompt, in the fixed-size form that goes from the scan path to the outbox and on
// to headquarters. A prompt that appears leaves one `shown` row at once. How it ended is told by
// one more row at the end of its transaction, when the final quantity and amount of the offered
// item are known; a held-out prompt leaves that one row only, so that both arms are measured alike.
// Each transaction ends with one `basket` row. Threads: plain values, trivially copyable. Texts are
// cut at a code point and end with a zero byte.
#ifndef XSELL_RULES_OUTCOME_H_
#define XSELL_RULES_OUTCOME_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "rules/event.h"

namespace xsell::rules {

enum class OutcomeKind : std::uint8_t {
  kNone = 0,
  kShown = 1,
  kAcceptedTouch = 2,
  kAcceptedScan = 3,
  kDeclined = 4,
  kExpired = 5,
  kWithdrawn = 6,
  kHeldOut = 7,
  kBasket = 8,       // the transaction's total; no prompt
  kReturned = 9,     // a returned line, to be netted against the original transaction; no prompt
  kPostVoided = 10,  // the original transaction was undone after its end; no prompt
};

enum class ExperimentArm : std::uint8_t { kNone = 0, kTreated = 1, kHeldOut = 2 };

// How the transaction ended that this row belongs to.
enum class TransactionEnd : std::uint8_t { kOpen = 0, kFinalised = 1, kVoided = 2, kAbandoned = 3 };

template <std::size_t Size>
struct FixedText {
  char bytes[Size] = {};

  std::string_view view() const { return {bytes, ::strnlen(bytes, Size)}; }
  void assign(std::string_view text) {
    std::size_t size = text.size() < Size ? text.size() : Size - 1;
    while (size < text.size() && size > 0 &&
           (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
      --size;
    if (size > 0) std::memcpy(bytes, text.data(), size);
    std::memset(bytes + size, 0, Size - size);
  }
  friend bool operator==(const FixedText& a, const FixedText& b) { return a.view() == b.view(); }
};

struct Outcome {
  std::uint64_t prompt_id = 0;
  std::uint64_t rule_set_version = 0;
  std::uint64_t transaction = 0;         // the host's id
  std::uint64_t transaction_number = 0;  // the receipt's number
  std::uint64_t original_number =
      0;  // kReturned, kPostVoided: the receipt's number of the original
  std::uint64_t trigger_line = 0;
  std::uint64_t resulting_line = 0;  // the line with the offered item; 0: none
  std::int64_t local_time_s = 0;     // when the row was written, store-local
  std::int64_t shown_ms = 0;         // from begin to first appearance; kBasket: to the end
  std::int64_t response_ms = 0;      // from its first appearance to its end
  std::int64_t quantity_milli =
      0;                          // of the offered item in the final basket; kBasket: of all lines
  std::int64_t amount_minor = 0;  // likewise
  std::uint32_t offer = 0;        // which of the rule's offers
  std::uint32_t line_count = 0;   // kBasket
  std::uint32_t prompt_count =
      0;  // kBasket: prompts shown or held out; above 0 the basket was eligible
  OutcomeKind kind = OutcomeKind::kNone;
  ExperimentArm arm = ExperimentArm::kNone;
  DeclineReason reason = DeclineReason::kNone;
  TransactionEnd transaction_end = TransactionEnd::kOpen;
  bool is_voided = false;  // the resulting line, or the whole transaction, was voided
  bool is_returned = false;
  bool is_mined = false;      // rule_id is "mined"
  std::uint8_t relation = 0;  // the value of rules::Relation
  FixedText<64> rule_id;
  FixedText<64> offered_item;
  FixedText<64> trigger_item;
  FixedText<64> experiment;
  FixedText<32> business_unit;
  FixedText<32> workstation;
  FixedText<32> operator_id;
  FixedText<16> business_day;
  FixedText<32> original_business_unit;
  FixedText<32> original_workstation;
  FixedText<16> original_business_day;
  FixedText<8> currency;
};

static_assert(std::is_trivially_copyable_v<Outcome>);

// Takes outcomes on the scan thread; must not wait, allocate or throw.
class OutcomeSink {
 public:
  virtual ~OutcomeSink() = default;
  virtual void put(const Outcome& outcome) noexcept = 0;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_OUTCOME_H_
