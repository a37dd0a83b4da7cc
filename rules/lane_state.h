// The engine's inside: the lane, its transaction and its prompts, and what each event does to them.
// One file per concern: lane_engine.cpp (events), lane_transaction.cpp, lane_lines.cpp,
// lane_answer.cpp, lane_prompts.cpp, lane_trace.cpp.
#ifndef XSELL_RULES_LANE_STATE_H_
#define XSELL_RULES_LANE_STATE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "rules/candidate_search.h"
#include "rules/contest.h"
#include "rules/lane_context.h"
#include "rules/lane_engine.h"
#include "rules/lane_trace.h"
#include "rules/outcome_writer.h"
#include "rules/pacing_memory.h"
#include "rules/prompt_text.h"
#include "rules/stock_table.h"
#include "rules/suspended_transactions.h"
#include "rules/transaction.h"
#include "rules/workspace.h"

namespace xsell::rules {

// What an event may lead to.
enum class Moment : std::uint8_t {
  feedback,  // open prompts may go, none may come
  basket,
  subtotal,
  inquiry,
};

// One event's filling of the answer's places.
struct Filling {
  PacingGate::Allowance allowed;
  std::uint8_t moment = kMomentLineAdded;
  FixedVector<std::uint32_t, 2 * kMaxAnswerPrompts> exhausted;  // entries, see CandidateSearch
};

struct LaneEngine::State final : AnswerWriter {
  State(const LaneScope& scope, OutcomeSink* sink);

  // --- lane_engine.cpp ---
  EventResult take(const Event& event, Moment& moment);
  bool is_stale(const Event& event);
  void keep_time(const Event& event);
  void sign_on(const Event& event);
  EventResult take_feedback(const Event& event);
  void confirm_promotions(const Event& event);

  // --- lane_transaction.cpp ---
  void begin(const Event& event);
  void end(TransactionEnd end);
  void suspend();
  void keep_names();
  std::uint64_t pacing_hash_of(const PromptRecord& record) const;
  void recall(const Event& event);
  void post_void(const Event& event);
  void identify_customer(const Event& event);
  void clear_customer();
  void remember_past(const Event& event);
  void forget_customer();
  void draw_arm();
  void close_open_prompts(PromptState state);
  void close(PromptRecord& record, PromptState state, DropReason why = DropReason::kNone);
  void tally(const PromptRecord& record);
  bool is_muting() const { return index().policy.auto_mute.acceptance_below_millionths > 0; }

  // --- lane_lines.cpp ---
  EventResult add_line(const EventLine& line);
  EventResult change_quantity(const EventLine& line);
  EventResult void_line(const EventLine& line);
  EventResult override_price(const EventLine& line);
  EventResult return_line(const Event& event);
  void reconcile(std::span<const EventLine> lines);
  BasketLine basket_line(const EventLine& line, std::uint32_t item) const;
  void recognise_acceptance(const BasketLine& line);

  // --- lane_answer.cpp ---
  void respond(Moment moment, const Event& event);
  bool may_speak() const;
  void look_at_clock(Moment moment);
  bool is_mere_addition(const Event& event) const;
  void verify_open_prompts(const Situation& now, bool is_mere_addition);
  DropReason refusal_of_open_prompt(const Situation& now, const PromptRecord& record);
  void look_for_prompts(const Situation& now, Moment moment);
  void start_search(const CandidateSearch::Scene& scene, SearchLimits limits);
  bool is_settled() const;
  std::size_t places() const;
  SearchLimits limits_of(const PacingGate::Allowance& allowed) const;
  void search_basket(bool is_shut);
  bool fill_places(const Situation& now, std::span<const Pick> picks, Filling& filling);
  void withdraw_all_but(std::span<const Pick> taken);
  bool let_in(const Situation& now, Pick& pick, std::span<const std::uint32_t> taken_products,
              Filling& filling);

  // --- lane_prompts.cpp ---
  std::uint64_t take_prompt_id();
  void fill_in(const Pick& pick, PromptRecord& record);
  void confirm_benefit(PromptRecord& record) const;
  void set_quantity(PromptRecord& record) const;
  void find_triggers(PromptRecord& record) const;
  void renew(PromptRecord& record);
  std::uint64_t admit(const Pick& pick, std::uint8_t moment);
  void answer_inquiry(const Situation& now, const EventLine& line);
  void show_open_prompts(bool is_after_inquiry);
  std::size_t room_for(const PromptRecord& record);
  void show(const PromptRecord& record);
  void write(const Answer& shown) noexcept override;
  const PromptTextRoom& written(const PromptRecord& record);
  void write_prompt(const PromptRecord& record, std::string_view language, PromptTextRoom& room);

  // --- lane_trace.cpp; only while there is a trace ---
  LaneSilence lane_silence() const;
  void note_candidates(const CandidateSearch::Scene& scene, std::span<const PostingKind> kinds,
                       std::span<const std::uint32_t> terms);
  void note_search(const CandidateSearch::Scene& scene, const PacingGate& gate, bool is_subtotal);
  void note_inquiry(const Situation& now, const BasketLine& asked);
  void note_mined(const Situation& now, const PacingGate& pacing_gate);
  void note_refusal(const Pick& pick, DropReason reason);
  void settle_verdicts(std::span<const PromptRecord* const> taken,
                       const PacingGate::Allowance& allowed);
  void tell_search(const Situation& now, const PacingGate::Allowance& allowed,
                   std::uint32_t prompts_before, std::uint8_t moment);
  void tell_inquiry(const Situation& now);

  const RuleIndex& index() const { return rules->index(); }
  Workspace& workspace() { return rules->workspace(); }
  BasketState& basket() { return rules->workspace().basket; }
  const BasketState& basket() const { return rules->workspace().basket; }
  OutcomeWriter::Scene scene() { return {index(), transaction, lane, &basket()}; }
  Situation situation() {
    return {index(), basket(), lane, stock, workspace().passes, pacing.transaction_ordinal()};
  }

  LaneScope scope;
  OutcomeWriter outcomes;
  std::unique_ptr<CompiledRuleSet> no_rules;  // in place of none
  CompiledRuleSet* rules;
  std::uint64_t rule_set_serial = 0;
  LaneContext lane;
  Transaction transaction;
  SuspendedTransactions suspended;
  PacingMemory pacing;
  StockTable stock;
  FixedText<16> shift_business_day;
  std::uint64_t last_sequence = 0;
  std::int64_t searched_at_s = 0;  // store-local
  bool is_disabled = false;

  CandidateSearch search;
  FixedVector<Contender, 2 * kMaxAnswerPrompts> open_contenders;
  SearchLimits search_limits;
  bool is_search_current = false;  // it knows the open prompts as they are
  Contest contest;
  Answer answer;
  std::array<const PromptRecord*, kMaxAnswerPrompts> shown_records{};  // of the answer
  bool is_answer_current = false;  // it shows the open prompts as they are
  std::array<std::uint64_t, 2 * kMaxAnswerPrompts> room_prompts{};  // whose rooms; 0: free
  std::array<PromptTextRoom, 2 * kMaxAnswerPrompts> text_rooms{};
  std::uint64_t wordings = 0;  // ever
  std::array<PromptRecord, kMaxAnswerPrompts> inquiry_prompts{};

  LaneTrace* trace = nullptr;
  std::vector<Verdict> verdicts;  // of the event's search, for the trace
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_LANE_STATE_H_
