#include "hq/commands/mine.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <unordered_set>

#include "hq/audit.h"
#include "hq/commands/mine_source.h"
#include "hq/local_time.h"
#include "hq/mine/counts_table.h"
#include "hq/mine/margins.h"
#include "hq/mine/pair_reviews.h"
#include "hq/mine/pair_table.h"
#include "hq/mine/ranker_fit.h"
#include "hq/mine/rules_document.h"
#include "hq/mine/similar_names.h"
#include "hq/mine/two_antecedent_document.h"
#include "hq/mine/two_antecedents.h"
#include "hq/output_file.h"

namespace xsell::hq {
namespace {

struct MineOptions {
  std::string out;
  std::string write_counts;
  std::string write_pairs;
  MineSource source;
  std::string season;
  std::vector<std::string> leave_out;
  MinedTexts texts;
  std::string reason_of_two = TwoAntecedentTexts().reason;
  PackOptions pack;
  double surest_percent = 15;
  double surprise = 0;
  std::string margins;
  double margin_power = 1;
  std::size_t top = 20;
  bool leaves_out_variants = false;
};

constexpr std::size_t kMinFittedBaskets = 20;

std::function<bool(std::uint32_t, std::uint32_t)> make_exclusion(const MineOptions& options,
                                                                 const MiningHistory& history) {
  const std::unordered_set<std::string> left_out(options.leave_out.begin(),
                                                 options.leave_out.end());
  return [&options, &items = history.items, left_out](std::uint32_t a, std::uint32_t b) {
    if (!items[a].is_known || !items[b].is_known) return true;
    if (are_kept_apart(items[a], items[b])) return true;
    if (left_out.count(items[a].item) != 0 || left_out.count(items[b].item) != 0) return true;
    return options.leaves_out_variants && are_similar_names(items[a].name, items[b].name);
  };
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

Json show_top_rules(Output& output, const Pack& pack, const MiningHistory& history,
                    std::size_t count) {
  using Align = Table::Align;
  Table table({{"WHO BUYS", Align::kLeft, 34},
               {"TAKES", Align::kLeft, 34},
               {"TOGETHER", Align::kRight},
               {"SUPPORT", Align::kRight},
               {"CONFIDENCE", Align::kRight},
               {"LIFT", Align::kRight},
               {"AT LEAST", Align::kRight}});
  Json rules = Json::array();
  for (const MinedRule& rule : top_rules(pack, count)) {
    const RuleFigures f = figures_of(rule, pack);
    table.add_row({history.shown(rule.trigger), history.shown(rule.offer),
                   std::to_string(rule.joint_count), fmt::format("{:.2f}%", 100 * f.support),
                   fmt::format("{:.1f}%", 100 * f.confidence), fmt::format("{:.1f}", f.lift),
                   fmt::format("{:.1f}", f.lift_low)});
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
  if (!table.is_empty()) {
    output.text("");
    output.table(table);
  }
  return rules;
}

// What the surest scans of the latest baskets brought, with counts of the others.
struct Trial {
  std::size_t scans = 0;
  std::size_t scans_with_offer = 0;
  std::size_t hits_if_always = 0;
  std::size_t prompted = 0;
  std::size_t hits = 0;
  std::int64_t min_score = 0;
};

Trial try_surest(std::vector<RankedScan> scans, double share) {
  Trial trial;
  trial.scans = scans.size();
  std::erase_if(scans, [](const RankedScan& scan) { return !scan.has_offer; });
  trial.scans_with_offer = scans.size();
  std::stable_sort(scans.begin(), scans.end(),
                   [](const RankedScan& a, const RankedScan& b) { return a.score > b.score; });
  const auto wanted =
      std::min(scans.size(),
               static_cast<std::size_t>(std::lround(share * static_cast<double>(trial.scans))));
  if (wanted > 0) trial.min_score = scans[wanted - 1].score;
  for (const RankedScan& scan : scans) {
    if (scan.is_hit) ++trial.hits_if_always;
    if (wanted == 0 || scan.score < trial.min_score) continue;
    ++trial.prompted;
    if (scan.is_hit) ++trial.hits;
  }
  return trial;
}

std::vector<std::string> keys_of(const MiningHistory& history) {
  std::vector<std::string> keys;
  for (const ItemName& item : history.items) keys.push_back(item.item);
  return keys;
}

void write_counts(const MiningHistory& history, const std::string& path) {
  HistoryCounts counts = history.past.value_or(HistoryCounts());
  add_counts(counts, count_history(history.table, 0, history.table.basket_count()));
  OutputFile file(path);
  write_counts_table(file.stream(), counts, keys_of(history));
  file.close();
}

PairCounts count_for_pack(const MiningHistory& history, std::uint32_t min_joint_count) {
  const BasketTable& table = history.table;
  if (!history.past) return count_pairs(table, 0, table.basket_count(), min_joint_count);
  HistoryCounts counts = *history.past;
  add_counts(counts, count_history(table, 0, table.basket_count()));
  return frequent_pairs(counts, min_joint_count);
}

RankedPack build_from(const MiningHistory& history, const PackOptions& options,
                      bool for_customers) {
  const std::size_t baskets = history.basket_count();
  const auto fitted = static_cast<std::size_t>(static_cast<double>(baskets) * kFitShare);
  if (fitted < kMinFittedBaskets) {
    throw Refused(fmt::format(
        "{} baskets are too few to tell sure offers from others: a fifth of them must be {} or "
        "more; import more baskets, or widen --from and --until",
        baskets, kMinFittedBaskets));
  }
  if (history.past) {
    return build_ranked_pack(*history.past, history.table, options, history.has_scan_order,
                             for_customers);
  }
  return build_ranked_pack(history.table, 0, baskets, options, history.has_scan_order,
                           for_customers);
}

// What people have rejected stays out.
std::size_t drop_rejected(HqStore& store, const MiningHistory& history, RankedPack& ranked,
                          TwoAntecedents& two) {
  const Reviews reviews = PairReviews(store).all();
  const auto key = [&](std::uint32_t item) -> const std::string& {
    return history.items[item].item;
  };
  return drop_rules(ranked.pack,
                    [&](const MinedRule& rule) {
                      return is_rejected(reviews, key(rule.trigger), key(rule.offer));
                    }) +
         std::erase_if(two.search.rules, [&](const TwoAntecedentRule& rule) {
           return is_rejected(reviews, key(rule.first), key(rule.second), key(rule.offer));
         });
}

TwoAntecedents mine_two(const MiningHistory& history, const RankedPack& ranked,
                        const MineOptions& options, const PackOptions& pack_options) {
  if (!ranked.ranker.is_fitted()) return {};
  return mine_two_antecedents(history.table, ranked.pack, ranked.ranker,
                              options.surest_percent / 100, history.has_scan_order, pack_options);
}

Json rules_of_two(const TwoAntecedents& two, const RankedPack& ranked, const MinedPolicy& mined,
                  const MineOptions& options, const MiningHistory& history) {
  TwoAntecedentTexts texts;
  texts.language = options.texts.language;
  texts.operator_text = options.texts.operator_text;
  texts.reason = options.reason_of_two;
  TwoAntecedentPlace place;
  place.key_of = [&](std::uint32_t item) -> const std::string& { return history.items[item].item; };
  place.name_of = [&](std::uint32_t item) -> const std::string& { return history.shown(item); };
  place.surprise = mined.surprise;
  place.boosts_milli = mined.boosts_milli;
  if (history.has_times) {
    place.from = format_date(history.from_s());
    place.until = format_date(history.until_s());
  }
  return two_antecedent_rules(two.search.rules, ranked.pack, texts, place);
}

void write_rules(const RankedPack& ranked, const Trial& trial, const TwoAntecedents& two,
                 const Margins& margins, const MineOptions& options, const MiningHistory& history) {
  const auto key_of = [&](std::uint32_t item) -> const std::string& {
    return history.items[item].item;
  };
  MinedPolicy mined;
  mined.ranker = ranked.ranker;
  mined.replenishment = ranked.replenishment;
  mined.min_score = two.search.rules.empty() ? trial.min_score : two.trial.min_score;
  mined.surprise = options.surprise;
  if (!margins.empty()) {
    mined.boosts_milli = boosts_of(margins, ranked.pack, options.margin_power, key_of);
  }
  mined.texts = options.texts;
  OutputFile file(options.out);
  write_rules_document(file.stream(), ranked.pack, mined, key_of,
                       rules_of_two(two, ranked, mined, options, history));
  file.close();
}

void show_trial(Output& output, const RankedPack& ranked, const Trial& trial,
                std::size_t basket_count) {
  const auto percent = [](std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  };
  if (!ranked.ranker.is_fitted()) {
    output.text(
        "There are no later baskets to fit a ranker on: lanes rank by each pair's weight, and "
        "--surest has no effect.");
    return;
  }
  // Without dates no basket is the last.
  const std::string where =
      ranked.fitted_on < basket_count
          ? fmt::format("the last {} baskets", ranked.fitted_on)
          : fmt::format("{} baskets without dates, each fifth in turn", basket_count);
  output.text(fmt::format(
      "Tried on {}: prompting the surest {:.1f}% of {} scans, {:.1f}% of the\n"
      "offers were for an item that the basket went on to contain ({:.1f}% if every scan were "
      "prompted).",
      where, percent(trial.prompted, trial.scans), trial.scans, percent(trial.hits, trial.prompted),
      percent(trial.hits_if_always, trial.scans_with_offer)));
}

void show_two(Output& output, const TwoAntecedents& two) {
  const TwoAntecedentTrial& trial = two.trial;
  if (trial.scans == 0) {
    output.text("Without a ranker there are no rules with two antecedents.");
    return;
  }
  const auto percent = [](std::size_t part, std::size_t whole) {
    return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  };
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

void run_mine(CommandSession& session, MineOptions options) {
  const bool has_store = !options.source.is_all_from_files();
  const std::string user = has_store ? session.require(Role::kAuthor).name : "";
  if (!options.season.empty()) options.source.season = parse_season(options.season);
  if (options.source.wants_baskets && options.out.empty()) {
    throw UsageError("--two-antecedents writes rules: say where with --out");
  }
  if (!options.margins.empty() && options.out.empty()) {
    throw UsageError("--margins ranks the offers of rules: say where with --out");
  }
  const auto start = std::chrono::steady_clock::now();
  Output& output = session.output();

  BadLines bad;
  Margins margins;
  if (!options.margins.empty()) margins = read_margins(options.margins, bad);
  const MiningHistory history = load_mining_history(session, options.source, bad);
  bad.print(output);
  if (std::none_of(history.items.begin(), history.items.end(),
                   [](const ItemName& item) { return item.is_known; })) {
    throw Refused("the catalogue knows none of these items; see 'xsell-hq import items --help'");
  }
  PackOptions pack_options = options.pack;
  pack_options.is_excluded = make_exclusion(options, history);

  // Who only wants the pairs written need not wait for the tests of each.
  const bool has_pack = !options.out.empty() || options.top > 0;
  if (!options.write_counts.empty()) write_counts(history, options.write_counts);
  RankedPack ranked;
  Trial trial;
  TwoAntecedents two;
  std::size_t rejected = 0;
  if (!options.out.empty()) {
    ranked = build_from(history, pack_options, options.source.for_customers);
    trial = try_surest(ranked.scans, options.surest_percent / 100);
    if (options.source.wants_baskets) two = mine_two(history, ranked, options, pack_options);
    if (has_store) {
      rejected = drop_rejected(session.store(), history, ranked, two);
    }
    write_rules(ranked, trial, two, margins, options, history);
  }
  if (options.out.empty() || !options.write_pairs.empty()) {
    const PairCounts counts = count_for_pack(history, options.pack.min_joint_count);
    if (!options.write_pairs.empty()) {
      OutputFile file(options.write_pairs);
      write_pair_table(file.stream(), counts, keys_of(history));
      file.close();
    }
    if (!has_pack) {
      ranked.pack.counted_pairs = counts.pairs.size();
      ranked.pack.candidate_count = counts.candidate_count;
    } else if (options.out.empty()) {
      ranked.pack = build_pack(counts, pack_options);
    }
  }
  const Pack& pack = ranked.pack;
  const double elapsed_s =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  show_counts(output, history, pack, pack_options, has_pack);
  if (!options.out.empty()) {
    if (rejected > 0) {
      output.text(fmt::format("{} rules were left out: rejected in a review.", rejected));
    }
    show_trial(output, ranked, trial, history.basket_count());
    if (options.source.wants_baskets) show_two(output, two);
    if (options.source.for_customers) {
      output.text(ranked.replenishment.is_fitted()
                      ? "Known customers are reminded of what they bought before."
                      : "Too few baskets are of customers who bought something before: nobody is "
                        "reminded of it.");
    }
    output.text(fmt::format("Rules written to {} in {:.1f} s. Next: xsell-hq review {}",
                            options.out, elapsed_s, options.out));
  } else {
    output.text(fmt::format("{:.2f} s.", elapsed_s));
  }
  const Json top = show_top_rules(output, pack, history, options.top);

  Json result = {{"baskets", history.basket_count()},
                 {"items", history.items.size()},
                 {"candidate_pairs", pack.candidate_count},
                 {"counted_pairs", pack.counted_pairs},
                 {"seconds", elapsed_s}};
  if (has_pack) {
    result["discovered_pairs"] = pack.discovered_pairs;
    result["excluded_pairs"] = pack.excluded_pairs;
    result["rules"] = pack.rules.size();
  }
  if (history.has_times) {
    result["from"] = format_date(history.from_s());
    result["until"] = format_date(history.until_s());
  }
  if (!options.out.empty()) {
    result["file"] = options.out;
    result["min_score"] = trial.min_score;
    result["rejected"] = rejected;
    result["validation"] = {{"scans", trial.scans},
                            {"prompted", trial.prompted},
                            {"hits", trial.hits},
                            {"scans_with_offer", trial.scans_with_offer},
                            {"hits_if_always", trial.hits_if_always}};
    if (options.source.wants_baskets) {
      result["two_antecedents"] = to_json(two, history, options.top);
    }
    result["replenishment"] = ranked.replenishment.is_fitted();
    if (has_store) Audit(session.store()).record(session.now_s(), user, "mine", result);
  }
  result["top"] = top;
  result["bad_lines"] = bad.to_json();
  output.json(result);
}

}  // namespace

void register_mine(CLI::App& program, CommandSession& session) {
  CLI::App* command =
      program.add_subcommand("mine",
                             "Find items that are bought together, and write them as a rules file "
                             "to be reviewed, linted and\npublished (needs author; nobody when "
                             "--from is a file).");
  auto options = std::make_shared<MineOptions>();
  command->add_option("--out,-o", options->out,
                      "The rules file to write; without it the strongest rules are only shown");
  command->add_option("--write-pairs", options->write_pairs,
                      "Write every pair with --min-joint baskets or more, both ways, with its "
                      "evidence (CSV)");
  command->add_option("--write-counts", options->write_counts,
                      "Write the counts of all baskets, items and pairs (CSV), for --counts");
  add_basket_source_options(command, options->source.baskets);
  command->add_option("--counts", options->source.counts,
                      "Counts of earlier baskets (CSV), such as a database made; of the store or "
                      "the file, only baskets\nafter them are taken, and the ranker is fitted on "
                      "those");
  command->add_option("--season", options->season,
                      "Only baskets of these days of the year, such as 11-15..12-31");
  command
      ->add_option("--surest", options->surest_percent,
                   "Prompt only at the surest percent of scans, where offers hit most")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 100.0))
      ->transform([](std::string text) {
        if (!text.empty() && text.back() == '%') text.pop_back();
        return text;
      });
  command
      ->add_option("--surprise", options->surprise,
                   "Rank by chance times this power of the surprise (-log2 of an offer's share of "
                   "baskets):\n0 likely things first, 1 things worth saying")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 2.0));
  command->add_option("--margins", options->margins,
                      "Rank by chance times margin: a table with the columns item and margin (of "
                      "a sale, in any unit).\nLanes get its ratio to the mean alone");
  command
      ->add_option("--margin-power", options->margin_power,
                   "To this power: 0 not at all, 1 in proportion")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 2.0));
  command->add_flag("--staples", options->pack.keeps_staples,
                    "Keep offers that are bought as often without their trigger");
  command->add_flag("--two-antecedents", options->source.wants_baskets,
                    "Write rules for what goes with two items together, too, if on the last "
                    "baskets they make the\nsurest offers better; reads all baskets");
  command
      ->add_option("--min-joint", options->pack.min_joint_count,
                   "Baskets that must hold both items of a pair")
      ->capture_default_str()
      ->check(CLI::Range(2, 1'000'000));
  command
      ->add_option("--false-discovery", options->pack.false_discovery_rate,
                   "Expected share of rules that chance explains, at most")
      ->capture_default_str()
      ->check(CLI::Range(0.000001, 0.5));
  command
      ->add_option(
          "--max-offers", options->pack.max_offers_per_trigger,
          "Rules of one trigger item, at most; the strongest are kept. 20 when not given, 50 "
          "with --staples")
      ->check(CLI::Range(1, 1000));
  command
      ->add_option("--leave-out", options->leave_out,
                   "Items that take no part, such as carrier bags or postage")
      ->delimiter(',');
  command->add_flag(
      "--leave-out-variants", options->leaves_out_variants,
      "Leave out pairs whose names differ in one word: the same thing in another colour");
  command->add_flag("--replenishment", options->source.for_customers,
                    "Fit what known customers bought before, and remind them of it: only where the "
                    "till passes it on");
  command
      ->add_option("--again-text", options->texts.again_operator_text,
                   "What the cashier reads of such a reminder; {offer} is filled in")
      ->capture_default_str();
  command->add_option("--again-reason", options->texts.again_reason, "Why; the same is filled in")
      ->capture_default_str();
  command->add_option("--language", options->texts.language, "Language of these texts")
      ->capture_default_str();
  command
      ->add_option("--operator-text", options->texts.operator_text,
                   "What the cashier reads; {offer}, {trigger} and {percent} are filled in")
      ->capture_default_str();
  command->add_option("--reason", options->texts.reason, "Why; the same are filled in")
      ->capture_default_str();
  command
      ->add_option("--reason-of-two", options->reason_of_two,
                   "Why, of two antecedents; {first}, {second} and {percent} are filled in")
      ->capture_default_str();
  command->add_option("--top", options->top, "How many rules to show")->capture_default_str();
  command->callback([&session, options] { run_mine(session, *options); });
}

}  // namespace xsell::hq
