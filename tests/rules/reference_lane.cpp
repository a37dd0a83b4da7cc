#include "tests/rules/reference_lane.h"

#include <algorithm>
#include <cmath>

#include "rules/local_time.h"
#include "rules/prompt.h"
#include "rules/rank_key.h"

namespace xsell::rules {

namespace {

constexpr int kNth = 256;  // the second item of offer o is choice o + kNth

// Of equal choices, an offer's first item comes before its second, and that before the next offer.
int order_of(int choice) { return choice % kNth * kNth + choice / kNth; }

bool has(const std::vector<std::string>& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool has_key(const std::vector<ItemKey>& values, const std::string& value) {
  return std::any_of(values.begin(), values.end(),
                     [&](const ItemKey& key) { return key.view() == value; });
}

}  // namespace

ReferenceLane::ReferenceLane(RuleSet rule_set, Catalogue catalogue)
    : rules_(std::move(rule_set)), catalogue_(std::move(catalogue)) {}

// --- what is known of items ---

const Item* ReferenceLane::known(const std::string& item) const {
  for (const Item& candidate : catalogue_.items) {
    if (candidate.key.view() == item) return &candidate;
  }
  return nullptr;
}

std::string ReferenceLane::product_of(const std::string& item) const {
  const Item* found = known(item);
  return found != nullptr && !found->variant_group.empty() ? "group " + found->variant_group
                                                           : "item " + item;
}

std::string ReferenceLane::class_of(const std::string& item) const {
  const Item* found = known(item);
  return found == nullptr ? "" : std::string(found->class_or_category());
}

std::vector<std::string> ReferenceLane::chain_of(std::string category) const {
  std::vector<std::string> chain;
  while (!category.empty()) {
    chain.push_back(category);
    const Category* found = catalogue_.find_category(category);
    category = found == nullptr ? "" : found->parent;
  }
  return chain;
}

std::string ReferenceLane::category_of(const Line& line) const {
  const Item* found = known(line.item);
  return found != nullptr && !found->category.empty() ? found->category : line.category;
}

std::int32_t ReferenceLane::age_of(const std::string& item) const {
  const Item* found = known(item);
  if (found == nullptr) return 0;
  std::int32_t age = found->minimum_age;
  for (const std::string& code : chain_of(found->category)) {
    if (const Category* category = catalogue_.find_category(code))
      age = std::max(age, category->minimum_age);
  }
  return age;
}

bool ReferenceLane::selects(const ItemList& list, const std::string& item,
                            const std::string& category) const {
  const Item* found = known(item);
  const std::vector<std::string> chain = chain_of(category);
  const auto in_chain = [&](const std::string& code) { return has(chain, code); };
  if (has_key(list.exclude_items, item)) return false;
  if (std::any_of(list.exclude_categories.begin(), list.exclude_categories.end(), in_chain))
    return false;
  const std::vector<std::string> tags = found == nullptr ? std::vector<std::string>() : found->tags;
  const std::string brand = found == nullptr ? "" : found->brand;
  const auto is_tagged = [&](const std::string& tag) { return has(tags, tag); };
  if (!brand.empty() && has(list.exclude_brands, brand)) return false;
  if (std::any_of(list.exclude_tags.begin(), list.exclude_tags.end(), is_tagged)) return false;
  if (list.has_price_band()) {
    if (found == nullptr || !found->price_minor) return false;
    if (*found->price_minor < list.min_price_minor || *found->price_minor > list.max_price_minor)
      return false;
  }
  if (list.items.empty() && list.categories.empty() && list.brands.empty() && list.tags.empty())
    return true;
  return has_key(list.items, item) || (!brand.empty() && has(list.brands, brand)) ||
         std::any_of(list.tags.begin(), list.tags.end(), is_tagged) ||
         std::any_of(list.categories.begin(), list.categories.end(), in_chain);
}

bool ReferenceLane::selects(const ItemSelector& selector, const Line& line) const {
  const ItemList& list = selector.set.empty() ? selector.list : rules_.find_set(selector.set)->list;
  return selects(list, line.item, category_of(line));
}

// --- conditions ---

std::int64_t ReferenceLane::quantity_of(const ItemSelector& selector) const {
  std::int64_t quantity = 0;
  for (const auto& [number, line] : now_.lines) {
    if (selector.is_empty() || selects(selector, line)) quantity += line.quantity_milli;
  }
  return quantity;
}

std::int64_t ReferenceLane::amount() const {
  std::int64_t sum = 0;
  for (const auto& [number, line] : now_.lines) sum += line.amount_minor;
  return sum;
}

bool ReferenceLane::admits(const SegmentTest& test) const {
  const auto is_in = [&](const std::string& segment) { return has(now_.segments, segment); };
  if (std::any_of(test.none_of.begin(), test.none_of.end(), is_in)) return false;
  return test.any_of.empty() || std::any_of(test.any_of.begin(), test.any_of.end(), is_in);
}

bool ReferenceLane::holds(const Condition& condition) const {
  const auto& children = condition.children;
  const auto child_holds = [&](const Condition& child) { return holds(child); };
  const auto is_between = [&](std::int64_t value) {
    return value >= condition.min && value <= condition.max;
  };
  switch (condition.kind) {
    case ConditionKind::all:
      return std::all_of(children.begin(), children.end(), child_holds);
    case ConditionKind::any:
      return std::any_of(children.begin(), children.end(), child_holds);
    case ConditionKind::negation:
      return !holds(children.front());
    case ConditionKind::basket_has:
    case ConditionKind::basket_count: {
      const std::int64_t quantity = quantity_of(condition.selector);
      if (condition.min == 1000) return quantity > 0 && quantity <= condition.max;
      return is_between(quantity);
    }
    case ConditionKind::distinct_categories: {
      std::set<std::string> categories;
      for (const auto& [number, line] : now_.lines) {
        if (!category_of(line).empty()) categories.insert(category_of(line));
      }
      return is_between(static_cast<std::int64_t>(categories.size()));
    }
    case ConditionKind::amount:
      return is_between(amount());
    case ConditionKind::segment:
      return admits(condition.segments);
    case ConditionKind::near_miss: {
      const auto missing = now_.missing.find(condition.text);
      return missing != now_.missing.end() && missing->second >= 1 &&
             missing->second <= condition.max;
    }
    case ConditionKind::context:
      return has(rules_.policy.context_flags, condition.text);
    default:
      return false;
  }
}

bool ReferenceLane::is_open_now(const Rule& rule) const {
  if (rule.effective_s && local_s_ < *rule.effective_s) return false;
  if (rule.expires_s && local_s_ > *rule.expires_s) return false;
  if (rule.time_windows.empty()) return true;
  for (const TimeWindow& window : rule.time_windows) {
    // Does an occurrence that starts today or yesterday cover this moment?
    for (const int days_ago : {0, 1}) {
      const std::int64_t midnight = (local_s_ / kSecondsPerDay - days_ago) * kSecondsPerDay;
      if ((window.days >> weekday(midnight) & 1) == 0) continue;
      const std::int64_t start = midnight + 60 * window.start_minute;
      std::int64_t end = midnight + 60 * window.end_minute;
      if (window.end_minute <= window.start_minute) end += kSecondsPerDay;
      if (local_s_ >= start && local_s_ < end) return true;
    }
  }
  return false;
}

bool ReferenceLane::is_trigger(const Condition& condition, const Line& line,
                               bool is_negated) const {
  if (condition.kind == ConditionKind::basket_has ||
      condition.kind == ConditionKind::basket_count) {
    return !is_negated && condition.min > 0 && !condition.selector.is_empty() &&
           selects(condition.selector, line);
  }
  const bool negates = condition.kind == ConditionKind::negation;
  return std::any_of(
      condition.children.begin(), condition.children.end(),
      [&](const Condition& child) { return is_trigger(child, line, is_negated != negates); });
}

// --- offers ---

bool ReferenceLane::is_never_suggested(const std::string& item) const {
  const Policy& policy = rules_.policy;
  if (has_key(policy.never_suggest_items, item)) return true;
  const Item* found = known(item);
  const std::vector<std::string> chain = chain_of(found == nullptr ? "" : found->category);
  return std::any_of(chain.begin(), chain.end(), [&](const std::string& code) {
    return has(policy.never_suggest_categories, code);
  });
}

// offer null: mined.
bool ReferenceLane::may_offer(const Rule& rule, const Offer* offer, const std::string& item) const {
  if (is_never_suggested(item)) return false;
  const Item* offered = known(item);
  const bool must_be_sold_here = offer == nullptr || offer->require.in_assortment;
  if (must_be_sold_here && (offered == nullptr || !offered->is_in_assortment)) return false;
  if (offer != nullptr && offered != nullptr && offered->price_minor &&
      *offered->price_minor < offer->require.floor_price_minor)
    return false;
  if (offer != nullptr && offer->minimum_operator_age > operator_age_) return false;
  for (const auto& [number, line] : now_.lines) {
    if (known(line.item) != nullptr && product_of(line.item) == product_of(item)) return false;
  }
  const auto stock = stock_.find(item);
  const std::int64_t wanted = offer == nullptr ? 0 : offer->require.on_hand_min_milli;
  if (stock != stock_.end() && (stock->second == 0 || stock->second < wanted)) return false;
  std::int32_t age = age_of(item);
  if (offer != nullptr) age = std::max(age, offer->minimum_customer_age);
  std::int32_t basket_age = 0;
  for (const auto& [number, line] : now_.lines) basket_age = std::max(basket_age, line.minimum_age);
  if (age > 0 && now_.customer_age < age && basket_age < age) return false;
  if (offer == nullptr) return true;

  const Item* found = known(item);
  if (offer->require.max_price_ratio_millionths > 0 && found != nullptr && found->price_minor) {
    std::int64_t dearest = -1;
    for (const auto& [number, line] : now_.lines) {
      if (is_trigger(rule.condition, line, false)) dearest = std::max(dearest, line.price_minor);
    }
    if (dearest >= 0 &&
        *found->price_minor * 1'000'000 > dearest * offer->require.max_price_ratio_millionths)
      return false;
  }
  const bool may_be_alike =
      rule.relation == Relation::accessory || rule.relation == Relation::bundle_completion ||
      rule.relation == Relation::replenishment || rule.relation == Relation::upsell ||
      rule.relation == Relation::substitute;
  if (!may_be_alike && !class_of(item).empty()) {
    for (const auto& [number, line] : now_.lines) {
      if (class_of(line.item) == class_of(item) && is_trigger(rule.condition, line, false))
        return false;
    }
  }
  return true;
}

// What an offer could be, best first.
std::vector<std::string> ReferenceLane::items_of(const Rule& rule, const Offer& offer) const {
  const ItemList& list =
      offer.target.set.empty() ? offer.target.list : rules_.find_set(offer.target.set)->list;
  std::vector<const Item*> items;
  for (const Item& item : catalogue_.items) {
    const bool is_sold_here = item.is_in_assortment || !offer.require.in_assortment;
    const bool is_too_cheap =
        item.price_minor && *item.price_minor < offer.require.floor_price_minor;
    if (selects(list, item.key.text(), item.category) && is_sold_here && !is_too_cheap &&
        !is_never_suggested(item.key.text()))
      items.push_back(&item);
  }
  std::stable_sort(items.begin(), items.end(), [&](const Item* a, const Item* b) {
    const auto price = [](const Item* item) { return item->price_minor.value_or(-1); };
    if (offer.select_by == SelectBy::price_low) return price(a) < price(b);
    if (offer.select_by == SelectBy::price_high) return price(a) > price(b);
    return offer.select_by == SelectBy::score && a->leak > b->leak;
  });
  if (offer.is_rotating && !items.empty()) {
    std::rotate(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(ordinal_ % items.size()),
                items.end());
  }
  std::vector<std::string> out;
  for (const Item* item : items) {
    if (may_offer(rule, &offer, item->key.text())) out.push_back(item->key.text());
  }
  return out;
}

bool ReferenceLane::is_held_back(const Rule& rule, int rule_index, int offer_index,
                                 const std::string& product) const {
  for (const Made& made : now_.made) {
    const bool is_same_product = !product.empty() && product_of(made.item) == product;
    const bool is_answered = made.end == End::accepted || made.end == End::declined;
    if (is_same_product && is_answered) return true;
    if (made.rule == rule_index && made.end == End::declined) return true;
    const bool is_same_offer = made.rule == rule_index && made.offer == offer_index;
    if (rule.pacing.once_per_transaction && (is_same_offer || is_same_product)) return true;
    const bool is_same_group =
        !rule.pacing.exclusive_group.empty() && made.rule >= 0 &&
        rules_.rules[static_cast<std::size_t>(made.rule)].pacing.exclusive_group ==
            rule.pacing.exclusive_group;
    if (is_same_group && made.end != End::withdrawn && !is_same_offer) return true;
  }
  return false;
}

std::int64_t ReferenceLane::evidence_for(const std::string& item) const {
  std::int64_t sum = 0;
  bool is_any = false;
  for (const MinedPair& pair : rules_.pairs) {
    if (pair.offer.view() != item) continue;
    const bool is_held = std::any_of(now_.lines.begin(), now_.lines.end(), [&](const auto& entry) {
      return entry.second.item == pair.trigger.view();
    });
    const std::string trigger_class = class_of(pair.trigger.text());
    if (!is_held || (!trigger_class.empty() && trigger_class == class_of(item))) continue;
    sum += pair.weight;
    is_any = true;
  }
  const Item* found = known(item);
  return is_any ? sum + (found == nullptr ? 0 : found->leak) : -1;
}

std::uint64_t ReferenceLane::key_of(const Rule& rule, const Offer* offer) const {
  return rank_key(rule.prompt.is_required, rule.is_pinned, rule.priority,
                  offer == nullptr ? 0 : score_of_probability(offer->score_millionths));
}

// --- the answer ---

bool ReferenceLane::may_speak() const {
  return now_.is_open && !now_.is_in_tender && !now_.is_opted_out && !is_disabled_;
}

void ReferenceLane::set_rule_disabled(const std::string& rule_id, bool is_disabled) {
  if (is_disabled) {
    disabled_rules_.insert(rule_id);
  } else {
    disabled_rules_.erase(rule_id);
  }
}

void ReferenceLane::restart() {
  now_ = Transaction();
  parked_.clear();
  stock_.clear();
  disabled_rules_.clear();
  is_disabled_ = false;
  role_.clear();
  operator_age_ = 0;
  queue_length_ = 0;
}

std::string ReferenceLane::name_of(const Made& made) const {
  return made.rule < 0 ? made.item : rules_.rules[static_cast<std::size_t>(made.rule)].rule_id;
}

void ReferenceLane::finish(Made& made, End end) {
  made.end = end;
  const AutoMutePolicy& policy = rules_.policy.auto_mute;
  const bool is_muting = policy.acceptance_below_millionths > 0;
  Tally& tally = tallies_[name_of(made)];
  if (end == End::accepted) {
    ++tally.accepted_ever;
    if (tally.accepted < tally.shown) ++tally.accepted;
  }
  if (!is_muting || (end != End::declined && end != End::expired)) return;
  // So few yeses are too unlikely if the rate were the threshold: added up term by term.
  const double p = 1e-6 * static_cast<double>(policy.acceptance_below_millionths);
  double likelihood = 0;
  for (int yes = 0; yes <= tally.accepted; ++yes) {
    double ways = 1;
    for (int i = 0; i < yes; ++i) ways = ways * (tally.shown - i) / (i + 1);
    likelihood += ways * std::pow(p, yes) * std::pow(1 - p, tally.shown - yes);
  }
  const double doubt = 1 - 1e-6 * static_cast<double>(policy.confidence_millionths);
  if (tally.shown == 0 || tally.accepted >= tally.shown || likelihood > doubt) return;
  tally.shown = tally.accepted = 0;
  tally.muted_until_day = local_s_ / kSecondsPerDay + policy.days;
}

// What the lane's own outcomes say against a rule, or against a mined offer.
bool ReferenceLane::is_tallied_out(const std::string& name, std::int64_t budget) const {
  const auto tally = tallies_.find(name);
  if (tally == tallies_.end()) return false;
  if (local_s_ / kSecondsPerDay < tally->second.muted_until_day) return true;
  return budget > 0 && tally->second.accepted_ever >= budget;
}

void ReferenceLane::drop_open(End end) {
  for (Made& made : now_.made) {
    if (made.end == End::none) finish(made, end);
  }
}

void ReferenceLane::verify() {
  for (Made& made : now_.made) {
    if (made.end != End::none) continue;
    if (made.rule < 0) {
      const bool stays =
          evidence_for(made.item) >= std::max<std::int64_t>(0, rules_.policy.mined.min_score) &&
          may_offer(Rule(), nullptr, made.item);
      if (!stays) finish(made, End::withdrawn);
      continue;
    }
    const Rule& rule = rules_.rules[static_cast<std::size_t>(made.rule)];
    if (rule.prompt.timeout_seconds > 0 && ms_ - made.at_ms >= 1000 * rule.prompt.timeout_seconds) {
      finish(made, End::expired);
      continue;
    }
    const bool is_for_role =
        rule.audience.operator_roles.empty() || has(rule.audience.operator_roles, role_);
    const bool is_for_customer = admits(rule.audience.segments) &&
                                 (rule.audience.is_for_anonymous || !now_.customer.empty());
    const bool stays =
        !disabled_rules_.contains(rule.rule_id) && is_open_now(rule) && is_for_role &&
        is_for_customer && holds(rule.condition) &&
        (made.item.empty() ||
         may_offer(rule, &rule.offers[static_cast<std::size_t>(made.offer % kNth)], made.item));
    if (!stays) finish(made, End::withdrawn);
  }
}

std::vector<ReferenceLane::Choice> ReferenceLane::choices(bool is_subtotal) const {
  std::vector<Choice> out;
  for (const Made& made : now_.made) {
    if (made.end == End::none)
      out.push_back({made.key, made.rule, made.offer, made.item, made.number});
  }
  const std::size_t open_count = out.size();
  const auto is_on_offer = [&](int rule, int offer) {
    return std::any_of(
        out.begin(), out.begin() + static_cast<std::ptrdiff_t>(open_count),
        [&](const Choice& open) { return open.rule == rule && open.offer == offer; });
  };
  const std::uint8_t moment = is_subtotal ? kMomentSubtotal : kMomentLineAdded;
  const auto cools_down = [&](const std::string& rule) {
    return std::any_of(declines_.begin(), declines_.end(), [&](const Decline& decline) {
      if (decline.rule != rule) return false;
      if (ordinal_ - decline.ordinal <=
          static_cast<std::uint64_t>(rules_.policy.cool_down.same_rule_transactions))
        return true;
      return !now_.customer.empty() && decline.customer == now_.customer &&
             local_s_ / kSecondsPerDay - decline.day < rules_.policy.cool_down.same_customer_days;
    });
  };
  for (int r = 0; r < static_cast<int>(rules_.rules.size()); ++r) {
    const Rule& rule = rules_.rules[static_cast<std::size_t>(r)];
    if (!rule.is_enabled || rule.pacing.frequency_percent == 0) continue;
    if (disabled_rules_.contains(rule.rule_id)) continue;
    if ((rule.moments & moment) == 0 || !is_open_now(rule)) continue;
    if (!rule.audience.operator_roles.empty() && !has(rule.audience.operator_roles, role_))
      continue;
    if (!admits(rule.audience.segments) ||
        (!rule.audience.is_for_anonymous && now_.customer.empty()))
      continue;
    if (now_.lines.empty() || !holds(rule.condition) || cools_down(rule.rule_id)) continue;
    const std::int64_t budget = rule.pacing.budget ? rule.pacing.budget->uses : 0;
    if (is_tallied_out(rule.rule_id, budget)) continue;
    if (rule.prompt.kind == PromptKind::information) {
      if (is_on_offer(r, 0) || is_held_back(rule, r, 0, "")) continue;
      out.push_back({key_of(rule, nullptr), r, 0, "", 0});
    }
    for (int o = 0; o < static_cast<int>(rule.offers.size()); ++o) {
      const Offer& offer = rule.offers[static_cast<std::size_t>(o)];
      const bool is_one_item = offer.target.set.empty() && offer.target.list.items.size() == 1 &&
                               offer.target.list.categories.empty();
      const std::vector<std::string> items = items_of(rule, offer);
      if (items.empty()) continue;
      // Each of an offer's items is a choice of its own.
      for (int nth = 0; nth < (is_one_item ? 1 : offer.select_limit); ++nth) {
        const int choice = o + kNth * nth;
        if (is_on_offer(r, choice)) continue;
        if (is_held_back(rule, r, choice, is_one_item ? product_of(items.front()) : "")) continue;
        out.push_back({key_of(rule, &offer), r, choice, is_one_item ? items.front() : "", 0});
      }
    }
  }
  if (!is_subtotal) {
    std::set<std::string> offers;
    for (const MinedPair& pair : rules_.pairs) offers.insert(pair.offer.text());
    for (const std::string& item : offers) {
      const std::int64_t score = evidence_for(item);
      if (score < 0 || score < rules_.policy.mined.min_score || cools_down(item)) continue;
      if (!may_offer(Rule(), nullptr, item) || is_tallied_out(item, 0)) continue;
      const bool was_made = std::any_of(now_.made.begin(), now_.made.end(), [&](const Made& made) {
        return !made.item.empty() && product_of(made.item) == product_of(item);
      });
      if (was_made) continue;
      out.push_back({rank_key(false, false, rules_.policy.mined.priority, score_of_evidence(score)),
                     -1, 0, item, 0});
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const Choice& a, const Choice& b) {
    if (a.key != b.key) return a.key > b.key;
    if ((a.rule < 0) != (b.rule < 0)) return b.rule < 0;
    if (a.rule < 0) return a.item < b.item;
    return a.rule != b.rule ? a.rule < b.rule : order_of(a.offer) < order_of(b.offer);
  });
  return out;
}

void ReferenceLane::look(bool is_subtotal) {
  const Policy& policy = rules_.policy;
  const auto recent = std::count_if(hour_s_.begin(), hour_s_.end(),
                                    [&](std::int64_t at) { return at > local_s_ - 3600; });
  int left = static_cast<int>(kMaxAnswerPrompts);
  left = std::min(left, policy.max_prompts_per_transaction - now_.prompt_count);
  left = std::min(left, policy.max_prompts_per_operator_hour - static_cast<int>(recent));
  const bool is_too_soon = policy.min_seconds_between_prompts > 0 && now_.last_prompt_ms >= 0 &&
                           ms_ - now_.last_prompt_ms < 1000 * policy.min_seconds_between_prompts;
  const bool is_busy = policy.lane_load.suppress_above_queue_length > 0 &&
                       queue_length_ > policy.lane_load.suppress_above_queue_length;
  if (local_s_ < snoozed_until_s_ || is_too_soon || is_busy) left = 0;
  if (is_subtotal) left = std::min(left, 1);
  int mined_left = std::min(left, policy.mined.max_prompts_per_transaction - now_.mined_count);
  int mined_places = policy.mined.max_prompts_per_answer;

  std::vector<Choice> taken;
  std::set<std::string> products;
  std::set<std::string> targets;
  std::set<std::string> groups;
  for (Choice choice : choices(is_subtotal)) {
    if (static_cast<int>(taken.size()) == policy.max_prompts_per_answer) break;
    const Rule* rule =
        choice.rule < 0 ? nullptr : &rules_.rules[static_cast<std::size_t>(choice.rule)];
    const bool is_information = rule != nullptr && rule->offers.empty();
    const Offer* offer = rule == nullptr || is_information
                             ? nullptr
                             : &rule->offers[static_cast<std::size_t>(choice.offer % kNth)];
    if (!choice.item.empty() && products.contains(product_of(choice.item))) continue;
    std::string target;
    if (offer != nullptr && offer->target.list.items.size() != 1) {
      target = offer->target.set;
      for (const std::string& code : offer->target.list.categories) target += "|" + code;
      target += "#" + std::to_string(choice.offer / kNth);
      if (targets.contains(target)) continue;
    }
    if (rule == nullptr && mined_places <= 0) continue;
    if (choice.number == 0) {
      const bool is_required = rule != nullptr && rule->prompt.is_required;
      if (rule == nullptr ? std::min(mined_left, left) <= 0 : (left <= 0 && !is_required)) continue;
      if (rule != nullptr && !rule->pacing.exclusive_group.empty() &&
          groups.contains(rule->pacing.exclusive_group))
        continue;
      if (choice.item.empty() && !is_information) {
        for (const std::string& item : items_of(*rule, *offer)) {
          if (!products.contains(product_of(item))) {
            choice.item = item;
            break;
          }
        }
        if (choice.item.empty()) continue;
      }
      choice.number = ++last_number_;
      now_.made.push_back(
          {choice.number, choice.rule, choice.offer, choice.item, choice.key, ms_, End::none});
      if (policy.auto_mute.acceptance_below_millionths > 0)
        ++tallies_[name_of(now_.made.back())].shown;
      ++now_.prompt_count;
      now_.last_prompt_ms = ms_;
      hour_s_.push_back(local_s_);
      if (rule == nullptr) ++now_.mined_count, --mined_left;
      if (!is_required) --left;
    }
    if (rule == nullptr) --mined_places;
    if (rule != nullptr) groups.insert(rule->pacing.exclusive_group);
    if (!is_information) products.insert(product_of(choice.item));
    if (!target.empty()) targets.insert(target);
    taken.push_back(choice);
  }
  for (Made& made : now_.made) {
    const bool stays = std::any_of(taken.begin(), taken.end(), [&](const Choice& choice) {
      return choice.number == made.number;
    });
    if (made.end == End::none && !stays) finish(made, End::withdrawn);
  }
}

// --- events ---

void ReferenceLane::put_line(const EventLine& line) {
  Line put;
  put.item = ItemKey::from_text(line.item)->text();
  put.category = line.category;
  put.quantity_milli = line.quantity_milli;
  const Item* found = known(put.item);
  put.price_minor =
      line.has_price || found == nullptr ? line.unit_price_minor : found->price_minor.value_or(0);
  put.amount_minor = (put.price_minor * put.quantity_milli + 500) / 1000;
  put.minimum_age = std::max(line.minimum_age, age_of(put.item));
  for (Made& made : now_.made) {
    if (made.item.empty() || found == nullptr || product_of(made.item) != product_of(put.item))
      continue;
    if (made.end == End::none || made.end == End::expired) finish(made, End::accepted);
  }
  now_.voided.erase(line.line);
  now_.lines[line.line] = put;
}

void ReferenceLane::take(const Event& event, bool& looks, bool& is_subtotal) {
  switch (event.kind) {
    case EventKind::kOperatorSignOn:
      if (operator_ != event.operator_id) hour_s_.clear();
      operator_ = event.operator_id;
      role_ = event.operator_role;
      operator_age_ = event.operator_age;
      break;
    case EventKind::kLaneLoad:
      queue_length_ = event.queue_length;
      break;
    case EventKind::kStockChanged:
      stock_[std::string(event.line.item)] = event.line.quantity_milli;
      break;
    case EventKind::kSnooze:
      snoozed_until_s_ = event.snooze_s == 0 ? 0 : local_s_ + event.snooze_s;
      if (event.snooze_s != 0) drop_open(End::withdrawn);
      break;
    case EventKind::kTransactionBegin:
      now_ = Transaction();
      now_.is_open = true;
      now_.id = event.transaction;
      ++ordinal_;
      break;
    case EventKind::kTransactionFinalised:
      drop_open(End::expired);
      now_ = Transaction();
      break;
    case EventKind::kTransactionSuspended:
      parked_[now_.id] = now_;
      now_ = Transaction();
      break;
    case EventKind::kTransactionRecalled:
      now_ = parked_.at(event.transaction);
      now_.is_in_tender = false;
      looks = true;
      break;
    case EventKind::kCustomerIdentified:
      now_.customer = event.customer;
      now_.segments.assign(event.segments.begin(), event.segments.end());
      now_.customer_age = event.customer_age;
      now_.is_opted_out = event.is_opted_out;
      looks = true;
      break;
    case EventKind::kCustomerCleared:
      now_.customer.clear();
      now_.segments.clear();
      now_.customer_age = 0;
      now_.is_opted_out = false;
      looks = true;
      break;
    case EventKind::kPromotionApplied:
      now_.missing.clear();
      for (const NearMiss& near : event.near_misses)
        now_.missing.emplace(near.promotion, near.missing_count);
      looks = true;
      break;
    case EventKind::kSubtotal:
      looks = is_subtotal = true;
      break;
    case EventKind::kTenderBegin:
      now_.is_in_tender = true;
      drop_open(End::expired);
      break;
    case EventKind::kTenderVoided:
      now_.is_in_tender = false;
      looks = true;
      break;
    case EventKind::kLineAdded:
      put_line(event.line);
      looks = true;
      break;
    case EventKind::kQuantityChanged: {
      Line& line = now_.lines.at(event.line.line);
      line.quantity_milli = event.line.quantity_milli;
      line.amount_minor = (line.price_minor * line.quantity_milli + 500) / 1000;
      looks = true;
      break;
    }
    case EventKind::kLineVoided:
      now_.lines.erase(event.line.line);
      looks = true;
      break;
    case EventKind::kPriceOverridden: {
      Line& line = now_.lines.at(event.line.line);
      line.price_minor = event.line.unit_price_minor;
      line.amount_minor = (line.price_minor * line.quantity_milli + 500) / 1000;
      looks = true;
      break;
    }
    case EventKind::kPromptAccepted:
    case EventKind::kPromptDeclined:
    case EventKind::kPromptExpired:
      for (Made& made : now_.made) {
        if (made.number != event.prompt_id || made.end != End::none) continue;
        if (event.kind == EventKind::kPromptAccepted) finish(made, End::accepted);
        if (event.kind == EventKind::kPromptExpired) finish(made, End::expired);
        if (event.kind != EventKind::kPromptDeclined) continue;
        finish(made, End::declined);
        declines_.push_back({name_of(made), now_.customer, ordinal_, local_s_ / kSecondsPerDay});
      }
      break;
    default:
      break;
  }
}

std::vector<ReferenceLane::Shown> ReferenceLane::on_event(const Event& event) {
  local_s_ = event.local_time_s;
  ms_ = static_cast<std::int64_t>(event.monotonic_ns / 1'000'000);
  bool looks = false;
  bool is_subtotal = false;
  take(event, looks, is_subtotal);
  if (!may_speak()) {
    drop_open(End::withdrawn);
    return {};
  }
  verify();
  if (looks) look(is_subtotal);
  std::vector<const Made*> open;
  for (const Made& made : now_.made) {
    if (made.end == End::none) open.push_back(&made);
  }
  std::stable_sort(open.begin(), open.end(), [](const Made* a, const Made* b) {
    if (a->key != b->key) return a->key > b->key;
    if ((a->rule < 0) != (b->rule < 0)) return b->rule < 0;
    if (a->rule < 0) return a->item < b->item;
    return a->rule != b->rule ? a->rule < b->rule : order_of(a->offer) < order_of(b->offer);
  });
  std::vector<Shown> out;
  for (const Made* made : open) {
    const std::string rule =
        made->rule < 0 ? "mined" : rules_.rules[static_cast<std::size_t>(made->rule)].rule_id;
    out.push_back({rule + " > " + made->item, made->number});
  }
  return out;
}

}  // namespace xsell::rules
