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

PromptRecord LaneEngine::State::record_of(const Pick& pick) {
  PromptRecord record;
  record.prompt_id = take_prompt_id();
  record.rank_key = pick.key;
  record.entry = pick.entry;
  record.identity = pick.identity;
  record.item = pick.item;
  record.product = pick.product;
  record.is_mined = pick.is_mined;
  record.shown_at_ms = lane.now_ms;
  if (pick.item != kNoId) record.item_key.assign(index().items.keys.text(pick.item));
  if (pick.is_mined) {
    record.rule = kMinedRule;
    record.rule_hash = stable_hash(record.item_key.view());
    record.rule_id.assign(kMinedRuleId);
    record.rank = rank_of_key(index(), pick.key);
    record.quantity_milli = 1000;
  } else {
    const OfferDetail& offer = index().offers[pick.entry];
    const RuleDetail& rule = index().rules[offer.rule];
    record.rule = offer.rule;
    record.rule_hash = rule.hash;
    record.rule_id.assign(index().names.text(rule.rule_id));
    record.rank = pick.entry;
    record.group = rule.group;
    record.ordinal = offer.ordinal;
    record.quantity_milli = offer.quantity_milli;
    record.timeout_seconds = rule.timeout_seconds;
    record.relation = rule.relation;
    confirm_benefit(record, offer);
  }
  find_triggers(record);
  set_quantity(record);
  return record;
}

// A saving is promised only when the host said that it would grant it.
void LaneEngine::State::confirm_benefit(PromptRecord& record, const OfferDetail& offer) const {
  record.is_benefit_confirmed = false;
  record.saving_minor = 0;
  if (offer.promotion == kNoId) return;
  const std::uint64_t hash = stable_hash(index().names.text(offer.promotion));
  for (const ConfirmedPromotion& promotion : transaction.promotions) {
    if (promotion.hash != hash) continue;
    record.is_benefit_confirmed = true;
    record.saving_minor = promotion.saving_minor > 0 ? promotion.saving_minor : offer.saving_minor;
  }
}

void LaneEngine::State::set_quantity(PromptRecord& record) const {
  if (record.is_mined) return;
  const OfferDetail& offer = index().offers[record.entry];
  if (!offer.is_quantity_per_trigger) return;
  const std::int64_t trigger = trigger_quantity(index(), index().rules[record.rule], basket());
  record.quantity_milli = offer.quantity_milli * trigger / 1000;
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
    const RuleDetail& rule = index().rules[record.rule];
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
      if (line->is_voided || !is_trigger(index(), rule, basket(), *line)) continue;
      if (first == nullptr) first = &*line;
      if (!record.trigger_lines.push(line->number)) break;
    }
  }
  const bool is_known = first != nullptr && first->item != kNoId;
  record.trigger_key.assign(is_known ? index().items.keys.text(first->item) : std::string_view());
}

// From here on it counts for pacing, whether or not the host reports it shown.
std::uint64_t LaneEngine::State::admit(const Pick& pick, std::uint8_t moment) {
  PromptLog& log = transaction.log;
  if (log.is_full()) {
    const PromptRecord* oldest = log.oldest_ended();
    outcomes.ended(scene(), *oldest, TransactionEnd::kOpen);
    log.erase(oldest);
  }
  PromptRecord record = record_of(pick);
  record.moment = moment;
  // What must be asked is asked in both arms.
  const bool is_required = !record.is_mined && index().rules[record.rule].is_required;
  record.is_hidden = transaction.arm == ExperimentArm::kHeldOut && !is_required;
  log.push(record);
  ++log.prompt_count;
  if (record.is_mined) ++log.mined_count;
  log.last_prompt_ms = lane.now_ms;
  pacing.add_prompt(lane.local_time_s);
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
  if (is_silent || !ItemKey::from_text(line.item)) return;
  EventLine asked = line;
  asked.quantity_milli = std::max<std::int64_t>(asked.quantity_milli, 1000);
  const BasketLine asked_line = basket_line(asked);
  if (!basket().add(asked_line)) return;

  CandidateSearch search(now, nullptr, rules->counters(), workspace().disabled());
  search.start({places(), places()}, {});
  basket().for_each_term(asked_line, [&](std::uint32_t term) {
    const std::uint32_t terms[] = {term};
    search.search_terms(PostingKind::inquiry, terms);
  });
  Contest contest;
  contest.add_found(index(), search.found());
  for (Pick pick : contest.picks()) {
    if (answer.count == places()) break;
    if (pick.item == kNoId && (pick.identity & kIdentityKind) == kIdentityList) {
      DropReason reason = DropReason::kNone;
      pick.item = choose_item(now, index().offers[pick.entry], {}, reason);
      if (pick.item == kNoId) continue;
    }
    PromptRecord& record = inquiry_prompts[answer.count];
    record = record_of(pick);
    record.moment = kMomentInquiry;
    put_in_answer(record);
  }
  basket().take_back();
}

