#include "hq/commands/mine_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "hq/local_time.h"

namespace xsell::hq {
namespace {

double percent(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

struct RuleFigures {
  double support, confidence, lift, lift_low;
};

RuleFigures figures_of(const MinedRule& rule, const Pack& pack) {
  const double n = pack.basket_count;
  const double confidence = static_cast<double>(rule.joint_count) / pack.item_counts[rule.trigger];
  return {rule.joint_count / n, confidence, confidence / (pack.item_counts[rule.offer] / n),
          lift_lower_bound(rule.joint_count, pack.item_counts[rule.trigger],
                           pack.item_counts[rule.offer], pack.basket_count)};
}

std::vector<MinedRule> top_rules(const Pack& pack, std::size_t count) {
  std::vector<MinedRule> rules = pack.rules;
  count = std::min(count, rules.size());
  std::partial_sort(rules.begin(), rules.begin() + static_cast<std::ptrdiff_t>(count), rules.end(),
                    [](const MinedRule& a, const MinedRule& b) {
                      if (a.weight != b.weight) return a.weight > b.weight;
                      return a.trigger != b.trigger ? a.trigger < b.trigger : a.offer < b.offer;
                    });
  rules.resize(count);
  return rules;
}

void show_top_rules(Output& output, const Pack& pack, const MiningHistory& history,
                    std::size_t count) {
  using Align = Table::Align;
  Table table({{"WHO BUYS", Align::kLeft, 34},
               {"TAKES", Align::kLeft, 34},
               {"TOGETHER", Align::kRight},
               {"SUPPORT", Align::kRight},
               {"CONFIDENCE", Align::kRight},
               {"LIFT", Align::kRight},
               {"AT LEAST", Align::kRight}});
  for (const MinedRule& rule : top_rules(pack, count)) {
    const RuleFigures f = figures_of(rule, pack);
    table.add_row({history.shown(rule.trigger), history.shown(rule.offer),
                   std::to_string(rule.joint_count), fmt::format("{:.2f}%", 100 * f.support),
                   fmt::format("{:.1f}%", 100 * f.confidence), fmt::format("{:.1f}", f.lift),
                   fmt::format("{:.1f}", f.lift_low)});
  }
  if (table.is_empty()) return;
  output.text("");
  output.table(table);
}

Json top_rules_json(const Pack& pack, const MiningHistory& history, std::size_t count) {
  Json rules = Json::array();
  for (const MinedRule& rule : top_rules(pack, count)) {
    const RuleFigures f = figures_of(rule, pack);
    rules.push_back({{"trigger", history.items[rule.trigger].item},
                     {"trigger_name", history.items[rule.trigger].name},
                     {"offer", history.items[rule.offer].item},
                     {"offer_name", history.items[rule.offer].name},
                     {"joint_count", rule.joint_count},
                     {"support", f.support},
                     {"confidence", f.confidence},
                     {"lift", f.lift},
                     {"lift_lower_bound", f.lift_low},
                     {"weight", rule.weight}});
  }
  return rules;
}

void show_trial(Output& output, const RankedPack& ranked, const SurestTrial& trial,
                std::size_t basket_count) {
  if (!ranked.ranker.is_fitted()) {
    output.text(
        "There are no later baskets to fit a ranker on: lanes rank by each pair's weight, and "
        "--surest has no effect.");
    return;
  }
  if (trial.scans == 0) {
    output.text("These are too few baskets to try the ranker on others than it was fitted on.");
    return;
  }
  // Without dates no basket is the last.
  const std::string where =
      ranked.fitted_on < basket_count
          ? fmt::format("the last {} baskets", trial.baskets)
          : fmt::format("{} baskets without dates, each fifth in turn", trial.baskets);
  output.text(fmt::format(
      "Tried on {}: prompting the surest {:.1f}% of {} scans, {:.1f}% of the\n"
      "offers were for an item that the basket went on to contain ({:.1f}% if every scan were "
      "prompted).",
      where, percent(trial.prompted, trial.scans), trial.scans, percent(trial.hits, trial.prompted),
      percent(trial.hits_if_always, trial.scans_with_offer)));
  if (trial.hits != trial.hits_by_chance) {
    output.text(fmt::format("With the likeliest of them first, and no surprise or margin, {:.1f}%.",
                            percent(trial.hits_by_chance, trial.prompted)));
  }
}

void show_two(Output& output, const TwoAntecedents& two) {
  const TwoAntecedentTrial& trial = two.trial;
  if (trial.scans == 0) {
    output.text("Without a ranker there are no rules with two antecedents.");
    return;
  }
  const std::string hits =
      fmt::format("{:.2f}% of the surest offers hit with them, {:.2f}% without",
                  percent(trial.hits_with, trial.prompted_with),
                  percent(trial.hits_without, trial.prompted_without));
  output.text(
      two.trial.pays()
          ? fmt::format("Two antecedents: {} rules of {} tried; {}.", two.search.rules.size(),
                        two.search.tried, hits)
          : fmt::format("Two antecedents don't pay here, and none were written: {}.", hits));
}

Json to_json(const TwoAntecedents& two, const MiningHistory& history, std::size_t top) {
  const TwoAntecedentTrial& trial = two.trial;
  Json json = {{"tried", two.search.tried},
               {"significant", two.search.significant},
               {"min_both", two.search.min_both_count},
               {"rules", two.search.rules.size()},
               {"pays", trial.pays()},
               {"validation",
                {{"scans", trial.scans},
                 {"prompted_without", trial.prompted_without},
                 {"hits_without", trial.hits_without},
                 {"prompted_with", trial.prompted_with},
                 {"hits_with", trial.hits_with},
                 {"prompted_by_rule", trial.by_rule}}},
               {"top", Json::array()}};
  std::vector<TwoAntecedentRule> rules = two.search.rules;
  std::stable_sort(rules.begin(), rules.end(),
                   [](const TwoAntecedentRule& a, const TwoAntecedentRule& b) {
                     return a.chance() > b.chance();
                   });
  rules.resize(std::min(top, rules.size()));
  for (const TwoAntecedentRule& rule : rules) {
    json["top"].push_back(
        {{"triggers", {history.items[rule.first].item, history.items[rule.second].item}},
         {"offer", history.items[rule.offer].item},
         {"both_count", rule.both_count},
         {"joint_count", rule.joint_count},
         {"confidence", rule.confidence()},
         {"better_single_confidence", rule.better_confidence},
         {"p_value", rule.p_value},
         {"scans", rule.scans},
         {"hits", rule.hits},
         {"expected_hits", rule.expected},
         {"chance", rule.chance()}});
  }
  return json;
}

void show_counts(Output& output, const MiningHistory& history, const Pack& pack,
                 const PackOptions& options, bool has_pack) {
  const auto unknown =
      static_cast<std::size_t>(std::count_if(history.items.begin(), history.items.end(),
                                             [](const ItemName& item) { return !item.is_known; }));
  const std::string period = history.has_times
                                 ? fmt::format(" from {} to {}", format_date(history.from_s()),
                                               format_date(history.until_s()))
                                 : "";
  output.text(
      fmt::format("{} baskets{}, {} items.", history.basket_count(), period, history.items.size()));
  if (!has_pack) {
    output.text(fmt::format("{} pairs are in {} baskets or more.", pack.counted_pairs,
                            options.min_joint_count));
    return;
  }
  output.text(fmt::format(
      "{} pairs are in {} baskets or more; {} of them come together more often than chance "
      "explains\n"
      "(false discoveries under {:g}% over {} candidates); {} rules were kept.",
      pack.counted_pairs, options.min_joint_count, pack.discovered_pairs,
      100 * options.false_discovery_rate, pack.candidate_count, pack.rules.size()));
  if (pack.excluded_pairs > 0) {
    output.text(
        fmt::format("{} pairs were left out: of one class or category, variants, --leave-out, or "
                    "one of {} items that\nthe catalogue does not know.",
                    pack.excluded_pairs, unknown));
  }
}

}  // namespace

void show_mined(Output& output, const MineOptions& options, const MiningHistory& history,
                const Mined& mined) {
  show_counts(output, history, mined.ranked.pack, options.pack, mined.has_pack);
  if (!options.out.empty()) {
    if (mined.rejected > 0) {
      output.text(fmt::format("{} rules were left out: rejected in a review.", mined.rejected));
    }
    if (!options.margins.empty()) {
      output.text(fmt::format("Margins of {} of {} items; the others rank as any.",
                              mined.items_with_margin, history.items.size()));
    }
    show_trial(output, mined.ranked, mined.trial, history.basket_count());
    if (options.source.wants_baskets) show_two(output, mined.two);
    if (options.source.for_customers) {
      output.text(mined.ranked.replenishment.is_fitted()
                      ? "Known customers are reminded of what they bought before."
                      : "Too few baskets are of customers who bought something before: nobody is "
                        "reminded of it.");
    }
    output.text(fmt::format("Rules written to {} in {:.1f} s. Next: xsell-hq review {}",
                            options.out, mined.seconds, options.out));
  } else {
    output.text(fmt::format("{:.2f} s.", mined.seconds));
  }
  show_top_rules(output, mined.ranked.pack, history, options.top);
}

Json mined_json(const MineOptions& options, const MiningHistory& history, const Mined& mined) {
  const Pack& pack = mined.ranked.pack;
  Json result = {{"baskets", history.basket_count()},
                 {"items", history.items.size()},
                 {"candidate_pairs", pack.candidate_count},
                 {"counted_pairs", pack.counted_pairs},
                 {"seconds", mined.seconds}};
  if (mined.has_pack) {
    result["discovered_pairs"] = pack.discovered_pairs;
    result["excluded_pairs"] = pack.excluded_pairs;
    result["rules"] = pack.rules.size();
  }
  if (history.has_times) {
    result["from"] = format_date(history.from_s());
    result["until"] = format_date(history.until_s());
  }
  if (!options.out.empty()) {
    const SurestTrial& trial = mined.trial;
    result["file"] = options.out;
    result["min_score"] = mined.min_score;
    result["rejected"] = mined.rejected;
    if (!options.margins.empty()) result["items_with_margin"] = mined.items_with_margin;
    result["validation"] = {{"baskets", trial.baskets},
                            {"scans", trial.scans},
                            {"prompted", trial.prompted},
                            {"hits", trial.hits},
                            {"hits_by_chance", trial.hits_by_chance},
                            {"scans_with_offer", trial.scans_with_offer},
                            {"hits_if_always", trial.hits_if_always}};
    if (options.source.wants_baskets) {
      result["two_antecedents"] = to_json(mined.two, history, options.top);
    }
    result["replenishment"] = mined.ranked.replenishment.is_fitted();
  }
  result["top"] = top_rules_json(pack, history, options.top);
  return result;
}

}  // namespace xsell::hq
