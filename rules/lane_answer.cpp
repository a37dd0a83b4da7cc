// What the lane shows after an event: open prompts are checked, better ones looked for, paced and
// let in.
#include <algorithm>

#include "rules/condition_eval.h"
#include "rules/contest.h"
#include "rules/lane_state.h"
#include "rules/local_time.h"

namespace xsell::rules {

bool LaneEngine::State::may_speak() const {
  return transaction.may_speak() && !is_disabled && !lane.is_opted_out;
}

void LaneEngine::State::respond(Moment moment, const Event& event) {
  workspace().evidence.refresh();
  workspace().passes.look_at(lane);
  const bool is_inquiry = moment == Moment::inquiry;
  const bool may_speak_now = may_speak();
  if (is_inquiry || !may_speak_now) {
    answer.count = 0;
    is_answer_current = false;
  }
  const Situation now = situation();
  if (is_inquiry) answer_inquiry(now, event.line);
  if (may_speak_now) {
    look_at_clock(moment);
    verify_open_prompts(now, moment == Moment::basket && is_mere_addition(event));
    if (moment == Moment::basket || moment == Moment::subtotal) look_for_prompts(now, moment);
    if (!is_answer_current) show_open_prompts(is_inquiry);
  } else {
    if (transaction.is_open) close_open_prompts(PromptState::withdrawn);
    if (trace != nullptr) trace->on_silent_lane(lane_silence());
  }
  basket().reset_changes();
}

// What schedules silenced, or let speak, may have changed since the last look.
void LaneEngine::State::look_at_clock(Moment moment) {
  if (moment != Moment::basket) return;
  if (index().schedule_edges.is_any_between(searched_at_s, lane.local_time_s)) {
    transaction.is_search_owed = true;
  }
  // A rule that was muted may speak again from midnight on.
  const bool is_new_day = searched_at_s / kSecondsPerDay != lane.local_time_s / kSecondsPerDay;
  if (is_new_day && pacing.has_tallies()) transaction.is_search_owed = true;
  searched_at_s = lane.local_time_s;
}

// Nothing has happened but that the basket holds more.
bool LaneEngine::State::is_mere_addition(const Event& event) const {
  return event.kind == EventKind::kLineAdded && !transaction.is_search_owed &&
         !basket().changes().needs_full_search;
}

// A prompt stays while all that led to it holds.
void LaneEngine::State::verify_open_prompts(const Situation& now, bool is_mere_addition) {
  transaction.log.for_each_live([&](PromptRecord& record) {
    if (!record.is_open()) return;
    const std::int64_t age_ms = lane.now_ms - record.shown_at_ms;
    if (record.timeout_seconds > 0 && age_ms >= std::int64_t{1000} * record.timeout_seconds) {
      return close(record, PromptState::expired);
    }
    DropReason reason = DropReason::kNone;
    if (!is_mere_addition || !record.is_steady) {
      reason = refusal_of_open_prompt(now, record);
    } else if (record.product != kNoId && basket().holds_product(record.product)) {
      reason = DropReason::kInBasket;
    }
    if (reason != DropReason::kNone) {
      close(record, PromptState::withdrawn, reason);
    } else {
      renew(record);
    }
  });
}

DropReason LaneEngine::State::refusal_of_open_prompt(const Situation& now,
                                                     const PromptRecord& record) {
  if (record.is_mined) {
    const bool is_of_another_customer = record.relation == Relation::replenishment &&
                                        !workspace().evidence.is_reminder(record.item);
    if (is_of_another_customer) return DropReason::kCustomer;
    const bool has_something_left = basket().changes().needs_full_search;
    if (!workspace().evidence.may_stay(record.item, has_something_left)) {
      return DropReason::kCondition;
    }
    return refusal_of_mined_item(now, record.item);
  }
  if (workspace().is_disabled(record.rule)) return DropReason::kKilled;
  return refusal_of_open(now, record.rule, record.gate, record.item);
}

void LaneEngine::State::look_for_prompts(const Situation& now, Moment moment) {
  const PacingGate gate(index(), lane, pacing, transaction.log, transaction.hash);
  CandidateSearch::Scene scene{&now, &gate, &rules->counters(), workspace().disabled()};
  const bool is_subtotal = moment == Moment::subtotal;
  Filling filling;
  filling.allowed = gate.allowance();
  if (is_subtotal) {
    filling.moment = kMomentSubtotal;
    filling.allowed.prompts = std::min(filling.allowed.prompts, 1);
  }
  const PacingGate::Allowance allowed = filling.allowed;
  const std::uint32_t prompts_before = transaction.log.prompt_count;
  if (trace != nullptr) note_search(scene, gate, is_subtotal);
  // Each further attempt has one open prompt less, one new prompt more, or one list left aside.
  for (std::size_t attempt = 0; attempt <= 4 * kMaxAnswerPrompts; ++attempt) {
    scene.exhausted = filling.exhausted.span();
    start_search(scene, limits_of(filling.allowed));
    if (is_subtotal) {
      search.search_subtotal(attempt == 0);
    } else if (attempt == 0) {
      search_basket(filling.allowed.prompts == 0);
    } else {
      search.search_lines();
    }
    const bool has_mined = !is_subtotal && !workspace().evidence.candidates().empty();
    if (attempt == 0 && search.found().empty() && !has_mined && is_settled()) {
      if (filling.allowed.limit == DropReason::kOperatorHourCap) transaction.is_search_owed = true;
      break;
    }
    contest.clear();
    contest.add_open(transaction.log);
    contest.add_found(index(), search.found());
    if (has_mined) contest.add_mined(now, workspace().evidence, gate);
    if (fill_places(now, contest.picks(), filling)) break;
  }
  if (trace != nullptr) tell_search(now, allowed, prompts_before, filling.moment);
}

// The open prompts go into the search anew only when they are others than the last time.
void LaneEngine::State::start_search(const CandidateSearch::Scene& scene, SearchLimits limits) {
  if (is_search_current && limits == search_limits) return search.resume(scene);
  open_contenders.clear();
  for (std::size_t i = 0; i < transaction.log.live_count(); ++i) {
    const PromptRecord& record = transaction.log.live(i);
    if (!record.is_open() || open_contenders.is_full()) continue;
    open_contenders.push(
        {record.rank, record.entry, record.identity, record.product, record.group, record.gate});
  }
  search.start(scene, limits, open_contenders.span());
  search_limits = limits;
  is_search_current = true;
}

// Those who have a place had it before.
bool LaneEngine::State::is_settled() const {
  return open_contenders.size() == transaction.log.live_count();
}

namespace {

// Whether the search knew that the second pick would give way to the first.
bool was_foreseen(const Pick& first, const Pick& second) {
  if (second.is_mined && !second.was_open) return true;
  // Two open prompts had a place each: the second may have been that of a prompt let in since.
  if (first.was_open) return !second.was_open;
  return second.was_open && !first.is_mined && second.identity == first.identity;
}

}  // namespace

std::size_t LaneEngine::State::places() const {
  return static_cast<std::size_t>(
      std::clamp<std::int32_t>(index().policy.max_prompts_per_answer, 0, kMaxAnswerPrompts));
}

SearchLimits LaneEngine::State::limits_of(const PacingGate::Allowance& allowed) const {
  // While pacing is shut, a search only tells which rule it silences, and finds what must be asked
  // all the same.
  if (index().has_required) return {2 * kMaxAnswerPrompts, kMaxAnswerPrompts};
  if (allowed.prompts == 0) return {2 * kMaxAnswerPrompts, 1};
  return {places(), static_cast<std::size_t>(allowed.prompts)};
}

void LaneEngine::State::search_basket(bool is_shut) {
  if (basket().changes().needs_full_search) transaction.is_search_owed = true;
  search.search_changes(basket().changes());
  if (transaction.is_search_owed && (!is_shut || index().has_required)) {
    transaction.is_search_owed = false;
    search.search_lines();
  }
}

// Best first, each offer once, as far as places and pacing go. Open prompts that find no place are
// withdrawn. False: a better pick turned out to offer the same as one that the search had found a
// place for, which is now free, or a list that had a place turned out to be exhausted.
bool LaneEngine::State::fill_places(const Situation& now, std::span<const Pick> picks,
                                    Filling& filling) {
  FixedVector<Pick, kMaxAnswerPrompts> taken;
  FixedVector<std::uint32_t, kMaxAnswerPrompts> taken_products;
  std::int32_t mined_places = index().policy.mined.max_prompts_per_answer;
  for (Pick pick : picks) {
    if (taken.size() == places()) break;
    const auto is_same = [&](const Pick& other) { return is_same_offer(pick, other); };
    const auto twin = std::find_if(taken.begin(), taken.end(), is_same);
    if (twin != taken.end()) {
      if (pick.was_open) close(*transaction.log.find(pick.prompt_id), PromptState::pushed_out);
      if (was_foreseen(*twin, pick)) continue;
      return false;
    }
    if (pick.is_mined && mined_places == 0) {
      if (!pick.was_open) continue;
      close(*transaction.log.find(pick.prompt_id), PromptState::pushed_out);
      return false;
    }
    const std::size_t exhausted = filling.exhausted.size();
    if (pick.prompt_id == 0 && !let_in(now, pick, taken_products.span(), filling)) {
      transaction.is_search_owed = true;
      if (filling.exhausted.size() > exhausted) return false;  // another may have its place
      continue;
    }
    if (pick.is_mined) --mined_places;
    if (pick.product != kNoId) taken_products.push(pick.product);
    taken.push(pick);
  }
  withdraw_all_but(taken.span());
  if (filling.allowed.limit == DropReason::kOperatorHourCap) transaction.is_search_owed = true;
  return true;
}

void LaneEngine::State::withdraw_all_but(std::span<const Pick> taken) {
  bool is_search_owed = transaction.is_search_owed;
  transaction.log.for_each_live([&](PromptRecord& record) {
    const auto is_its_own = [&](const Pick& pick) { return pick.prompt_id == record.prompt_id; };
    const bool is_pushed_out = record.state == PromptState::pushed_out;
    if (!is_pushed_out && std::any_of(taken.begin(), taken.end(), is_its_own)) return;
    close(record, PromptState::withdrawn);
    is_search_owed = is_search_owed || record.group != kNoId;
  });
  transaction.is_search_owed = is_search_owed;  // what is pushed out frees its group, but no place
}

bool LaneEngine::State::let_in(const Situation& now, Pick& pick,
                               std::span<const std::uint32_t> taken_products, Filling& filling) {
  PacingGate::Allowance& allowed = filling.allowed;
  const std::uint32_t rule = pick.is_mined ? kMinedRule : index().entries[pick.entry].rule;
  const bool is_required = !pick.is_mined && index().form_of(pick.entry).is_required;
  const std::int32_t left =
      pick.is_mined ? std::min(allowed.mined, allowed.prompts) : allowed.prompts;
  if (left <= 0 && !is_required) {
    const bool is_limit_known = allowed.limit != DropReason::kNone;
    const DropReason limit = is_limit_known ? allowed.limit : DropReason::kTransactionCap;
    rules->counters().add(rule, limit);
    if (trace != nullptr) note_refusal(pick, limit);
    return false;
  }
  const bool is_list = !pick.is_mined && (pick.identity & kIdentityKind) == kIdentityList;
  if (is_list) {
    DropReason reason = DropReason::kNone;
    pick.item = choose_item(now, index().entries[pick.entry], pick.gate, taken_products, reason);
    if (pick.item == kNoId) {
      rules->counters().add(rule, reason);
      if (trace != nullptr) note_refusal(pick, reason);
      filling.exhausted.push(pick.entry);
      return false;
    }
    pick.product = index().items.product(pick.item);
  }
  if (!is_required) --allowed.prompts;
  if (pick.is_mined) --allowed.mined;
  pick.prompt_id = admit(pick, filling.moment);
  return true;
}

}  // namespace xsell::rules