void LaneEngine::State::show_open_prompts() {
  FixedVector<const PromptRecord*, kMaxAnswerPrompts> best;
  for (const PromptRecord& record : transaction.log.all()) {
    if (!record.is_open() || record.is_hidden || best.is_full()) continue;
    const auto at = std::find_if(best.begin(), best.end(), [&](const PromptRecord* other) {
      return outranks(pick_of(record), pick_of(*other));
    });
    best.insert(static_cast<std::size_t>(at - best.begin()), &record);
  }
  for (const PromptRecord* record : best) put_in_answer(*record);
}

// The texts are written once and kept while the prompt is open.
PromptTextRoom& LaneEngine::State::texts_of(const PromptRecord& record, std::string_view language) {
  PromptTextRoom* free = &text_rooms[0];
  for (PromptTextRoom& room : text_rooms) {
    if (room.prompt_id == record.prompt_id) {
      free = &room;
      break;
    }
    const auto is_in_use = [&](const Prompt& prompt) { return prompt.prompt_id == room.prompt_id; };
    const auto is_open = [&](const PromptRecord& other) {
      return other.prompt_id == room.prompt_id && other.is_open();
    };
    const auto records = transaction.log.all();
    const auto shown = answer.view();
    if (std::none_of(shown.begin(), shown.end(), is_in_use) &&
        std::none_of(records.begin(), records.end(), is_open)) {
      free = &room;
    }
  }
  const bool is_fresh = free->prompt_id == record.prompt_id &&
                        free->quantity_milli == record.quantity_milli && free->language == language;
  if (!is_fresh) write_texts(index(), record, language, *free);
  return *free;
}

void LaneEngine::State::put_in_answer(const PromptRecord& record) {
  if (answer.count == kMaxAnswerPrompts) return;
  const std::string_view language =
      lane.language.view().empty() ? std::string_view(scope.language) : lane.language.view();
  const PromptTextRoom& texts = texts_of(record, language);
  Prompt& prompt = answer.prompts[answer.count++];
  prompt = Prompt();
  prompt.prompt_id = record.prompt_id;
  prompt.rule_id = record.rule_id.view();
  prompt.rule_set_version = index().version;
  prompt.relation = record.relation;
  prompt.moment = record.moment;
  prompt.is_mined = record.is_mined;
  prompt.item = record.item_key.view();
  prompt.description = item_name(index(), record.item, language);
  prompt.quantity_milli = record.quantity_milli;
  prompt.currency = index().currency.view();
  prompt.operator_text = texts.operator_text;
  prompt.customer_text = texts.customer_text;
  prompt.line_display = texts.line_display;
  prompt.reason = texts.reason;
  prompt.language = language;
  prompt.score = static_cast<std::int64_t>((record.rank_key & 0xffffffff) >> 8);
  prompt.trigger_lines = record.trigger_lines.span();
  prompt.arm = transaction.arm;
  prompt.experiment = transaction.arm == ExperimentArm::kNone
                          ? std::string_view()
                          : std::string_view(index().policy.experiment.id);
  prompt.timeout_seconds = record.timeout_seconds;
  if (record.item != kNoId) {
    prompt.has_price = index().items.price_minor[record.item] >= 0;
    prompt.price_minor = std::max<std::int64_t>(0, index().items.price_minor[record.item]);
    prompt.minimum_customer_age = index().items.minimum_age[record.item];
    prompt.on_hand_milli = stock.on_hand_milli(record.item_key.view());
  }
  if (record.is_mined) return;
  const OfferDetail& offer = index().offers[record.entry];
  const RuleDetail& rule = index().rules[record.rule];
  prompt.kind = rule.kind;
  prompt.mode = rule.mode;
  prompt.is_required = rule.is_required;
  prompt.location = text_of(index(), offer.location, language);
  if (record.is_benefit_confirmed) {
    prompt.promotion = index().names.text(offer.promotion);
    prompt.saving_minor = record.saving_minor;
  }
}

}  // namespace xsell::rules
