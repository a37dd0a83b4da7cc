#include "hq/explain/reason_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "hq/explain/condition_words.h"
#include "rules/compiled_rules.h"
#include "rules/condition_eval.h"
#include "rules/local_time.h"
#include "rules/prompt_text.h"
#include "rules/stable_hash.h"

namespace xsell::hq {
namespace {

using rules::DropReason;
using rules::kNoId;

constexpr std::array<std::string_view, 7> kDays = {"mo", "tu", "we", "th", "fr", "sa", "su"};

std::string describe_schedule(const rules::Rule& rule, std::int64_t now_s) {
  std::string text = "in force";
  if (rule.effective_s) text += " from " + rules::format_local_time(*rule.effective_s);
  if (rule.expires_s) text += " until " + rules::format_local_time(*rule.expires_s);
  for (const rules::TimeWindow& window : rule.time_windows) {
    std::string days;
    for (std::size_t day = 0; day < kDays.size() && window.days != rules::kAllDays; ++day) {
      if ((window.days >> day & 1) != 0) days += std::string(kDays[day]) + " ";
    }
    text += fmt::format("{}{}{} to {}", &window == &rule.time_windows.front() ? ", " : " or ", days,
                        rules::format_time_of_day(window.start_minute),
                        rules::format_time_of_day(window.end_minute));
  }
  return fmt::format("{}; now it is {} {}", text,
                     kDays[static_cast<std::size_t>(rules::weekday(now_s))],
                     rules::format_local_time(now_s));
}

std::string describe_customer(const rules::Rule& rule, const rules::LaneContext& lane) {
  if (!rule.audience.is_for_anonymous && lane.customer_hash == 0) {
    return "only for identified customers; nobody is identified";
  }
  const rules::SegmentTest& segments = rule.audience.segments;
  std::string text = "the customer's segments must be";
  if (!segments.any_of.empty()) text += fmt::format(" one of {}", fmt::join(segments.any_of, ", "));
  if (!segments.none_of.empty()) {
    text += fmt::format(" none of {}", fmt::join(segments.none_of, ", "));
  }
  return text;
}

std::string describe_age(const rules::Situation& now, const rules::OfferChecks& checks,
                         std::uint32_t item) {
  const std::int32_t asked = std::max(checks.customer_age, now.index.items.rows[item].minimum_age);
  if (asked > now.lane.customer_age && asked > now.basket.minimum_age()) {
    return fmt::format("for customers of {}; {}", asked,
                       now.lane.customer_age == 0
                           ? "the customer's age was not checked"
                           : fmt::format("the customer is {}", now.lane.customer_age));
  }
  return fmt::format("sold by operators of {}; {}", checks.operator_age,
                     now.lane.operator_age == 0
                         ? "the operator's age is not known"
                         : fmt::format("the operator is {}", now.lane.operator_age));
}

std::string describe_price_ratio(const rules::Situation& now, const rules::OfferChecks& checks,
                                 std::uint32_t rule, std::uint32_t item) {
  std::int64_t dearest = 0;
  for (const rules::BasketLine& line : now.basket.lines()) {
    if (line.is_voided) continue;
    if (rules::is_trigger(now.index, now.index.requirements[rule], now.basket, line)) {
      dearest = std::max(dearest, line.unit_price_minor);
    }
  }
  const std::string_view currency = now.index.currency.view();
  return fmt::format("{} is over {} times the price of the dearest trigger, {}",
                     describe_money(now.index.items.price_minor[item], currency),
                     static_cast<double>(checks.max_price_ratio_millionths) / 1e6,
                     describe_money(dearest, currency));
}

std::string describe_lane_load(const rules::Situation& now) {
  const rules::LaneLoadPolicy& load = now.index.policy.lane_load;
  if (load.suppress_above_queue_length > 0 &&
      now.lane.queue_length > load.suppress_above_queue_length) {
    return fmt::format("{} people are waiting; silent above {}", now.lane.queue_length,
                       load.suppress_above_queue_length);
  }
  return fmt::format("{} lines a minute; silent above {}", now.lane.lines_per_minute,
                     load.suppress_above_lines_per_minute);
}

std::string rival_of(const ReasonContext& context, const rules::Verdict& verdict) {
  if (verdict.rival_rule == rules::kNoRule) return "another";
  const rules::RuleIndex& index = context.scene.now.index;
  const rules::RuleIdText rule_id = rules::rule_id_of(index, verdict.rival_rule);
  const std::string_view rule = rule_id.view();
  if (verdict.rival_item == kNoId) return std::string(rule);
  return fmt::format("{} > {}", rule, label_of_item(index, verdict.rival_item, context.language));
}

std::string describe_outranked(const ReasonContext& context, const rules::Verdict& verdict) {
  const rules::RuleIndex& index = context.scene.now.index;
  const std::string rival = rival_of(context, verdict);
  const bool is_same_product =
      verdict.item != kNoId && verdict.rival_item != kNoId &&
      index.items.product(verdict.item) == index.items.product(verdict.rival_item);
  if (is_same_product) return fmt::format("{} offers the same and ranks higher", rival);
  return fmt::format("the answer holds {}, and {} ranks higher",
                     index.policy.max_prompts_per_answer, rival);
}

std::string describe_cool_down(const ReasonContext& context, const rules::Verdict& verdict,
                               std::uint64_t hash) {
  const rules::Situation& now = context.scene.now;
  const rules::CoolDownPolicy& policy = now.index.policy.cool_down;
  for (std::size_t i = 0; i < context.scene.log.size(); ++i) {
    const rules::PromptRecord& made = context.scene.log.at(i);
    const bool is_it = made.rule == verdict.rule && (!made.is_mined || made.item == verdict.item);
    if (is_it && made.state == rules::PromptState::declined) {
      return "declined in this transaction";
    }
  }
  const auto& pacing = context.scene.memory.snapshot();
  std::uint64_t least = ~std::uint64_t{0};
  for (std::uint32_t i = 0; i < pacing.decline_count; ++i) {
    if (pacing.declines[i].rule != hash) continue;
    least = std::min(least, pacing.transaction_ordinal - pacing.declines[i].transaction_ordinal);
  }
  if (least <= static_cast<std::uint64_t>(policy.same_rule_transactions)) {
    return fmt::format("declined {} transactions ago; silent for {}", least,
                       policy.same_rule_transactions);
  }
  return fmt::format("this customer declined it; silent for {} days", policy.same_customer_days);
}

std::string describe_budget(const ReasonContext& context, const rules::Verdict& verdict,
                            std::uint64_t hash) {
  const rules::RuleTally* tally = context.scene.memory.tally(hash);
  return fmt::format("{} of the lane's {} accepted offers are used up",
                     tally == nullptr ? 0 : tally->accepted_ever,
                     context.scene.now.index.form_of(verdict.entry).budget);
}

std::string describe_muted(const ReasonContext& context, std::uint64_t hash) {
  const rules::RuleTally* tally = context.scene.memory.tally(hash);
  return fmt::format("accepted too rarely at this lane; silent until {}",
                     rules::format_date(tally == nullptr ? 0 : tally->muted_until_day));
}

std::string describe_interval(const ReasonContext& context) {
  const rules::Policy& policy = context.scene.now.index.policy;
  return fmt::format("the last prompt is {} s ago; {} s lie between prompts",
                     (context.scene.now.lane.now_ms - context.scene.log.last_prompt_ms) / 1000,
                     policy.min_seconds_between_prompts);
}

std::string describe_caps(const ReasonContext& context, const rules::Verdict& verdict) {
  const rules::Policy& policy = context.scene.now.index.policy;
  if (verdict.rule == rules::kMinedRule && context.scene.allowed.prompts > 0) {
    return fmt::format("{} mined prompts a transaction at most, and {} an answer",
                       policy.mined.max_prompts_per_transaction,
                       policy.mined.max_prompts_per_answer);
  }
  if (context.scene.allowed.limit == DropReason::kNone) {
    return fmt::format("one event brings {} new prompts at most", context.scene.allowed.prompts);
  }
  return fmt::format("{} of {} prompts of this transaction are made", context.scene.prompts_before,
                     policy.max_prompts_per_transaction);
}

}  // namespace

std::string label_of_item(const rules::RuleIndex& index, std::uint32_t item,
                          std::string_view language) {
  const std::string_view key = index.items.keys.text(item);
  const std::string_view name = rules::item_name(index, item, language);
  return name.empty() || name == key ? std::string(key) : fmt::format("{} ({})", key, name);
}

std::string describe_item_reason(const ReasonContext& context, const rules::Verdict& verdict,
                                 std::uint32_t item, DropReason reason) {
  const rules::Situation& now = context.scene.now;
  const rules::OfferChecks none;
  const std::uint32_t id =
      verdict.rule == rules::kMinedRule ? kNoId : now.index.gate(verdict.gate).checks;
  const rules::OfferChecks& checks = id == kNoId ? none : now.index.checks[id];
  switch (reason) {
    case DropReason::kInBasket:
      return "it or a variant of it is in the basket";
    case DropReason::kOutOfStock:
      return fmt::format(
          "{} on hand; asked for: {}",
          describe_quantity(now.stock.on_hand_milli(now.index.items.keys.text(item))),
          checks.on_hand_min_milli == 0 ? "any" : describe_quantity(checks.on_hand_min_milli));
    case DropReason::kUnderAge:
      return describe_age(now, checks, item);
    case DropReason::kPriceRatio:
      return describe_price_ratio(now, checks, verdict.rule, item);
    case DropReason::kSameClass:
      return "it is of the class of what triggers it";
    case DropReason::kOutranked:
      return "another prompt offers it";
    default:
      return {};
  }
}

std::string describe_reason(const ReasonContext& context, const rules::Verdict& verdict) {
  const rules::Situation& now = context.scene.now;
  const bool is_mined = verdict.rule == rules::kMinedRule;
  const std::uint64_t hash =
      is_mined ? rules::stable_hash(now.index.items.keys.text(verdict.item))
               : rules::stable_hash(rules::rule_id_of(now.index, verdict.rule).view());
  switch (verdict.reason) {
    case DropReason::kTime:
      return describe_schedule(*context.rule, now.lane.local_time_s);
    case DropReason::kOperator:
      return fmt::format("only by operators who are {}; this one is {}",
                         fmt::join(context.rule->audience.operator_roles, " or "),
                         now.lane.operator_role.view().empty() ? "not signed on with a role"
                                                               : now.lane.operator_role.view());
    case DropReason::kCustomer:
      return describe_customer(*context.rule, now.lane);
    case DropReason::kCondition:
      return describe_failure(describe_condition(context.rule->condition, now, verdict.rule));
    case DropReason::kExclusiveGroup:
      return fmt::format("{} has the place of the group {}", rival_of(context, verdict),
                         context.rule->pacing.exclusive_group);
    case DropReason::kOutranked:
      return describe_outranked(context, verdict);
    case DropReason::kOncePerTransaction:
      return "it was made in this transaction already";
    case DropReason::kFrequency:
      return fmt::format("drawn for {}% of transactions, and this is none of them",
                         now.index.form_of(verdict.entry).frequency_percent);
    case DropReason::kCoolDown:
      return describe_cool_down(context, verdict, hash);
    case DropReason::kMuted:
      return describe_muted(context, hash);
    case DropReason::kBudget:
      return describe_budget(context, verdict, hash);
    case DropReason::kMinimumInterval:
      return describe_interval(context);
    case DropReason::kTransactionCap:
      return describe_caps(context, verdict);
    case DropReason::kOperatorHourCap:
      return fmt::format("{} prompts in this operator's last hour; {} at most",
                         context.scene.memory.prompts_in_last_hour(now.lane.local_time_s),
                         now.index.policy.max_prompts_per_operator_hour);
    case DropReason::kLaneLoad:
      return describe_lane_load(now);
    case DropReason::kSnoozed:
      return "snoozed until " +
             rules::format_local_time(context.scene.memory.snapshot().snoozed_until_s);
    case DropReason::kKilled:
      return "switched off by the kill switch";
    case DropReason::kUnknownTarget:
      return "nothing is left to choose from";
    default:
      return describe_item_reason(context, verdict, verdict.item, verdict.reason);
  }
}

std::string describe_drop(DropReason reason) {
  switch (reason) {
    case DropReason::kUnsupported:
      return "asks for something that lanes do not evaluate, or for another currency";
    case DropReason::kDisabled:
      return "switched off in the document (enabled: false)";
    case DropReason::kOtherLane:
      return "its audience is another store, group or type of lane";
    case DropReason::kUnknownTarget:
      return "it names a set or selection that holds nothing";
    case DropReason::kNotInAssortment:
      return "the item is not in the assortment";
    case DropReason::kNeverSuggest:
      return "the item is on the policy's never-suggest list";
    case DropReason::kFloorPrice:
      return "the item's price is under the offer's floor price";
    case DropReason::kSameClass:
      return "the item is of the class of what triggers it";
    default:
      return {};
  }
}

std::string describe_silence(rules::LaneSilence silence) {
  switch (silence) {
    case rules::LaneSilence::none:
      break;
    case rules::LaneSilence::no_transaction:
      return "no transaction is open";
    case rules::LaneSilence::not_a_sale:
      return "the transaction is no sale";
    case rules::LaneSilence::training:
      return "the till is in training";
    case rules::LaneSilence::in_tender:
      return "tendering has begun";
    case rules::LaneSilence::post_void:
      return "the transaction is being undone";
    case rules::LaneSilence::switched_off:
      return "the lane is switched off";
    case rules::LaneSilence::opted_out:
      return "the customer wants no offers";
  }
  return {};
}

std::string describe_end(rules::PromptState state, DropReason reason) {
  if (state == rules::PromptState::pushed_out) return "a better prompt offers the same";
  if (state == rules::PromptState::expired) return "its time was over, or tendering began";
  if (state != rules::PromptState::withdrawn) return {};
  switch (reason) {
    case DropReason::kNone:
      return "a better prompt took its place, or the lane fell silent";
    case DropReason::kCondition:
      return "its condition holds no more";
    case DropReason::kInBasket:
      return "it came into the basket another way";
    case DropReason::kKilled:
      return "switched off by the kill switch";
    case DropReason::kCustomer:
      return "it was for another customer";
    default:
      return fmt::format("no longer allowed: {}", rules::name_of(reason));
  }
}

std::string_view name_of(rules::PromptState state) {
  switch (state) {
    case rules::PromptState::open:
      return "open";
    case rules::PromptState::accepted_touch:
      return "accepted_touch";
    case rules::PromptState::accepted_scan:
      return "accepted_scan";
    case rules::PromptState::declined:
      return "declined";
    case rules::PromptState::expired:
      return "expired";
    case rules::PromptState::withdrawn:
      return "withdrawn";
    case rules::PromptState::pushed_out:
      return "outranked";
  }
  return {};
}

}  // namespace xsell::hq
