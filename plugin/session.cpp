#include "plugin/session.h"

#include <time.h>

#include <algorithm>
#include <utility>

namespace xsell::plugin {
namespace {

xsell_status status_of(rules::EventResult result) noexcept {
  switch (result) {
    case rules::EventResult::kOk:
    case rules::EventResult::kIgnored:
      return XSELL_OK;
    case rules::EventResult::kStale:
      return XSELL_ERROR_STALE_SEQUENCE;
    case rules::EventResult::kOtherTransaction:
      return XSELL_ERROR_UNKNOWN_TRANSACTION;
    case rules::EventResult::kUnknownLine:
      return XSELL_ERROR_UNKNOWN_LINE;
    case rules::EventResult::kUnknownPrompt:
      return XSELL_ERROR_UNKNOWN_PROMPT;
    case rules::EventResult::kBadItem:
      return XSELL_ERROR_TEXT;
    case rules::EventResult::kBasketFull:
      return XSELL_ERROR_BASKET_FULL;
  }
  return XSELL_ERROR_INTERNAL;
}

// Both clocks are read without a system call (vDSO).
int64_t utc_time_s() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec;
}

uint64_t monotonic_time_ns() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(now.tv_nsec);
}

// What pacing remembers although the transaction goes on, or is parked, and the till may end.
bool is_remembered(rules::EventKind kind) noexcept {
  switch (kind) {
    case rules::EventKind::kSnooze:
    case rules::EventKind::kPromptAccepted:
    case rules::EventKind::kPromptDeclined:
    case rules::EventKind::kPromptExpired:
    case rules::EventKind::kTransactionSuspended:
      return true;
    default:
      return false;
  }
}

}  // namespace

Session::Session(const rules::LaneScope& scope, ScanCounters& counters, rules::ScanLayouts layouts)
    : counters_(counters), reader_(std::move(layouts)), engine_(scope, this) {}

Session::~Session() {
  free_retired();
  delete offered_.take();
}

xsell_status Session::on_event(const xsell_event_header* header, xsell_prompt_list* out) noexcept {
  rules::Event event;
  const xsell_status told = reader_.read(header, event);
  if (told != XSELL_OK || event.kind == rules::EventKind::kNone) return told;
  if (event.monotonic_ns == 0) event.monotonic_ns = monotonic_time_ns();
  if (event.local_time_s == 0) {
    event.local_time_s = utc_time_s() + utc_offset_s_.load(std::memory_order_relaxed);
  }

  take_offer(event);
  const uint64_t hushed_through = hushed_through_.load(std::memory_order_relaxed);
  const bool is_disabled = is_disabled_.load(std::memory_order_relaxed) ||
                           (in_use_ && in_use_->number <= hushed_through);
  if (is_disabled != is_disabled_now_) {
    engine_.set_disabled(is_disabled);
    is_disabled_now_ = is_disabled;
  }
  if (in_use_) tried_version_.store(in_use_->rules->version(), std::memory_order_relaxed);
  const rules::Answer& answer = engine_.on_event(event);
  publish(event);

  writer_.write(answer, in_use_ ? in_use_->rules->version() : 0, out);
  count(answer);
  return status_of(answer.result);
}

void Session::take_offer(const rules::Event& event) noexcept {
  // A begin that names the open transaction again is the same fact told twice.
  const bool is_begin = event.kind == rules::EventKind::kTransactionBegin &&
                        (event.transaction != transaction_ || !engine_.is_in_transaction());
  if (is_begin) transaction_ = event.transaction;
  if (!is_begin && engine_.is_in_transaction()) return;
  if (retired_.is_full()) return;
  Offer* offer = offered_.take();
  if (!offer) return;
  engine_.adopt(offer->rules.get());
  Offer* before = in_use_.release();
  in_use_.reset(offer);
  counters_.rule_set_version.store(offer->rules->version(), std::memory_order_relaxed);
  shown_in_use_.store(offer->rules.get(), std::memory_order_release);
  if (before) {
    retired_.write(before);
    retired_.publish();
  }
}

void Session::publish(const rules::Event& event) noexcept {
  const bool is_end = event.kind == rules::EventKind::kTransactionFinalised ||
                      event.kind == rules::EventKind::kTransactionVoided;
  if (outcomes_.has_unpublished() || is_end || is_remembered(event.kind)) {
    pacing_.put_by([&](rules::PacingCopy& copy) { engine_.copy_pacing(copy); });
    outcomes_.publish();
  }
  if (is_end && in_use_)
    proven_version_.store(in_use_->rules->version(), std::memory_order_relaxed);
}

void Session::count(const rules::Answer& answer) noexcept {
  counters_.events.fetch_add(1, std::memory_order_relaxed);
  // Numbers only rise: one that was counted may leave and come back, as after a recall.
  uint64_t newest = newest_prompt_;
  for (size_t i = 0; i < answer.count; ++i) {
    const uint64_t prompt = answer.prompt_ids[i];
    if (prompt > newest_prompt_) counters_.prompts.fetch_add(1, std::memory_order_relaxed);
    newest = std::max(newest, prompt);
  }
  newest_prompt_ = newest;
}

void Session::put(const rules::Outcome& outcome) noexcept {
  if (!outcomes_.write(outcome)) counters_.outcomes_lost.fetch_add(1, std::memory_order_relaxed);
}

bool Session::restore_pacing(const rules::PacingSnapshot& snapshot) noexcept {
  return engine_.restore_pacing(snapshot);
}

void Session::offer(std::unique_ptr<rules::CompiledRuleSet> rules) {
  auto offer = std::make_unique<Offer>();
  offer->rules = std::move(rules);
  offer->number = ++offers_;
  delete offered_.put(offer.release());
}

void Session::hush() noexcept { hushed_through_.store(offers_, std::memory_order_relaxed); }

void Session::free_retired() {
  while (retired_.readable() != 0) {
    delete retired_.at(0);
    retired_.pop(1);
  }
}

}  // namespace xsell::plugin
