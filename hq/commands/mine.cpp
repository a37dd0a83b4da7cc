#include "hq/commands/mine.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <memory>
#include <unordered_set>

#include "hq/audit.h"
#include "hq/catalogue_store.h"
#include "hq/local_time.h"
#include "hq/mine/ranker_fit.h"
#include "hq/mine/rules_document.h"
#include "hq/mine/similar_names.h"
#include "hq/progress.h"

namespace xsell::hq {
namespace {

struct MineOptions {
  std::string out;
  std::string from;
  std::string until;
  std::vector<std::string> leave_out;
  MinedTexts texts;
  PackOptions pack;
  double surest_percent = 15;
  double surprise = 0;
  std::size_t top = 20;
  bool leaves_out_variants = false;
};

constexpr std::size_t kMinFittedBaskets = 20;

// Item keys and names by the numbers of a basket table.
class ItemNames {
 public:
  ItemNames(HqStore& store, const BasketTable& table) : names_(load_item_names(store)) {
    for (const std::int64_t item_id : table.item_ids) {
      by_number_.push_back(&names_.at(item_id));
      if (!by_number_.back()->is_known) ++unknown_count_;
    }
  }
  std::size_t unknown_count() const { return unknown_count_; }
  const std::string& key(std::uint32_t item) const { return by_number_[item]->item; }
  const ItemName& operator[](std::uint32_t item) const { return *by_number_[item]; }
  // For people: the name, or the key when there is none.
  const std::string& shown(std::uint32_t item) const {
    return by_number_[item]->name.empty() ? by_number_[item]->item : by_number_[item]->name;
  }

