#include "tests/rules/random_model.h"

#include <algorithm>
#include <string>

#include "rules/model_names.h"

namespace xsell::rules {
namespace {

template <typename Value>
std::vector<Value> sorted_unique(std::vector<Value> values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

}  // namespace

// std::uniform_int_distribution differs between libraries; this does not.
std::int64_t RandomModel::number(std::int64_t least, std::int64_t most) {
  const auto high = static_cast<std::uint64_t>(random_()) << 32U;
  const std::uint64_t range =
      static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least) + 1;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(least) +
                                   (high | random_()) % (range == 0 ? 1 : range));
}

template <typename Enum>
Enum RandomModel::pick() {
  const auto names = names_of<Enum>();
  return names[static_cast<std::size_t>(number(0, static_cast<std::int64_t>(names.size()) - 1))]
      .value;
}

std::string RandomModel::word(int index) {
  static const char* const kOdd[] = {"a/b",  "tëst", "quote\"d", "back\\slash",
                                     "日本", "x y",  "{offer}",  "e\u0301"};
  return index < 8 ? kOdd[index] : "w" + std::to_string(index);
}

ItemKey RandomModel::key() {
  const std::string text = chance(50) ? "4006381333931" : word();
  return *ItemKey::from_text(chance(20) ? text : std::to_string(number(0, 99999)));
}

std::vector<std::string> RandomModel::words() {
  std::vector<std::string> out;
  if (chance(40)) {
    for (std::int64_t i = number(1, 4); i > 0; --i) out.push_back(word());
  }
  return sorted_unique(std::move(out));
}

std::vector<ItemKey> RandomModel::keys() {
  std::vector<ItemKey> out;
  if (chance(40)) {
    for (std::int64_t i = number(1, 5); i > 0; --i) out.push_back(key());
  }
  return sorted_unique(std::move(out));
}

LocalisedText RandomModel::localised() {
  LocalisedText text;
  if (chance(60)) text.set("en", word() + "\n\"x\"");
  if (chance(30)) text.set("de-AT", word());
  return text;
}

