// The prompts themselves: how one comes to be, what it is about, and how it reads in the answer.
#include <algorithm>

#include "rules/condition_eval.h"
#include "rules/contest.h"
#include "rules/lane_state.h"
#include "rules/rank_key.h"
#include "rules/stable_hash.h"

namespace xsell::rules {

namespace {

constexpr int kPromptNumberBits = 40;

}  // namespace

std::uint64_t LaneEngine::State::take_prompt_id() {
  return scope.device_seed << kPromptNumberBits | pacing.take_prompt_number();
}

void LaneEngine::State::fill_in(const Pick& pick, PromptRecord& record) {
  static_cast<PromptFacts&>(record) = PromptFacts();
  record.prompt_id = take_prompt_id();
  record.mined_key = pick.mined_key;
  record.rank = pick.rank;
  record.entry = pick.entry;
  record.identity = pick.identity;
  record.item = pick.item;
  record.product = pick.product;
  record.gate = pick.gate;
  record.is_mined = pick.is_mined;
  record.shown_at_ms = lane.now_ms;
  if (pick.is_mined) {
    record.rule = kMinedRule;
    record.quantity_milli = 1000;
    // What a customer buys anyway is no cross-selling, whatever the lines say of it.
    if (workspace().evidence.is_reminder(pick.item)) record.relation = Relation::replenishment;
  } else {
    const Entry& entry = index().entries[pick.entry];
    const PromptForm& form = index().forms[entry.form];
    record.rule = entry.rule;
    record.group = form.group;
    if (form.group != kNoId) record.group_hash = index().group_hashes[form.group];
    record.ordinal = form.ordinal;
    record.quantity_milli = form.quantity_milli;
    record.is_quantity_per_trigger = form.is_quantity_per_trigger;
    record.timeout_seconds = form.timeout_seconds;
    record.relation = form.relation;
    record.is_steady = outlives_additions(index(), entry.rule, pick.gate);
    record.has_benefit = form.promotion != kNoId;
    if (record.has_benefit) confirm_benefit(record);
  }
  find_triggers(record);
  if (record.is_quantity_per_trigger) set_quantity(record);
}

// What an open prompt says may change with the basket and with what the host grants.
void LaneEngine::State::renew(PromptRecord& record) {
  const bool may_have_other_triggers = basket().changes().needs_full_search;
  if (!may_have_other_triggers && !record.is_quantity_per_trigger && !record.has_benefit) return;
  if (may_have_other_triggers) find_triggers(record);
  if (record.is_quantity_per_trigger) set_quantity(record);
  if (record.has_benefit) confirm_benefit(record);
  ++record.revision;
  is_answer_current = false;
}

// A saving is promised only when the host said that it would grant it.
void LaneEngine::State::confirm_benefit(PromptRecord& record) const {
  const PromptForm& form = index().form_of(record.entry);
  record.is_benefit_confirmed = false;
  record.saving_minor = 0;
  const std::uint64_t hash = stable_hash(index().names.text(form.promotion));
  for (const ConfirmedPromotion& promotion : transaction.promotions) {
    if (promotion.hash != hash) continue;
    record.is_benefit_confirmed = true;
    record.saving_minor = promotion.saving_minor > 0 ? promotion.saving_minor : form.saving_minor;
  }
}

void LaneEngine::State::set_quantity(PromptRecord& record) const {
  const std::int64_t trigger =
      trigger_quantity(index(), index().requirements[record.rule], basket());
  record.quantity_milli = index().form_of(record.entry).quantity_milli * trigger / 1000;
}

void LaneEngine::State::find_triggers(PromptRecord& record) const {
  record.trigger_lines.clear();
  const BasketLine* first = nullptr;
  const auto lines = basket().lines();
  if (record.is_mined) {
    PairEvidence::Reason strongest;
    for (const BasketLine& line : lines) {
      if (line.is_voided || line.item == kNoId) continue;
      const PairEvidence::Reason reason =
          rules->workspace().evidence.reason(line.item, record.item);
      if (reason.weight <= 0) continue;
      const bool is_strongest = reason.weight > strongest.weight;
      if (is_strongest) {
        strongest = reason;
        first = &line;
        if (record.trigger_lines.is_full()) record.trigger_lines.truncate(kMaxTriggerLines - 1);
        record.trigger_lines.insert(0, line.number);
      } else {
        record.trigger_lines.push(line.number);
      }
    }
    record.percent = strongest.percent;
  } else {
    const BasketTest test = index().requirements[record.rule];
    PositiveTerms asked;
    if (!test.is_term()) asked = positive_terms(index(), test);
    const auto is_trigger_line = [&](const BasketLine& line) {
      if (test.is_term()) return basket().is_in_term(line, test.term());
      return asked.is_whole ? basket().is_in_any(line, asked.terms.span())
                            : is_trigger(index(), test, basket(), line);
    };
    // Once the lines found hold all that there is of the one trigger, there are no more.
    std::int64_t left_milli = test.is_term() ? basket().term_quantity(test.term()) : kNoMaximum;
    for (auto line = lines.rbegin(); line != lines.rend() && left_milli > 0; ++line) {
      if (line->is_voided || !is_trigger_line(*line)) continue;
      if (first == nullptr) first = &*line;
      if (!record.trigger_lines.push(line->number)) break;
      if (test.is_term()) left_milli -= line->quantity_milli;
    }
  }
  record.trigger_item = first == nullptr ? kNoId : first->item;
}

// From here on it counts for pacing, whether or not the host reports it shown.
std::uint64_t LaneEngine::State::admit(const Pick& pick, std::uint8_t moment) {
  PromptLog& log = transaction.log;
  if (log.is_full()) {
    const PromptRecord& oldest = log.oldest_ended();
    outcomes.ended(scene(), oldest, TransactionEnd::kOpen);
    log.erase(oldest);
  }
  PromptRecord& record = log.push();
  fill_in(pick, record);
  log.renew(record);
  is_answer_current = false;
  is_search_current = false;
  record.moment = moment;
  // What must be asked is asked in both arms.
  const bool is_required = !record.is_mined && index().form_of(record.entry).is_required;
  record.is_hidden = transaction.arm == ExperimentArm::kHeldOut && !is_required;
  ++log.prompt_count;
  if (record.is_mined) ++log.mined_count;
  log.last_prompt_ms = lane.now_ms;
  pacing.add_prompt(lane.local_time_s);
  if (!record.is_hidden && is_muting()) pacing.add_shown(pacing_hash_of(record));
  if (record.is_hidden) {
    rules->counters().add(record.rule, DropReason::kHeldOut);
  } else {
    outcomes.shown(scene(), record);
  }
  return record.prompt_id;
}

// What customers ask for may be answered with what goes with it. It is no prompt: nothing is paced,
// logged or held out.
void LaneEngine::State::answer_inquiry(const Situation& now, const EventLine& line) {
  const bool is_silent =
      is_disabled || lane.is_opted_out || (transaction.is_open && !transaction.may_speak());
  std::uint32_t item = kNoId;
  if (is_silent || !index().items.keys.find_told(line.item, item)) return;
  EventLine asked = line;
  asked.quantity_milli = std::max<std::int64_t>(asked.quantity_milli, 1000);
  const BasketLine asked_line = basket_line(asked, item);
  if (!basket().add(asked_line)) return;

  is_search_current = false;
  search.start({&now, nullptr, &rules->counters(), workspace().disabled()}, {places(), places()},
               {});
  basket().for_each_term(asked_line, [&](std::uint32_t term) { search.search_inquiry(term); });
  if (trace != nullptr) note_inquiry(now, asked_line);
  contest.clear();
  contest.add_found(index(), search.found());
  // Products: what is on offer already is no answer to this.
  FixedVector<std::uint32_t, 3 * kMaxAnswerPrompts> taken;
  for (std::size_t i = 0; i < transaction.log.live_count(); ++i) {
    const PromptRecord& open = transaction.log.live(i);
    if (open.is_open() && open.product != kNoId) taken.push(open.product);
  }
  for (Pick pick : contest.picks()) {
    if (answer.count == places()) break;
    if (pick.item == kNoId && (pick.identity & kIdentityKind) == kIdentityList) {
      DropReason reason = DropReason::kNone;
      pick.item = choose_item(now, index().entries[pick.entry], pick.gate, taken.span(), reason);
      if (pick.item == kNoId) continue;
    }
    if (pick.item != kNoId) {
      pick.product = index().items.product(pick.item);
      if (std::find(taken.begin(), taken.end(), pick.product) != taken.end()) continue;
      taken.push(pick.product);
    }
    PromptRecord& record = inquiry_prompts[answer.count];
    fill_in(pick, record);
    record.moment = kMomentInquiry;
    show(record);
  }
  if (trace != nullptr) tell_inquiry(now);
  basket().take_back();
}

void LaneEngine::State::show_open_prompts(bool is_after_inquiry) {
  if (!is_after_inquiry) answer.count = 0;
  FixedVector<const PromptRecord*, kMaxAnswerPrompts> best;
  for (std::size_t i = 0; i < transaction.log.live_count(); ++i) {
    const PromptRecord& record = transaction.log.live(i);
    if (!record.is_open() || record.is_hidden || best.is_full()) continue;
    const auto at = std::find_if(best.begin(), best.end(), [&](const PromptRecord* other) {
      return outranks(record, *other);
    });
    best.insert(static_cast<std::size_t>(at - best.begin()), &record);
  }
  for (const PromptRecord* record : best) show(*record);
  is_answer_current = !is_after_inquiry;
}

// The record's own room, or one that is of no use any more.
std::size_t LaneEngine::State::room_for(const PromptRecord& record) {
  const auto own = std::find(room_prompts.begin(), room_prompts.end(), record.prompt_id);
  if (own != room_prompts.end()) return static_cast<std::size_t>(own - room_prompts.begin());
  const auto shown = std::span(answer.prompt_ids).first(answer.count);
  const auto is_free = [&](std::uint64_t prompt_id) {
    for (std::size_t i = 0; i < transaction.log.live_count(); ++i) {
      if (transaction.log.live(i).prompt_id == prompt_id) return false;
    }
    return std::find(shown.begin(), shown.end(), prompt_id) == shown.end();
  };
  const auto free = std::find_if(room_prompts.begin(), room_prompts.end(), is_free);
  return free == room_prompts.end() ? 0 : static_cast<std::size_t>(free - room_prompts.begin());
}

void LaneEngine::State::show(const PromptRecord& record) {
  if (answer.count == kMaxAnswerPrompts) return;
  shown_records[answer.count] = &record;
  answer.prompt_ids[answer.count++] = record.prompt_id;
  answer.writer = this;
}

void LaneEngine::State::write(const Answer& shown) noexcept {
  // All that the prompts are worded from comes from memory at one time, not one after the other.
  for (std::size_t i = 0; i < shown.count; ++i) fetch_names(index(), *shown_records[i]);
  for (std::size_t i = 0; i < shown.count; ++i) fetch_texts(index(), *shown_records[i]);
  for (std::size_t i = 0; i < shown.count; ++i) {
    const PromptRecord& record = *shown_records[i];
    Prompt& prompt = shown.prompts[i];
    prompt = written(record).prompt;
    prompt.trigger_lines = record.trigger_lines.span();
    prompt.arm = transaction.arm;
    prompt.experiment = transaction.arm == ExperimentArm::kNone
                            ? std::string_view()
                            : std::string_view(index().policy.experiment.id);
    if (record.item != kNoId && !stock.is_empty()) {
      prompt.on_hand_milli = stock.on_hand_milli(prompt.item);
      prompt.wording = 0;
    }
  }
}

// A prompt is written once and copied from then on, until something in it changes.
const PromptTextRoom& LaneEngine::State::written(const PromptRecord& record) {
  const std::size_t at = room_for(record);
  PromptTextRoom& room = text_rooms[at];
  if (room_prompts[at] == record.prompt_id && room.revision == record.revision) return room;
  const std::string_view language =
      lane.language.view().empty() ? std::string_view(scope.language) : lane.language.view();
  write_prompt(record, language, room);
  room_prompts[at] = record.prompt_id;
  return room;
}

void LaneEngine::State::write_prompt(const PromptRecord& record, std::string_view language,
                                     PromptTextRoom& room) {
  write_texts(index(), record, language, room);
  Prompt& prompt = room.prompt;
  prompt = Prompt();
  prompt.prompt_id = record.prompt_id;
  prompt.wording = ++wordings;
  room.rule_id = rule_id_of(index(), record);
  prompt.rule_id = room.rule_id.view();
  prompt.rule_set_version = index().version;
  prompt.relation = record.relation;
  prompt.moment = record.moment;
  prompt.is_mined = record.is_mined;
  prompt.item = key_of(index(), record.item);
  prompt.description = item_name(index(), record.item, language);
  prompt.quantity_milli = record.quantity_milli;
  prompt.currency = index().currency.view();
  prompt.operator_text = room.operator_text;
  prompt.customer_text = room.customer_text;
  prompt.line_display = room.line_display;
  prompt.reason = room.reason;
  prompt.language = language;
  const std::uint64_t key = record.is_mined ? record.mined_key : rank_key_of(index(), record.entry);
  prompt.score = static_cast<std::int64_t>((key & 0xffffffff) >> 8);
  prompt.timeout_seconds = record.timeout_seconds;
  if (record.item != kNoId) {
    prompt.has_price = index().items.price_minor[record.item] >= 0;
    prompt.price_minor = std::max<std::int64_t>(0, index().items.price_minor[record.item]);
    prompt.minimum_customer_age = index().items.rows[record.item].minimum_age;
  }
  if (record.is_mined) return;
  const PromptForm& form = index().form_of(record.entry);
  prompt.kind = form.kind;
  prompt.mode = form.mode;
  prompt.is_required = form.is_required;
  prompt.location = text_of(index(), form.location, language);
  if (record.is_benefit_confirmed) {
    prompt.promotion = index().names.text(form.promotion);
    prompt.saving_minor = record.saving_minor;
  }
}

}  // namespace xsell::rules
