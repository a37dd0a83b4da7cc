#include "hq/commands/mine.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <unordered_set>

#include "hq/audit.h"
#include "hq/commands/mine_options.h"
#include "hq/commands/mine_report.h"
#include "hq/local_time.h"
#include "hq/mine/counts_table.h"
#include "hq/mine/margins.h"
#include "hq/mine/pair_reviews.h"
#include "hq/mine/pair_table.h"
#include "hq/mine/similar_names.h"
#include "hq/output_file.h"

namespace xsell::hq {
namespace {

constexpr std::size_t kMinFittedBaskets = 20;

// The options for pairs of a history, with what is not to be offered for each other.
PackOptions excluding(const MineOptions& options, const MiningHistory& history) {
  const std::unordered_set<std::string> left_out(options.leave_out.begin(),
                                                 options.leave_out.end());
  PackOptions pack = options.pack;
  pack.is_excluded = [&options, &items = history.items, left_out](std::uint32_t a,
                                                                  std::uint32_t b) {
    if (!items[a].is_known || !items[b].is_known) return true;
    if (are_kept_apart(items[a], items[b])) return true;
    if (left_out.count(items[a].item) != 0 || left_out.count(items[b].item) != 0) return true;
    return options.leaves_out_variants && are_similar_names(items[a].name, items[b].name);
  };
  return pack;
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

RankedPack build_from(const MiningHistory& history, const PackOptions& options, bool for_customers,
                      const OnFitted& on_fitted) {
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
                             for_customers, on_fitted);
  }
  return build_ranked_pack(history.table, 0, baskets, options, history.has_scan_order,
                           for_customers, on_fitted);
}

// What people have rejected stays out.
std::size_t drop_rejected(HqStore& store, const MiningHistory& history, Mined& mined) {
  const Reviews reviews = PairReviews(store).all();
  const auto key = [&](std::uint32_t item) -> const std::string& {
    return history.items[item].item;
  };
  return drop_rules(mined.ranked.pack,
                    [&](const MinedRule& rule) {
                      return is_rejected(reviews, key(rule.trigger), key(rule.offer));
                    }) +
         std::erase_if(mined.two.search.rules, [&](const TwoAntecedentRule& rule) {
           return is_rejected(reviews, key(rule.first), key(rule.second), key(rule.offer));
         });
}

Json rules_of_two(const Mined& mined, const MinedPolicy& policy, const MineOptions& options,
                  const MiningHistory& history) {
  TwoAntecedentTexts texts;
  texts.language = options.texts.language;
  texts.operator_text = options.texts.operator_text;
  texts.reason = options.reason_of_two;
  TwoAntecedentPlace place;
  place.key_of = [&](std::uint32_t item) -> const std::string& { return history.items[item].item; };
  place.name_of = [&](std::uint32_t item) -> const std::string& { return history.shown(item); };
  place.surprise = policy.surprise;
  place.boosts_milli = policy.boosts_milli;
  if (history.has_times) {
    place.from = format_date(history.from_s());
    place.until = format_date(history.until_s());
  }
  return two_antecedent_rules(mined.two.search.rules, mined.ranked.pack, texts, place);
}

void write_rules(const Mined& mined, const OfferWorth& worth, const MineOptions& options,
                 const MiningHistory& history) {
  MinedPolicy policy;
  policy.ranker = mined.ranked.ranker;
  policy.replenishment = mined.ranked.replenishment;
  policy.min_score = mined.min_score;
  policy.surprise = worth.surprise;
  if (worth.boosts_milli) policy.boosts_milli = worth.boosts_milli(mined.ranked.pack);
  policy.texts = options.texts;
  OutputFile file(options.out);
  write_rules_document(
      file.stream(), mined.ranked.pack, policy,
      [&](std::uint32_t item) -> const std::string& { return history.items[item].item; },
      rules_of_two(mined, policy, options, history));
  file.close();
}

// Refused when the file is about other items.
std::size_t count_items_with_margin(const Margins& margins, const MineOptions& options,
                                    const MiningHistory& history) {
  const auto count = static_cast<std::size_t>(
      std::count_if(history.items.begin(), history.items.end(),
                    [&](const ItemName& item) { return margins.contains(item.item); }));
  if (count == 0 && !options.margins.empty()) {
    throw Refused(options.margins + " has margins of none of these items");
  }
  return count;
}

// Rules, written to --out.
Mined mine_rules(CommandSession& session, const MineOptions& options, const MiningHistory& history,
                 const Margins& margins) {
  Mined mined;
  mined.items_with_margin = count_items_with_margin(margins, options, history);
  OfferWorth worth;
  worth.surprise = options.surprise;
  if (!margins.empty()) {
    worth.boosts_milli = [&](const Pack& pack) {
      return boosts_of(
          margins, pack, options.margin_power,
          [&](std::uint32_t item) -> const std::string& { return history.items[item].item; });
    };
  }
  const double share = options.surest_percent / 100;
  const PackOptions pack_options = excluding(options, history);
  mined.ranked = build_from(
      history, pack_options, options.source.for_customers,
      [&](std::span<const HeldOut> held_out, const rules::Ranker& ranker) {
        mined.min_score = least_score(rank_scans(held_out, ranker, history.has_scan_order), share);
        mined.trial = try_surest(held_out, history.has_scan_order, share, worth);
      });
  if (options.source.wants_baskets && mined.ranked.ranker.is_fitted()) {
    mined.two = mine_two_antecedents(history.table, mined.ranked.pack, mined.ranked.ranker, share,
                                     history.has_scan_order, pack_options);
    if (!mined.two.search.rules.empty()) mined.min_score = mined.two.trial.min_score;
  }
  if (!options.source.is_all_from_files()) {
    mined.rejected = drop_rejected(session.store(), history, mined);
  }
  write_rules(mined, worth, options, history);
  return mined;
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

  BadLines bad;
  Margins margins;
  if (!options.margins.empty()) margins = read_margins(options.margins, bad);
  const MiningHistory history = load_mining_history(session, options.source, bad);
  bad.print(session.output());
  if (std::none_of(history.items.begin(), history.items.end(),
                   [](const ItemName& item) { return item.is_known; })) {
    throw Refused("the catalogue knows none of these items; see 'xsell-hq import items --help'");
  }

  if (!options.write_counts.empty()) write_counts(history, options.write_counts);
  Mined mined;
  if (!options.out.empty()) mined = mine_rules(session, options, history, margins);
  if (options.out.empty() || !options.write_pairs.empty()) {
    const PairCounts counts = count_for_pack(history, options.pack.min_joint_count);
    if (!options.write_pairs.empty()) {
      OutputFile file(options.write_pairs);
      write_pair_table(file.stream(), counts, keys_of(history));
      file.close();
    }
    // Who only wants the pairs written need not wait for the tests of each.
    mined.has_pack = !options.out.empty() || options.top > 0;
    if (!mined.has_pack) {
      mined.ranked.pack.counted_pairs = counts.pairs.size();
      mined.ranked.pack.candidate_count = counts.candidate_count;
    } else if (options.out.empty()) {
      mined.ranked.pack = build_pack(counts, excluding(options, history));
    }
  }
  mined.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  show_mined(session.output(), options, history, mined);
  Json result = mined_json(options, history, mined);
  if (!options.out.empty() && has_store) {
    Json kept = result;
    kept.erase("top");
    Audit(session.store()).record(session.now_s(), user, "mine", kept);
  }
  result["bad_lines"] = bad.to_json();
  session.output().json(result);
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
