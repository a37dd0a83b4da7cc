#include "hq/replay/replay.h"

#include <algorithm>
#include <limits>

#include "rules/compiled_rules.h"
#include "rules/lane_engine.h"
#include "rules/switched_on.h"

namespace xsell::hq {
namespace {

constexpr std::int32_t kNoCap = 1'000'000;
constexpr std::uint64_t kNsPerSecond = 1'000'000'000;

void lift_pacing(rules::RuleSet& rule_set) {
  rules::Policy& policy = rule_set.policy;
  policy.max_prompts_per_transaction = kNoCap;
  policy.mined.max_prompts_per_transaction = kNoCap;
  policy.min_seconds_between_prompts = 0;
  policy.cool_down = {.same_rule_transactions = 0, .same_customer_days = 0};
  policy.auto_mute = {};
  for (rules::Rule& rule : rule_set.rules) {
    rule.pacing.frequency_percent = 100;
    rule.pacing.budget.reset();
  }
}

bool asks_for_stores(const rules::RuleSet& rule_set) {
  return std::any_of(rule_set.rules.begin(), rule_set.rules.end(), [](const rules::Rule& rule) {
    const rules::Audience& audience = rule.audience;
    return !audience.business_units.empty() || !audience.exclude_business_units.empty() ||
           !audience.business_unit_groups.empty() || !audience.exclude_business_unit_groups.empty();
  });
}

void put_most_frequent_first(std::vector<std::pair<std::string, std::uint64_t>>& reasons) {
  std::sort(reasons.begin(), reasons.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

double ReplayFigures::prompts_a_basket() const { return share(all.n(), baskets); }
double ReplayFigures::hit_share() const { return all.share(); }
double ReplayFigures::silent_share() const {
  const auto authored = static_cast<std::uint64_t>(std::count_if(
      silent.begin(), silent.end(), [](const SilentRule& rule) { return rule.is_authored; }));
  return share(authored, rule_count);
}
double ReplayFigures::most_frequent_offer_share() const {
  std::uint64_t most = 0;
  for (const auto& [item, tally] : by_offer) most = std::max(most, tally.n());
  return share(most, all.n());
}

struct Replay::Lane {
  Lane(rules::RuleSet rule_set, rules::Catalogue catalogue, const rules::LaneScope& scope)
      : compiled(rules::compile(std::move(rule_set), std::move(catalogue), scope)),
        engine(scope, nullptr) {
    engine.adopt(compiled.get());
  }
  std::unique_ptr<rules::CompiledRuleSet> compiled;
  rules::LaneEngine engine;
  std::uint64_t now_ns = kNsPerSecond;
  std::vector<std::uint64_t> seen;  // prompts of the transaction
};

Replay::Replay(rules::RuleSet rule_set, rules::Catalogue catalogue,
               std::map<std::string, std::vector<std::string>> store_groups, ReplayOptions options)
    : rule_set_(std::move(rule_set)),
      catalogue_(std::move(catalogue)),
      store_groups_(std::move(store_groups)),
      options_(options),
      asks_for_stores_(asks_for_stores(rule_set_)),
      reminds_(rule_set_.policy.mined.is_enabled &&
               rule_set_.policy.mined.replenishment.is_enabled) {
  rule_set_.policy.experiment = {};
  rule_set_.policy.max_prompts_per_operator_hour = kNoCap;
  if (!options_.has_pacing) lift_pacing(rule_set_);
}

Replay::~Replay() = default;

Replay::Lane& Replay::lane_of(const std::string& store) {
  const std::string name = asks_for_stores_ ? store : std::string();
  std::unique_ptr<Lane>& lane = lanes_[name];
  if (lane == nullptr) {
    rules::LaneScope scope;
    scope.business_unit = name;
    const auto groups = store_groups_.find(name);
    if (groups != store_groups_.end()) scope.business_unit_groups = groups->second;
    lane = std::make_unique<Lane>(rule_set_, catalogue_, scope);
  }
  return *lane;
}

void Replay::play(const PastBasket& basket) {
  Lane& lane = lane_of(basket.store);
  lane.seen.clear();
  ++figures_.baskets;
  rules::Event event;
  event.transaction = ++transaction_;
  event.local_time_s = basket.time_s;
  const auto tell = [&](rules::EventKind kind) -> const rules::Answer& {
    event.kind = kind;
    event.monotonic_ns = lane.now_ns;
    return lane.engine.on_event(event);
  };
  const auto pass_time = [&] {
    lane.now_ns += static_cast<std::uint64_t>(options_.seconds_a_scan) * kNsPerSecond;
    event.local_time_s += options_.seconds_a_scan;
  };
  const auto is_bought_after = [&](std::size_t at, std::string_view item) {
    return std::any_of(
        basket.lines.begin() + static_cast<std::ptrdiff_t>(at), basket.lines.end(),
        [&](const PastBasket::Line& line) { return line.quantity_milli > 0 && line.item == item; });
  };

  // What an answer shows for the first time.
  struct New {
    std::uint64_t prompt_id;
    bool is_hit;
  };
  std::vector<New> shown;
  std::map<ReplayFigures::Tally*, std::pair<std::uint64_t, std::uint64_t>> of_basket;
  const auto take_answer = [&](const rules::Answer& answer, std::size_t next_line) {
    shown.clear();
    for (std::size_t i = 0; i < answer.count; ++i) {
      if (std::find(lane.seen.begin(), lane.seen.end(), answer.prompt_ids[i]) != lane.seen.end()) {
        continue;
      }
      const rules::Prompt& prompt = answer.view()[i];
      lane.seen.push_back(prompt.prompt_id);
      const bool is_hit = !prompt.item.empty() && is_bought_after(next_line, prompt.item);
      for (ReplayFigures::Tally* tally :
           {&figures_.all, &figures_.by_rule[std::string(prompt.rule_id)],
            &figures_.by_offer[std::string(prompt.item)]}) {
        auto& [hits, prompts] = of_basket[tally];
        ++prompts;
        if (is_hit) ++hits;
      }
      shown.push_back({prompt.prompt_id, is_hit});
    }
    for (const New& one : shown) {
      event.prompt_id = one.prompt_id;
      tell(rules::EventKind::kPromptShown);
      if (options_.has_declines && !one.is_hit) tell(rules::EventKind::kPromptDeclined);
    }
    event.prompt_id = 0;
  };

  lane.now_ns += kNsPerSecond;
  tell(rules::EventKind::kTransactionBegin);
  if (!basket.customer.empty()) {
    event.customer = basket.customer;
    event.has_consent = true;
    if (reminds_) {
      event.recent_items = purchases_.of(basket.customer, basket.time_s);
      event.visits = purchases_.visits();
    }
    take_answer(tell(rules::EventKind::kCustomerIdentified), 0);
    event.customer = {};
    event.recent_items = {};
  }
  for (std::size_t at = 0; at < basket.lines.size(); ++at) {
    const PastBasket::Line& line = basket.lines[at];
    event.line = {};
    event.line.line = at + 1;
    event.line.item = line.item;
    event.line.quantity_milli = std::abs(line.quantity_milli);
    event.line.has_price = line.price_minor.has_value();
    event.line.unit_price_minor = line.price_minor.value_or(0);
    const bool is_return = line.quantity_milli < 0;
    ++figures_.scans;
    take_answer(tell(is_return ? rules::EventKind::kReturnLine : rules::EventKind::kLineAdded),
                at + 1);
    pass_time();
  }
  event.line = {};
  take_answer(tell(rules::EventKind::kSubtotal), basket.lines.size());
  tell(rules::EventKind::kTenderBegin);
  tell(rules::EventKind::kTransactionFinalised);
  if (reminds_) purchases_.add(basket);
  for (const auto& [tally, sums] : of_basket) tally->add_cluster(sums.first, sums.second);
  if (!lane.seen.empty()) ++figures_.prompted_baskets;
  figures_.most_in_a_basket = std::max<std::uint64_t>(figures_.most_in_a_basket, lane.seen.size());
}

ReplayFigures Replay::finish() {
  if (lanes_.empty()) lane_of({});  // what is left out at compiling is told even without baskets
  std::map<std::string, std::map<std::string, std::uint64_t>> by_rule;
  std::map<std::string, std::uint64_t> all;
  for (const auto& [name, lane] : lanes_) {
    for (const rules::SilenceCounters::Row& row : lane->compiled->silence().rows()) {
      const std::string reason(rules::name_of(row.reason));
      by_rule[lane->compiled->rule_id(row.rule)][reason] += row.count;
      all[reason] += row.count;
    }
  }
  figures_.drops.assign(all.begin(), all.end());
  put_most_frequent_first(figures_.drops);
  const auto add_if_silent = [&](const std::string& rule_id, bool is_authored) {
    if (figures_.by_rule.contains(rule_id)) return;
    ReplayFigures::SilentRule silent{rule_id, is_authored, {}};
    const auto found = by_rule.find(rule_id);
    if (found != by_rule.end()) silent.reasons.assign(found->second.begin(), found->second.end());
    put_most_frequent_first(silent.reasons);
    figures_.silent.push_back(std::move(silent));
  };
  for (const rules::Rule& rule : rule_set_.rules) {
    if (!rules::is_switched_on(rule, rule_set_.policy)) continue;
    const bool is_authored = rule.source != rules::RuleSource::mined;
    if (is_authored) ++figures_.rule_count;
    add_if_silent(rule.rule_id, is_authored);
  }
  if (!rule_set_.pairs.empty() && rule_set_.policy.mined.is_enabled) {
    add_if_silent(std::string(rules::kMinedRuleId), false);
  }
  return std::move(figures_);
}

}  // namespace xsell::hq
