// Events in any order, right or wrong, on rule sets of all kinds: the engine keeps within its
// limits, offers nothing twice and nothing that is in the basket, and says nothing when it must not
// speak.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rules/compiled_rules.h"
#include "rules/lane_engine.h"
#include "rules/utf8.h"
#include "tests/rules/random_lane.h"

namespace {

using namespace xsell::rules;

constexpr int kRuleSets = 32;
constexpr std::array<EventKind, 29> kKinds = {EventKind::kLineAdded,
                                              EventKind::kLineAdded,
                                              EventKind::kLineAdded,
                                              EventKind::kQuantityChanged,
                                              EventKind::kLineVoided,
                                              EventKind::kPriceOverridden,
                                              EventKind::kReturnLine,
                                              EventKind::kItemInquiry,
                                              EventKind::kSubtotal,
                                              EventKind::kTenderBegin,
                                              EventKind::kTenderVoided,
                                              EventKind::kTransactionBegin,
                                              EventKind::kTransactionFinalised,
                                              EventKind::kTransactionVoided,
                                              EventKind::kTransactionSuspended,
                                              EventKind::kTransactionRecalled,
                                              EventKind::kPostVoid,
                                              EventKind::kCustomerIdentified,
                                              EventKind::kCustomerCleared,
                                              EventKind::kOperatorSignOn,
                                              EventKind::kStockChanged,
                                              EventKind::kSnooze,
                                              EventKind::kLaneLoad,
                                              EventKind::kPromotionApplied,
                                              EventKind::kPromptShown,
                                              EventKind::kPromptAccepted,
                                              EventKind::kPromptDeclined,
                                              EventKind::kPromptExpired,
                                              EventKind::kIdle};

std::unique_ptr<CompiledRuleSet> make_rules(std::uint64_t seed) {
  Dice dice(seed);
  Catalogue catalogue = random_catalogue(dice);
  RuleSet rules = random_rule_set(dice);
  return compile(std::move(rules), std::move(catalogue), LaneScope());
}

class Bytes {
 public:
  Bytes(const unsigned char* data, size_t size) : data_(data), size_(size) {}
  bool is_empty() const { return size_ == 0; }
  std::uint8_t next() {
    if (size_ == 0) return 0;
    --size_;
    return *data_++;
  }
  std::string_view text(std::size_t size) {
    size = std::min(size, size_);
    const std::string_view taken(reinterpret_cast<const char*>(data_), size);
    data_ += size;
    size_ -= size;
    return taken;
  }

 private:
  const unsigned char* data_;
  size_t size_;
};

class Till {
 public:
  explicit Till(Bytes& bytes) : bytes_(bytes) {}

  Event next(const std::vector<std::uint64_t>& prompts) {
    texts_.clear();
    lines_.clear();
    Event event;
    event.kind = kKinds[bytes_.next() % kKinds.size()];
    const std::uint8_t passed = bytes_.next();
    clock_s_ += passed < 200 ? passed % 16 : 600 * (passed - 200);
    event.local_time_s = clock_s_;
    event.monotonic_ns = static_cast<std::uint64_t>(clock_s_) * 1'000'000'000u;
    event.sequence = bytes_.next() == 255 ? sequence_ : ++sequence_;
    event.transaction = bytes_.next() % 4;
    event.line = line();
    if (!prompts.empty()) event.prompt_id = prompts[bytes_.next() % prompts.size()];
    const bool has_lines = event.kind == EventKind::kTransactionRecalled ||
                           event.kind == EventKind::kTransactionFinalised;
    if (has_lines && bytes_.next() % 2 == 0) {
      for (int i = bytes_.next() % 5; i > 0; --i) lines_.push_back(line());
      event.lines = lines_;
      event.has_lines = true;
    }
    event.transaction_type = static_cast<TransactionType>(bytes_.next() % 8 == 0);
    event.is_training = event.kind == EventKind::kTransactionBegin && bytes_.next() % 16 == 0;
    event.customer = "customer";
    event.customer_age = bytes_.next() % 30;
    event.queue_length = bytes_.next() % 8;
    event.snooze_s = bytes_.next() % 64;
    event.near_misses = near_misses_;
    return event;
  }

 private:
  EventLine line() {
    EventLine line;
    line.line = bytes_.next() % 16;
    const std::uint8_t item = bytes_.next();
    line.item = item < 200 ? texts_.emplace_back("i" + std::to_string(10 + item % 24))
                           : bytes_.text(item % 16);
    line.quantity_milli = 250 * (bytes_.next() - 8);
    line.has_price = bytes_.next() % 4 == 0;
    line.unit_price_minor = 10 * bytes_.next();
    line.is_voided = bytes_.next() % 16 == 0;
    return line;
  }

  Bytes& bytes_;
  std::deque<std::string> texts_;
  std::vector<EventLine> lines_;
  const std::array<NearMiss, 1> near_misses_ = {{{"P-1", 1, 50}}};
  std::int64_t clock_s_ = 1780480800;
  std::uint64_t sequence_ = 0;
};

void check(const Event& event, const Answer& answer) {
  if (answer.count > kMaxAnswerPrompts) std::abort();
  std::set<std::uint64_t> ids;
  std::set<std::string_view> items;
  for (const Prompt& prompt : answer.view()) {
    if (prompt.rule_id.empty() || !ids.insert(prompt.prompt_id).second) std::abort();
    if (!prompt.item.empty() && !items.insert(prompt.item).second) std::abort();
    for (std::string_view rest = prompt.operator_text; !rest.empty();) {
      const std::size_t bytes = utf8_sequence_size(rest);
      if (bytes == 0) std::abort();
      rest.remove_prefix(bytes);
    }
  }
  const bool is_over = event.kind == EventKind::kTenderBegin ||
                       event.kind == EventKind::kTransactionFinalised ||
                       event.kind == EventKind::kTransactionSuspended;
  if (answer.result == EventResult::kOk && is_over && answer.count != 0) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  static std::array<std::unique_ptr<CompiledRuleSet>, kRuleSets> rule_sets;
  Bytes bytes(data, size);
  const std::size_t which = bytes.next() % kRuleSets;
  if (!rule_sets[which]) rule_sets[which] = make_rules(which);
  LaneEngine engine(LaneScope(), nullptr);
  engine.adopt(rule_sets[which].get());
  Till till(bytes);
  std::vector<std::uint64_t> prompts;
  while (!bytes.is_empty()) {
    const Event event = till.next(prompts);
    const Answer& answer = engine.on_event(event);
    check(event, answer);
    for (const Prompt& prompt : answer.view()) prompts.push_back(prompt.prompt_id);
  }
  // The working memory is the rule set's: leave it as it was.
  engine.adopt(nullptr);
  return 0;
}