ItemList RandomModel::item_list() {
  ItemList list;
  list.items = keys();
  list.categories = words();
  list.brands = words();
  list.tags = words();
  list.exclude_items = keys();
  list.exclude_categories = words();
  list.exclude_brands = words();
  list.exclude_tags = words();
  if (chance(20)) list.min_price_minor = number(0, 500);
  if (chance(20)) list.max_price_minor = number(500, 100'000);
  return list;
}

ItemSelector RandomModel::selector() {
  ItemSelector out;
  if (chance(50)) {
    out.set = word();
  } else {
    out.list = item_list();
  }
  return out;
}

Condition RandomModel::condition(int depth) {
  Condition out;
  out.kind = depth > 3 ? ConditionKind::basket_has : pick<ConditionKind>();
  if (chance(5)) {
    out.kind = ConditionKind::unknown;
    out.text = "weather";
    out.unknown_json = R"({"a":[1,"0.5",null],"b":"x\n"})";
    return out;
  }
  switch (out.kind) {
    case ConditionKind::all:
    case ConditionKind::any:
      for (std::int64_t i = number(1, 3); i > 0; --i) out.children.push_back(condition(depth + 1));
      break;
    case ConditionKind::negation:
      out.children.push_back(condition(depth + 1));
      break;
    case ConditionKind::basket_has:
    case ConditionKind::basket_count:
      out.selector = selector();
      out.min = number(0, 5000);
      if (chance(30)) out.max = number(5000, 90'000);
      break;
    case ConditionKind::distinct_categories:
    case ConditionKind::amount:
      out.min = number(0, 50);
      if (chance(50)) out.max = number(50, 90'000);
      if (out.kind == ConditionKind::amount && chance(50))
        out.currency = *Currency::from_text("EUR");
      break;
    case ConditionKind::segment:
      out.segments = {words(), words()};
      break;
    case ConditionKind::bought_within:
      out.selector = selector();
      out.days = static_cast<std::int32_t>(number(1, 400));
      break;
    case ConditionKind::due_for:
      out.selector = selector();
      break;
    case ConditionKind::near_miss:
      out.text = word();
      out.max = number(1, 4);
      break;
    case ConditionKind::context:
    case ConditionKind::unknown:
      out.text = word();
      break;
  }
  return out;
}

Offer RandomModel::offer() {
  Offer out;
  out.target = selector();
  out.select_by = pick<SelectBy>();
  out.is_rotating = chance(50);
  out.select_limit = static_cast<std::int32_t>(number(1, 3));
  out.score_millionths = number(0, 2'000'000);
  out.quantity_milli = number(1, 5000);
  out.is_quantity_per_trigger = chance(50);
  out.require = {chance(50), number(0, 5000), number(0, 9'999'999), number(0, 900)};
  out.minimum_customer_age = static_cast<std::int32_t>(number(0, 21));
  out.minimum_operator_age = static_cast<std::int32_t>(number(0, 21));
  out.location = localised();
  if (chance(50)) {
    out.benefit.emplace().promotion = word();
    if (chance(50)) out.benefit->saving = Money{number(0, 999), *Currency::from_text("JPY")};
  }
  return out;
}

Rule RandomModel::rule(int index) {
  Rule out;
  out.rule_id = "rule-" + std::to_string(index);
  out.version = number(1, INT64_MAX);
  if (chance(50)) out.name = word();
  out.is_enabled = chance(50);
  out.priority = static_cast<std::int32_t>(number(0, 100));
  out.is_pinned = chance(50);
  out.source = pick<RuleSource>();
  out.relation = pick<Relation>();
  if (chance(50)) {
    out.evidence = Evidence{
        number(0, 1'000'000), number(0, 1'000'000), number(0, 99'999'999), number(0, 9999), {}, {}};
    if (chance(50)) out.evidence->from_day = static_cast<std::int32_t>(number(0, 40'000));
    if (chance(50)) out.evidence->until_day = static_cast<std::int32_t>(number(0, 40'000));
  }
  if (chance(50)) out.effective_s = number(0, 4'000'000'000);
  if (chance(50)) out.expires_s = number(0, 4'000'000'000);
  for (std::int64_t i = number(0, 2); i > 0; --i) {
    TimeWindow window{static_cast<std::uint8_t>(number(1, kAllDays)),
                      static_cast<std::int32_t>(number(0, 700)),
                      static_cast<std::int32_t>(number(701, 1440))};
    if (chance(30)) std::swap(window.start_minute, window.end_minute);
    out.time_windows.push_back(window);
  }
  out.audience = {words(), words(), words(), words(), {}, words(), {words(), words()}, chance(50)};
  if (chance(30))
    out.audience.workstation_types = {WorkstationType::self_checkout, WorkstationType::kiosk};
  out.moments = static_cast<std::uint8_t>(number(1, 15));
  if (chance(90)) out.condition = condition(0);
  for (std::int64_t i = number(0, 3); i > 0; --i) out.offers.push_back(offer());
  out.prompt = {pick<PromptKind>(),
                pick<PromptMode>(),
                chance(50),
                static_cast<std::int32_t>(number(0, 60)),
                localised(),
                localised(),
                localised(),
                localised(),
                {}};
  out.pacing = {
      chance(50), static_cast<std::int32_t>(number(0, 100)), chance(30) ? word() : "", {}};
  if (chance(30)) out.pacing.budget = Budget{number(0, 9), number(0, 9)};
  for (std::int64_t i = number(0, 2); i > 0; --i) {
    out.after_sale.push_back({pick<AfterSaleKind>(), pick<AfterSaleWhen>(),
                              chance(50) ? word() : "", chance(50) ? word() : "", chance(50),
                              localised()});
  }
  return out;
}

Policy RandomModel::policy() {
  const auto small = [this] { return static_cast<std::int32_t>(number(0, 99)); };
  Policy out;
  out.max_prompts_per_answer = static_cast<std::int32_t>(number(1, 3));
  out.max_prompts_per_transaction = small();
  out.max_prompts_per_operator_hour = small();
  out.min_seconds_between_prompts = small();
  out.snooze_minutes = small() + 1;
  out.lane_load = {small(), small()};
  out.cool_down = {small(), small()};
  out.auto_mute = {number(0, 1'000'000), number(0, 1'000'000), small() + 1};
  out.staleness = {small(), pick<StalenessKeep>()};
  out.never_suggest_categories = words();
  out.never_suggest_items = keys();
  out.context_flags = words();
  if (chance(50)) out.experiment = {word(), pick<ExperimentUnit>(), small(), word()};
  out.mined.is_enabled = chance(50);
  out.mined.min_score = number(-99'999, 99'999);
  out.mined.max_prompts_per_answer = static_cast<std::int32_t>(number(0, 3));
  out.mined.max_prompts_per_transaction = small();
  out.mined.priority = small();
  out.mined.operator_text = localised();
  out.mined.customer_text = localised();
  out.mined.line_display = localised();
  out.mined.reason = localised();
  if (chance(30)) {
    out.mined.surest_percent = static_cast<std::int32_t>(number(1, 100));
    out.mined.surprise_millionths = number(0, 2'000'000);
    for (std::int32_t& weight : out.mined.ranker.weights) {
      weight = static_cast<std::int32_t>(number(-6'553'600, 6'553'600));
    }
    out.mined.ranker.fitted_baskets = number(0, 99'999);
    out.mined.ranker.fitted_recent_milli = number(0, 99'999);
    for (std::int64_t score = 500'000; out.mined.ranker.surest_scores.size() < kSurestScores;) {
      out.mined.ranker.surest_scores.push_back(score -= number(0, 20'000));
    }
    ReplenishmentPolicy& again = out.mined.replenishment;
    again.is_enabled = chance(50);
    again.operator_text = localised();
    again.reason = localised();
    if (chance(50)) {
      for (std::int32_t& weight : again.fit.weights) {
        weight = static_cast<std::int32_t>(number(-6'553'600, 6'553'600));
      }
      again.fit.surest_scores = out.mined.ranker.surest_scores;
    }
  }
  if (chance(50)) out.fallback_language = "de";
  if (chance(50)) out.currency = *Currency::from_text("GBP");
  return out;
}

RuleSet RandomModel::rule_set() {
  RuleSet out;
  if (chance(90)) out.policy = policy();
  for (int i = static_cast<int>(number(0, 12)); i > 0; --i)
    out.item_sets.push_back({word(i), item_list(), {}});
  for (int i = static_cast<int>(number(0, 12)); i > 0; --i) out.rules.push_back(rule(i));
  for (std::int64_t i = number(0, 20); i > 0; --i) {
    MinedPair pair{*ItemKey::from_text("t" + std::to_string(i)),
                   key(),
                   number(0, 99),
                   number(0, 99),
                   number(0, 99),
                   number(0, 999),
                   static_cast<std::int32_t>(number(0, INT32_MAX))};
    if (chance(50)) {
      pair.recent_joint_milli = number(0, 99'999);
      pair.recent_trigger_milli = number(0, 99'999);
      pair.recent_offer_milli = number(0, 99'999);
      pair.recent_baskets_milli = number(1, 999'999);
    }
    if (chance(30)) {
      pair.boost_milli = static_cast<std::int32_t>(number(kMinBoost_milli, kMaxBoost_milli));
    }
    out.pairs.push_back(pair);
  }
  out.put_in_order();
  return out;
}

Catalogue RandomModel::catalogue() {
  Catalogue out;
  for (int i = static_cast<int>(number(0, 20)); i > 0; --i) {
    Item item;
    item.key = *ItemKey::from_text(word(i));
    item.name = localised();
    if (chance(50)) item.category = word();
    if (chance(50)) item.brand = word();
    item.tags = words();
    if (chance(30)) item.variant_group = word();
    if (chance(30)) item.item_class = word();
    if (chance(60)) {
      item.price_minor = number(0, 99'999);
      item.currency = *Currency::from_text("GBP");
    }
    item.minimum_age = static_cast<std::int32_t>(number(0, 21));
    item.is_in_assortment = chance(80);
    item.leak = static_cast<std::int32_t>(number(0, 9999));
    out.items.push_back(item);
  }
  for (int i = static_cast<int>(number(0, 10)); i > 0; --i) {
    out.categories.push_back({word(i),
                              chance(50) ? word() : "",
                              localised(),
                              static_cast<std::int32_t>(number(0, 18)),
                              {}});
  }
  out.put_in_order();
  return out;
}

}  // namespace xsell::rules