 private:
  std::unordered_map<std::int64_t, ItemName> names_;
  std::vector<const ItemName*> by_number_;
  std::size_t unknown_count_ = 0;
};

std::function<bool(std::uint32_t, std::uint32_t)> make_exclusion(const MineOptions& options,
                                                                 const ItemNames& names) {
  const std::unordered_set<std::string> left_out(options.leave_out.begin(),
                                                 options.leave_out.end());
  return [&options, &names, left_out](std::uint32_t a, std::uint32_t b) {
    if (!names[a].is_known || !names[b].is_known) return true;
    if (!names[a].variant_group.empty() && names[a].variant_group == names[b].variant_group) {
      return true;
    }
    if (left_out.count(names.key(a)) != 0 || left_out.count(names.key(b)) != 0) return true;
    return options.leaves_out_variants && are_similar_names(names[a].name, names[b].name);
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

Json show_top_rules(Output& output, const Pack& pack, const ItemNames& names, std::size_t count) {
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
    table.add_row({names.shown(rule.trigger), names.shown(rule.offer),
                   std::to_string(rule.joint_count), fmt::format("{:.2f}%", 100 * f.support),
                   fmt::format("{:.1f}%", 100 * f.confidence), fmt::format("{:.1f}", f.lift),
                   fmt::format("{:.1f}", f.lift_low)});
    rules.push_back({{"trigger", names.key(rule.trigger)},
                     {"trigger_name", names[rule.trigger].name},
                     {"offer", names.key(rule.offer)},
                     {"offer_name", names[rule.offer].name},
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

void run_mine(CommandSession& session, const MineOptions& options) {
  const std::string user = session.require(Role::kAuthor).name;
  const TimeRange range = parse_time_range(options.from, options.until);
  const auto start = std::chrono::steady_clock::now();
  Output& output = session.output();

  const BasketTable table = load_baskets(session.store(), range);
  if (table.basket_count() == 0) {
    throw Refused("there are no baskets in this range; see 'xsell-hq import baskets --help'");
  }
  const ItemNames names(session.store(), table);
  if (names.unknown_count() == table.item_ids.size()) {
    throw Refused("the catalogue knows none of these items; see 'xsell-hq import items --help'");
  }
  PackOptions pack_options = options.pack;
  pack_options.is_excluded = make_exclusion(options, names);
  const std::size_t fitted =
      static_cast<std::size_t>(static_cast<double>(table.basket_count()) * kFitShare);
  if (fitted < kMinFittedBaskets) {
    throw Refused(fmt::format(
        "{} baskets are too few to tell sure offers from others: a fifth of them must be {} or "
        "more; import more baskets, or widen --from and --until",
        table.basket_count(), kMinFittedBaskets));
  }
  const RankedPack ranked =
      build_ranked_pack(table, 0, table.basket_count(), pack_options, stands_in_scan_order(table));
  const Pack& pack = ranked.pack;
  const Trial trial = try_surest(ranked.scans, options.surest_percent / 100);

  MinedPolicy mined;
  mined.ranker = ranked.ranker;
  mined.min_score = trial.min_score;
  mined.surprise = options.surprise;
  mined.texts = options.texts;
  std::ofstream file(options.out, std::ios::binary);
  write_rules_document(file, pack, mined,
                       [&](std::uint32_t item) -> const std::string& { return names.key(item); });
  file.close();
  if (!file) throw Refused(fmt::format("cannot write {}", options.out));
  const double elapsed_s =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  const std::string from = format_date(table.times_s.front());
  const std::string until = format_date(table.times_s.back());
  const auto percent = [](std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  };
  output.text(fmt::format("{} baskets from {} to {}, {} items.", table.basket_count(), from, until,
                          table.item_ids.size()));
  output.text(fmt::format(
      "{} pairs are in {} baskets or more; {} of them come together more often than chance "
      "explains\n"
      "(false discoveries under {:g}% over {} candidates); {} rules were kept.",
      pack.counted_pairs, pack_options.min_joint_count, pack.discovered_pairs,
      100 * pack_options.false_discovery_rate, pack.candidate_count, pack.rules.size()));
  if (pack.excluded_pairs > 0) {
    output.text(
        fmt::format("{} pairs were left out: variants, --leave-out, or one of {} items that the "
                    "catalogue does not know.",
                    pack.excluded_pairs, names.unknown_count()));
  }
  output.text(fmt::format(
      "Tried on the last {:g}% of the baskets: prompting the surest {:.1f}% of {} "
      "scans, {:.1f}% of the\n"
      "offers were for an item that the basket went on to contain ({:.1f}% if every "
      "scan were prompted).",
      100 * kFitShare, percent(trial.prompted, trial.scans), trial.scans,
      percent(trial.hits, trial.prompted), percent(trial.hits_if_always, trial.scans_with_offer)));
  output.text(fmt::format("Rules written to {} in {:.1f} s. Next: xsell-hq lint {}", options.out,
                          elapsed_s, options.out));
  const Json top = show_top_rules(output, pack, names, options.top);

  Json result = {{"file", options.out},
                 {"baskets", table.basket_count()},
                 {"items", table.item_ids.size()},
                 {"from", from},
                 {"until", until},
                 {"candidate_pairs", pack.candidate_count},
                 {"counted_pairs", pack.counted_pairs},
                 {"discovered_pairs", pack.discovered_pairs},
                 {"excluded_pairs", pack.excluded_pairs},
                 {"rules", pack.rules.size()},
                 {"min_score", trial.min_score},
                 {"validation",
                  {{"scans", trial.scans},
                   {"prompted", trial.prompted},
                   {"hits", trial.hits},
                   {"scans_with_offer", trial.scans_with_offer},
                   {"hits_if_always", trial.hits_if_always}}},
                 {"seconds", elapsed_s}};
  Audit(session.store()).record(session.now_s(), user, "mine", result);
  result["top"] = top;
  output.json(result);
}

}  // namespace

void register_mine(CLI::App& program, CommandSession& session) {
  CLI::App* command =
      program.add_subcommand("mine",
                             "Find items that are bought together in the imported baskets, and "
                             "write them as a rules file\n"
                             "to be reviewed, linted and published (needs author).");
  auto options = std::make_shared<MineOptions>();
  command->add_option("--out,-o", options->out, "The rules file to write")->required();
  command->add_option("--from", options->from, "First day of the baskets, such as 2026-03-01");
  command->add_option("--until", options->until,
                      "Last day of the baskets; later ones are held back, for a fair test");
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
  command->add_flag("--staples", options->pack.keeps_staples,
                    "Keep offers that are bought as often without their trigger");
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
      ->add_option("--max-offers", options->pack.max_offers_per_trigger,
                   "Rules of one trigger item, at most; the strongest are kept")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command
      ->add_option("--leave-out", options->leave_out,
                   "Items that take no part, such as carrier bags or postage")
      ->delimiter(',');
  command->add_flag(
      "--leave-out-variants", options->leaves_out_variants,
      "Leave out pairs whose names differ in one word: the same thing in another colour");
  command->add_option("--language", options->texts.language, "Language of the two texts")
      ->capture_default_str();
  command
      ->add_option("--operator-text", options->texts.operator_text,
                   "What the cashier reads; {offer}, {trigger} and {percent} are filled in")
      ->capture_default_str();
  command->add_option("--reason", options->texts.reason, "Why; the same are filled in")
      ->capture_default_str();
  command->add_option("--top", options->top, "How many rules to show")->capture_default_str();
  command->callback([&session, options] { run_mine(session, *options); });
}

}  // namespace xsell::hq
