#include "tests/rules/random_lane.h"

#include <algorithm>

namespace xsell::rules {

namespace {

constexpr int kItems = 24;
constexpr int kShelfItems =
    6;  // offered by selections, never scanned, so that a selection always has something left
const char* const kSegments[] = {"family", "student", "trade"};
const char* const kPromotions[] = {"P-1", "P-2"};
const char* const kBrands[] = {"nonna", "own"};
const char* const kTags[] = {"quick", "organic"};
const char* const kRoles[] = {"cashier", "supervisor"};

std::string item_code(int number) { return "i" + std::to_string(10 + number); }
std::string category_code(int number) { return "c" + std::to_string(number); }
ItemKey key(const std::string& text) { return ItemKey::from_text(text).value(); }

ItemList random_list(Dice& dice) {
  ItemList list;
  if (dice.chance(60)) {
    list.items.push_back(key(item_code(dice.roll(kItems))));
  } else if (dice.chance(60)) {
    list.categories.push_back(category_code(dice.roll(6)));
  } else if (dice.chance(30)) {
    (dice.chance(50) ? list.brands : list.tags).push_back((dice.chance(50) ? kBrands : kTags)[0]);
    if (dice.chance(30)) list.exclude_categories.push_back(category_code(dice.roll(6)));
  } else {
    list.categories.push_back(category_code(dice.roll(6)));
    list.items.push_back(key(item_code(dice.roll(kItems))));
    list.exclude_items.push_back(key(item_code(dice.roll(kItems))));
    if (dice.chance(20)) list.exclude_brands.push_back(kBrands[dice.roll(2)]);
    if (dice.chance(20)) list.exclude_tags.push_back(kTags[dice.roll(2)]);
    if (dice.chance(30)) {
      list.min_price_minor = 100;
      list.max_price_minor = 1500;
    }
  }
  return list;
}

ItemSelector random_selector(Dice& dice) {
  ItemSelector selector;
  if (dice.chance(15)) {
    selector.set = dice.chance(50) ? "set-a" : "set-b";
  } else {
    selector.list = random_list(dice);
  }
  return selector;
}

SegmentTest random_segments(Dice& dice) {
  SegmentTest test;
  (dice.chance(60) ? test.any_of : test.none_of).push_back(kSegments[dice.roll(3)]);
  return test;
}

Condition random_condition(Dice& dice, int depth) {
  Condition condition;
  const int kind = depth == 0 ? 30 + dice.roll(70) : dice.roll(100);
  if (kind < 30) {
    constexpr ConditionKind kKinds[] = {ConditionKind::all, ConditionKind::any,
                                        ConditionKind::negation};
    condition.kind = kKinds[dice.roll(3)];
    const int children = condition.kind == ConditionKind::negation ? 1 : 1 + dice.roll(3);
    for (int i = 0; i < children; ++i)
      condition.children.push_back(random_condition(dice, depth - 1));
  } else if (kind < 80) {
    condition.kind = ConditionKind::basket_has;
    condition.selector = random_selector(dice);
    condition.min = dice.chance(70) ? 1000 : 1000 * (2 + dice.roll(2));
    if (dice.chance(15)) condition.max = condition.min + 1000 * dice.roll(3);
  } else if (kind < 86) {
    condition.kind = ConditionKind::basket_count;
    if (dice.chance(50)) condition.selector = random_selector(dice);
    condition.min = 1000 * dice.roll(5);
    if (dice.chance(40)) condition.max = condition.min + 2000;
  } else if (kind < 90) {
    condition.kind = ConditionKind::distinct_categories;
    condition.min = dice.roll(4);
    if (dice.chance(30)) condition.max = condition.min + 1;
  } else if (kind < 96) {
    condition.kind = ConditionKind::amount;
    condition.min = 500 * dice.roll(6);
    if (dice.chance(30)) condition.max = condition.min + 1500;
  } else if (kind < 98) {
    condition.kind = ConditionKind::segment;
    condition.segments = random_segments(dice);
  } else if (dice.chance(30)) {
    condition.kind = ConditionKind::context;
    condition.text = dice.chance(50) ? "heat" : "rain";
  } else {
    condition.kind = ConditionKind::near_miss;
    condition.text = kPromotions[dice.roll(2)];
    condition.max = 1 + dice.roll(2);
  }
  return condition;
}

Offer random_offer(Dice& dice) {
  Offer offer;
  if (dice.chance(80)) {
    offer.target.list.items.push_back(key(item_code(dice.roll(kItems))));
  } else {
    offer.target.list.categories.push_back(dice.chance(50) ? "shelf" : "all");
    constexpr SelectBy kOrders[] = {SelectBy::score, SelectBy::price_low, SelectBy::price_high,
                                    SelectBy::listed};
    offer.select_by = kOrders[dice.roll(4)];
    offer.is_rotating = dice.chance(30);
    if (dice.chance(40)) offer.select_limit = 1 + dice.roll(3);
  }
  offer.score_millionths = 100'000 * dice.roll(5);
  if (dice.chance(10)) offer.require.max_price_ratio_millionths = 1'500'000;
  if (dice.chance(10)) offer.require.on_hand_min_milli = 2000;
  if (dice.chance(5)) offer.minimum_customer_age = 18;
  if (dice.chance(5)) offer.minimum_operator_age = 18;
  if (dice.chance(5)) offer.require.floor_price_minor = 900;
  if (dice.chance(10)) offer.require.in_assortment = false;
  return offer;
}

Rule random_rule(Dice& dice, int number) {
  Rule rule;
  rule.rule_id = "rule-" + std::to_string(100 + number);
  rule.priority = 40 + 10 * dice.roll(3);
  rule.is_pinned = dice.chance(10);
  constexpr Relation kRelations[] = {Relation::complement, Relation::accessory, Relation::upsell};
  rule.relation = kRelations[dice.roll(3)];
  rule.condition = random_condition(dice, 2);
  if (dice.chance(8)) {
    rule.prompt.kind = PromptKind::information;
  } else {
    for (int i = dice.chance(20) ? 2 : 1; i > 0; --i) rule.offers.push_back(random_offer(dice));
  }
  rule.is_enabled = !dice.chance(5);
  rule.prompt.is_required = dice.chance(4);
  rule.prompt.timeout_seconds = dice.chance(20) ? 30 : 0;
  rule.pacing.once_per_transaction = dice.chance(60);
  if (dice.chance(25)) rule.pacing.exclusive_group = dice.chance(50) ? "g1" : "g2";
  if (dice.chance(15)) rule.moments = kMomentSubtotal;
  if (dice.chance(10)) rule.moments = kMomentSubtotal | kMomentLineAdded;
  if (dice.chance(15)) {
    TimeWindow window;
    window.days = static_cast<std::uint8_t>(1 + dice.roll(kAllDays));
    window.start_minute = 60 * dice.roll(24);
    window.end_minute = 60 * dice.roll(24);
    rule.time_windows.push_back(window);
  }
  if (dice.chance(5)) rule.effective_s = 1780480800 + 600 * dice.roll(30);
  if (dice.chance(5)) rule.expires_s = 1780480800 + 600 * dice.roll(60);
  if (dice.chance(10)) rule.audience.operator_roles.push_back(kRoles[dice.roll(2)]);
  if (dice.chance(10)) rule.audience.segments = random_segments(dice);
  rule.audience.is_for_anonymous = !dice.chance(8);
  if (dice.chance(8)) rule.pacing.budget = Budget{1 + dice.roll(3), 0};
  if (dice.chance(4)) rule.pacing.frequency_percent = 0;
  return rule;
}

}  // namespace

Catalogue random_catalogue(Dice& dice) {
  Catalogue catalogue;
  const char* const parents[] = {"all", "c0", "c0", "c1", "c1", "all"};
  for (int i = 0; i < 6; ++i) {
    Category category;
    category.code = category_code(i);
    category.parent = parents[i];
    if (dice.chance(10)) category.minimum_age = 16;
    catalogue.categories.push_back(category);
  }
  Category all;
  all.code = "all";
  catalogue.categories.push_back(all);
  Category shelf;
  shelf.code = "shelf";
  shelf.parent = "all";
  catalogue.categories.push_back(shelf);
  for (int i = 0; i < kItems + kShelfItems; ++i) {
    Item item;
    const bool is_shelf = i >= kItems;
    item.key = key(is_shelf ? "s" + std::to_string(i) : item_code(i));
    if (is_shelf) {
      item.category = "shelf";
      item.item_class = "shelf " + std::to_string(i);
    } else if (dice.chance(85)) {
      item.category = category_code(dice.roll(6));
    }
    if (!is_shelf && dice.chance(20)) item.variant_group = "v" + std::to_string(dice.roll(3));
    if (!is_shelf && dice.chance(30)) item.item_class = "k" + std::to_string(dice.roll(3));
    item.price_minor = 50 * (1 + dice.roll(40));
    if (!is_shelf && dice.chance(8)) item.minimum_age = 18;
    if (!is_shelf && dice.chance(10)) item.is_in_assortment = false;
    if (!is_shelf && dice.chance(40)) item.brand = kBrands[dice.roll(2)];
    for (const char* tag : {"organic", "quick"}) {
      if (!is_shelf && dice.chance(20)) item.tags.push_back(tag);
    }
    item.leak = dice.roll(5) * 1000;
    catalogue.items.push_back(item);
  }
  catalogue.put_in_order();
  return catalogue;
}

RuleSet random_rule_set(Dice& dice) {
  RuleSet rules;
  Policy& policy = rules.policy;
  policy.max_prompts_per_answer = 1 + dice.roll(3);
  policy.max_prompts_per_transaction = dice.chance(50) ? 99 : 1 + dice.roll(5);
  policy.max_prompts_per_operator_hour = dice.chance(80) ? 99 : 3 + dice.roll(5);
  policy.min_seconds_between_prompts = dice.chance(60) ? 0 : 15;
  policy.cool_down.same_rule_transactions = dice.roll(3);
  policy.cool_down.same_customer_days = dice.chance(50) ? 0 : 30;
  policy.lane_load.suppress_above_queue_length = dice.chance(50) ? 4 : 0;
  if (dice.chance(30)) policy.auto_mute = {300'000, 700'000, 1 + dice.roll(2)};
  if (dice.chance(50)) policy.context_flags.push_back("heat");
  if (dice.chance(20)) policy.never_suggest_items.push_back(key(item_code(dice.roll(kItems))));
  if (dice.chance(20)) policy.never_suggest_categories.push_back(category_code(dice.roll(6)));
  policy.mined.min_score = 5000 * dice.roll(5);
  policy.mined.max_prompts_per_answer = 1 + dice.roll(2);
  policy.mined.max_prompts_per_transaction = 1 + dice.roll(4);
  policy.mined.priority = dice.chance(50) ? 0 : 50;
  for (const char* name : {"set-a", "set-b"}) {
    ItemSet set;
    set.name = name;
    set.list = random_list(dice);
    rules.item_sets.push_back(set);
  }
  const int count = 1 + dice.roll(40);
  for (int i = 0; i < count; ++i) rules.rules.push_back(random_rule(dice, i));
  const int pairs = dice.chance(50) ? 0 : dice.roll(60);
  for (int i = 0; i < pairs; ++i) {
    MinedPair pair;
    pair.trigger = key(item_code(dice.roll(kItems)));
    pair.offer = key(item_code(dice.roll(kItems)));
    pair.weight = 1000 * (1 + dice.roll(20));
    const bool is_known =
        std::any_of(rules.pairs.begin(), rules.pairs.end(), [&](const MinedPair& other) {
          return other.trigger == pair.trigger && other.offer == pair.offer;
        });
    if (pair.trigger != pair.offer && !is_known) rules.pairs.push_back(pair);
  }
  rules.put_in_order();
  return rules;
}

const Event& RandomTill::next(std::size_t prompts_shown) {
  event_ = Event();
  texts_.clear();
  segments_.clear();
  prompt_place_ = -1;
  const std::int64_t passed_s = dice_.chance(3) ? 60 * dice_.roll(400) : 1 + dice_.roll(20);
  local_s_ += passed_s;
  monotonic_s_ += passed_s;
  if (transaction_ == 0) {
    begin();
  } else {
    act(prompts_shown);
  }
  event_.sequence = ++sequence_;
  event_.local_time_s = local_s_;
  event_.monotonic_ns = static_cast<std::uint64_t>(monotonic_s_) * 1'000'000'000u;
  return event_;
}

void RandomTill::begin() {
  lines_.clear();
  next_line_ = 1;
  is_in_tender_ = false;
  if (!parked_.empty() && dice_.chance(40)) {
    const auto at = parked_.begin() + dice_.roll(static_cast<int>(parked_.size()));
    event_.kind = EventKind::kTransactionRecalled;
    transaction_ = at->transaction;
    lines_ = at->lines;
    next_line_ = 1000;  // past all lines it ever had
    for (const std::uint64_t line : lines_) next_line_ = std::max(next_line_, line + 1);
    parked_.erase(at);
  } else {
    event_.kind = EventKind::kTransactionBegin;
    transaction_ = ++last_transaction_;
  }
  event_.transaction = transaction_;
}

void RandomTill::act(std::size_t prompts_shown) {
  event_.transaction = transaction_;
  const int action = dice_.roll(100);
  if (action < 62) return act_on_lines();
  if (action < 72 && prompts_shown > 0) {
    constexpr EventKind kFeedback[] = {EventKind::kPromptAccepted, EventKind::kPromptDeclined,
                                       EventKind::kPromptExpired};
    event_.kind = kFeedback[dice_.roll(3)];
    prompt_place_ = dice_.roll(static_cast<int>(prompts_shown));
  } else if (action < 76) {
    event_.kind = EventKind::kSubtotal;
  } else if (action < 80) {
    event_.kind = is_in_tender_ ? EventKind::kTenderVoided : EventKind::kTenderBegin;
    is_in_tender_ = !is_in_tender_;
  } else if (action < 84) {
    event_.kind = EventKind::kCustomerIdentified;
    event_.customer = keep("customer-" + std::to_string(dice_.roll(3)));
    for (const char* segment : kSegments) {
      if (dice_.chance(40)) segments_.push_back(segment);
    }
    event_.segments = segments_;
    event_.customer_age = dice_.chance(40) ? 18 : 0;
    event_.is_opted_out = dice_.chance(5);
  } else if (action < 86) {
    event_.kind = EventKind::kCustomerCleared;
  } else if (action < 88) {
    event_.kind = EventKind::kOperatorSignOn;
    event_.operator_id = keep("operator-" + std::to_string(dice_.roll(2)));
    event_.operator_role = kRoles[dice_.roll(2)];
    event_.operator_age = dice_.chance(70) ? 30 : 17;
  } else if (action < 89) {
    event_.kind = EventKind::kSnooze;
    event_.snooze_s = dice_.chance(30) ? 0 : 60;
  } else if (action < 91) {
    event_.kind = EventKind::kLaneLoad;
    event_.queue_length = dice_.roll(7);
  } else if (action < 93) {
    event_.kind = EventKind::kStockChanged;
    event_.line.item = keep(item_code(dice_.roll(kItems)));
    event_.line.quantity_milli = 1000 * dice_.roll(4);
  } else if (action < 95 && parked_.size() < 3) {
    event_.kind = EventKind::kTransactionSuspended;
    parked_.push_back({transaction_, lines_});
    transaction_ = 0;
  } else if (action < 97) {
    event_.kind = EventKind::kTransactionFinalised;
    transaction_ = 0;
  } else if (action < 98) {
    event_.kind = EventKind::kPromotionApplied;
    near_misses_.clear();
    for (const char* promotion : kPromotions) {
      if (dice_.chance(60)) near_misses_.push_back({promotion, dice_.roll(4), 50});
    }
    event_.near_misses = near_misses_;
  } else {
    event_.kind = EventKind::kIdle;
  }
}

void RandomTill::act_on_lines() {
  const int action = dice_.roll(100);
  if (lines_.empty() || action < 62) {
    event_.kind = EventKind::kLineAdded;
    event_.line.line = next_line_++;
    const bool is_unknown = dice_.chance(8);
    event_.line.item = keep(is_unknown ? "unknown" : item_code(dice_.roll(kItems)));
    if (dice_.chance(30)) event_.line.category = keep(category_code(dice_.roll(6)));
    event_.line.quantity_milli = dice_.chance(75) ? 1000 : 500 * (1 + dice_.roll(6));
    event_.line.has_price = is_unknown || dice_.chance(20);
    if (event_.line.has_price) event_.line.unit_price_minor = 50 * (1 + dice_.roll(40));
    if (dice_.chance(5)) event_.line.minimum_age = 18;
    lines_.push_back(event_.line.line);
    return;
  }
  const auto at = lines_.begin() + dice_.roll(static_cast<int>(lines_.size()));
  event_.line.line = *at;
  if (action < 80) {
    event_.kind = EventKind::kLineVoided;
    lines_.erase(at);
  } else if (action < 94) {
    event_.kind = EventKind::kQuantityChanged;
    event_.line.quantity_milli = 500 * (1 + dice_.roll(6));
  } else {
    event_.kind = EventKind::kPriceOverridden;
    event_.line.unit_price_minor = 50 * (1 + dice_.roll(40));
  }
}

}  // namespace xsell::rules
