#include "hq/commands/replay.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>

#include "hq/audit.h"
#include "hq/catalogue_store.h"
#include "hq/findings_report.h"
#include "hq/local_time.h"
#include "hq/progress.h"
#include "hq/publisher.h"
#include "hq/replay/replay.h"
#include "hq/statistics.h"
#include "hq/time_range.h"
#include "rules/compiled_rules.h"
#include "rules/release_lines.h"

namespace xsell::hq {
namespace {

struct ReplayCommand {
  std::vector<std::string> rules;
  std::string from;
  std::string until;
  ReplayOptions play;
  std::size_t top = 15;
  bool is_compared = true;
};

struct GateCommand {
  double max_prompts = 0, min_hits = 0, max_silent = 0, max_one_offer = 0;
  int days = 0;
  std::int64_t min_baskets = 0;
};

using StoreGroups = std::map<std::string, std::vector<std::string>>;

StoreGroups load_store_groups(HqStore& store) {
  StoreGroups groups;
  auto rows = store.prepare("SELECT store, store_group FROM store_groups ORDER BY store_group");
  while (rows.step()) {
    groups[std::string(rows.column_text(0))].emplace_back(rows.column_text(1));
  }
  return groups;
}

// One rule set under one set of options, to be played beside others.
struct Player {
  std::string title;
  std::string id;
  std::unique_ptr<Replay> replay;
  ReplayFigures figures;
};

// What tills would tell of known customers on the first of these days.
TimeRange year_before(const TimeRange& range) {
  constexpr std::int64_t kYear_s = 366 * kSecondsPerDay;
  if (range.from_s < std::numeric_limits<std::int64_t>::min() + kYear_s) {
    return {.from_s = range.from_s, .until_s = range.from_s};
  }
  return {.from_s = range.from_s - kYear_s, .until_s = range.from_s};
}

void play_all(CommandSession& session, const TimeRange& range, std::vector<Player>& players) {
  HqStore& store = session.store();
  const std::uint64_t total = count_past_baskets(store, range);
  Progress progress(session.output(), "Replaying", total, "baskets");
  std::uint64_t done = 0;
  if (std::any_of(players.begin(), players.end(),
                  [](const Player& player) { return player.replay->reminds(); })) {
    for_each_past_basket(store, year_before(range), [&](const PastBasket& basket) {
      for (Player& player : players) {
        if (player.replay->reminds()) player.replay->remember(basket);
      }
    });
  }
  for_each_past_basket(store, range, [&](const PastBasket& basket) {
    for (Player& player : players) player.replay->play(basket);
    progress.update(++done);
  });
  for (Player& player : players) player.figures = player.replay->finish();
}

Json to_json(const ReplayFigures::Tally& tally) {
  const Interval interval = tally.interval();
  return {{"prompts", tally.n()},
          {"hits", tally.successes()},
          {"low", interval.low},
          {"high", interval.high}};
}

Json reasons_json(const std::vector<std::pair<std::string, std::uint64_t>>& reasons) {
  Json json = Json::object();
  for (const auto& [reason, count] : reasons) json[reason] = count;
  return json;
}

Json to_json(const ReplayFigures& figures) {
  Json rules = Json::array(), offers = Json::array(), silent = Json::array();
  for (const auto& [rule, tally] : figures.by_rule) {
    Json one = to_json(tally);
    one["rule"] = rule;
    rules.push_back(std::move(one));
  }
  for (const auto& [item, tally] : figures.by_offer) {
    Json one = to_json(tally);
    one["item"] = item;
    offers.push_back(std::move(one));
  }
  for (const ReplayFigures::SilentRule& rule : figures.silent) {
    silent.push_back({{"rule", rule.rule_id}, {"reasons", reasons_json(rule.reasons)}});
  }
  return {{"baskets", figures.baskets},
          {"scans", figures.scans},
          {"prompts", figures.all.n()},
          {"hits", figures.all.successes()},
          {"prompts_a_basket", figures.prompts_a_basket()},
          {"hit_share", figures.hit_share()},
          {"hit_low", figures.all.interval().low},
          {"hit_high", figures.all.interval().high},
          {"prompted_baskets", figures.prompted_baskets},
          {"most_in_a_basket", figures.most_in_a_basket},
          {"authored_rules", figures.rule_count},
          {"silent_share", figures.silent_share()},
          {"most_frequent_offer_share", figures.most_frequent_offer_share()},
          {"by_rule", std::move(rules)},
          {"by_offer", std::move(offers)},
          {"silent", std::move(silent)},
          {"held_back", reasons_json(figures.drops)}};
}

std::string percent(double value) { return fmt::format("{:.1f}%", 100 * value); }

// Prompts of one basket go together: the interval is by basket.
std::string hits_with_interval(const ReplayFigures::Tally& tally) {
  if (tally.n() == 0) return "-";
  const Interval interval = tally.interval();
  return fmt::format("{:.1f}% ({:.1f} to {:.1f})", 100 * tally.share(), 100 * interval.low,
                     100 * interval.high);
}

void show_summary(Output& output, const std::vector<Player>& players) {
  using Align = Table::Align;
  std::vector<Table::Column> columns = {{"", Align::kLeft}};
  for (const Player& player : players) columns.push_back({player.title, Align::kRight});
  Table table(columns);
  const auto row = [&](const char* title, auto value) {
    std::vector<std::string> cells = {title};
    for (const Player& player : players) cells.push_back(value(player.figures));
    table.add_row(std::move(cells));
  };
  row("prompts", [](const ReplayFigures& f) { return std::to_string(f.all.n()); });
  row("prompts a basket",
      [](const ReplayFigures& f) { return fmt::format("{:.3f}", f.prompts_a_basket()); });
  row("baskets with a prompt", [](const ReplayFigures& f) {
    return percent(static_cast<double>(f.prompted_baskets) /
                   static_cast<double>(std::max<std::uint64_t>(1, f.baskets)));
  });
  row("most in a basket",
      [](const ReplayFigures& f) { return std::to_string(f.most_in_a_basket); });
  row("bought later in that basket",
      [](const ReplayFigures& f) { return hits_with_interval(f.all); });
  row("most frequent offer, of all prompts",
      [](const ReplayFigures& f) { return percent(f.most_frequent_offer_share()); });
  row("authored rules", [](const ReplayFigures& f) { return std::to_string(f.rule_count); });
  row("of these silent", [](const ReplayFigures& f) { return percent(f.silent_share()); });
  output.text("");
  output.table(table);
}

using Tallies = std::vector<std::pair<std::string, ReplayFigures::Tally>>;

Tallies most_frequent(const std::map<std::string, ReplayFigures::Tally>& all, std::size_t count) {
  Tallies sorted(all.begin(), all.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.n() > b.second.n(); });
  sorted.resize(std::min(count, sorted.size()));
  return sorted;
}

void show_tallies(Output& output, const char* title, const Tallies& tallies, std::uint64_t prompts,
                  const std::map<std::string, std::string>& names) {
  using Align = Table::Align;
  Table table({{title, Align::kLeft, 50},
               {"PROMPTS", Align::kRight},
               {"OF ALL", Align::kRight},
               {"BOUGHT LATER", Align::kRight}});
  for (const auto& [name, tally] : tallies) {
    const auto found = names.find(name);
    table.add_row({found == names.end() || found->second.empty() ? name : found->second,
                   std::to_string(tally.n()),
                   percent(static_cast<double>(tally.n()) / static_cast<double>(prompts)),
                   hits_with_interval(tally)});
  }
  if (table.is_empty()) return;
  output.text("");
  output.table(table);
}

void show_silent(Output& output, const ReplayFigures& figures, std::size_t top) {
  using Align = Table::Align;
  Table table({{"SILENT RULE", Align::kLeft, 40}, {"WHY", Align::kLeft}});
  for (std::size_t i = 0; i < std::min(top, figures.silent.size()); ++i) {
    std::string why;
    for (const auto& [reason, count] : figures.silent[i].reasons) {
      why += fmt::format("{}{} x {}", why.empty() ? "" : ", ", count, reason);
    }
    if (why.empty()) why = "nothing that it waits for was scanned";
    table.add_row({figures.silent[i].rule_id, why});
  }
  if (table.is_empty()) return;
  output.text("");
  output.table(table);
  if (figures.silent.size() > top) {
    output.text(fmt::format("... and {} more", figures.silent.size() - top));
  }
}

std::map<std::string, std::string> item_names(HqStore& store) {
  std::map<std::string, std::string> names;
  for (auto& [id, name] : load_item_names(store)) names[name.item] = name.name;
  return names;
}

// What lanes have now; nothing before the first release.
bool load_published(CommandSession& session, RuleFiles& published, std::uint64_t& version) {
  const auto releases = ReleaseLog(session.store()).newest_first();
  if (releases.empty()) return false;
  rules::RuleSetBuilder builder;
  const Publisher publisher(session.store(), session.folder());
  for (const rules::ReleaseLine& line : publisher.lines_of(releases.front())) {
    builder.add(line.bytes);
  }
  version = releases.front().version;
  published.rule_set = builder.take_rule_set();
  published.catalogue = builder.take_catalogue();
  return true;
}

void run_replay(CommandSession& session, const ReplayCommand& command) {
  session.require(Role::kViewer);
  Output& output = session.output();
  const TimeRange range = parse_time_range(command.from, command.until);
  HqStore& store = session.store();
  if (count_past_baskets(store, range) == 0) {
    throw Refused("there are no baskets in this range; see 'xsell-hq import baskets --help'");
  }
  const auto start = std::chrono::steady_clock::now();
  const RuleFiles files = load_rule_files(command.rules, store);
  if (rules::has_errors(files.findings)) {
    show_findings(output, files.findings);
    throw Refused("the rules have errors; nothing was replayed");
  }
  const StoreGroups groups = load_store_groups(store);
  const auto add = [&](std::vector<Player>& players, std::string title, std::string id,
                       const RuleFiles& rules, ReplayOptions options) {
    players.push_back({std::move(title),
                       std::move(id),
                       std::make_unique<Replay>(rules.rule_set, rules.catalogue, groups, options),
                       {}});
  };
  std::vector<Player> players;
  add(players, "THESE RULES", "candidate", files, command.play);
  ReplayOptions unpaced = command.play;
  unpaced.has_pacing = false;
  add(players, "WITHOUT PACING", "candidate_without_pacing", files, unpaced);
  RuleFiles published;
  std::uint64_t version = 0;
  if (command.is_compared && load_published(session, published, version)) {
    add(players, fmt::format("PUBLISHED ({})", version), "published", published, command.play);
  }
  play_all(session, range, players);
  const double elapsed_s =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  const ReplayFigures& figures = players.front().figures;
  output.text(
      fmt::format("{} baskets, {} scans, {:.1f} s.", figures.baskets, figures.scans, elapsed_s));
  show_summary(output, players);
  const auto names = item_names(store);
  show_tallies(output, "RULE", most_frequent(figures.by_rule, command.top), figures.all.n(), {});
  show_tallies(output, "OFFER", most_frequent(figures.by_offer, command.top), figures.all.n(),
               names);
  show_silent(output, figures, command.top);

  Json json = {{"seconds", elapsed_s}};
  for (const Player& player : players) json[player.id] = to_json(player.figures);
  if (version > 0) json["published"]["version"] = version;
  const Gate gate = load_gate(store);
  if (gate.is_set()) {
    const std::vector<std::string> broken = gate.broken_by(figures);
    output.text("");
    if (broken.empty()) output.text("These figures keep to the gate of publish.");
    for (const std::string& one : broken) output.text("The gate of publish forbids: " + one);
    json["gate"] = {{"thresholds", to_json(gate)}, {"broken", broken}};
  }
  output.json(json);
}

void show_gate(CommandSession& session) {
  session.require(Role::kViewer);
  const Gate gate = load_gate(session.store());
  const auto show = [&](const char* what, const std::optional<double>& value) {
    session.output().text(fmt::format("{:44} {}", what, value ? fmt::format("{:g}", *value) : "-"));
  };
  show("prompts a basket, at most", gate.max_prompts_a_basket);
  show("% of offers bought later, at least", gate.min_hit_percent);
  show("% of authored rules silent, at most", gate.max_silent_percent);
  show("% of prompts for one offer, at most", gate.max_one_offer_percent);
  session.output().text(fmt::format("{:44} the last {} days; {} baskets or more", "judged on",
                                    gate.days, gate.min_baskets));
  session.output().json(to_json(gate));
}

void set_gate(CommandSession& session, const CLI::App& given, const GateCommand& command) {
  const std::string user = session.require(Role::kAdmin).name;
  Gate gate = load_gate(session.store());
  const auto take = [&](const char* option, double value, std::optional<double>& threshold) {
    if (given.count(option) > 0) threshold = value;
  };
  take("--max-prompts", command.max_prompts, gate.max_prompts_a_basket);
  take("--min-hits", command.min_hits, gate.min_hit_percent);
  take("--max-silent", command.max_silent, gate.max_silent_percent);
  take("--max-one-offer", command.max_one_offer, gate.max_one_offer_percent);
  if (given.count("--days") > 0) gate.days = command.days;
  if (given.count("--min-baskets") > 0) gate.min_baskets = command.min_baskets;
  offline_cache::Transaction transaction(session.store().database());
  save_gate(session.store(), gate);
  Audit(session.store()).record(session.now_s(), user, "gate set", to_json(gate));
  transaction.commit();
  show_gate(session);
}

void clear_gate(CommandSession& session) {
  const std::string user = session.require(Role::kAdmin).name;
  offline_cache::Transaction transaction(session.store().database());
  save_gate(session.store(), {});
  Audit(session.store()).record(session.now_s(), user, "gate clear", Json::object());
  transaction.commit();
  show_gate(session);
}

void register_gate(CLI::App& program, CommandSession& session) {
  CLI::App* gate = program.add_subcommand(
      "gate",
      "What rules must keep to before they may be published: publish replays them on the latest\n"
      "baskets and refuses those that don't.");
  gate->require_subcommand(1);
  gate->add_subcommand("show", "The thresholds (needs viewer).")->callback([&session] {
    show_gate(session);
  });
  CLI::App* set = gate->add_subcommand("set", "Set thresholds; others stay (needs admin).");
  const auto options = std::make_shared<GateCommand>();
  set->add_option("--max-prompts", options->max_prompts, "Prompts a basket, on average, at most")
      ->check(CLI::Range(0.0, 1000.0));
  set->add_option("--min-hits", options->min_hits,
                  "Percent of the offers that were bought later in that basket, at least")
      ->check(CLI::Range(0.0, 100.0));
  set->add_option("--max-silent", options->max_silent,
                  "Percent of the authored rules that may stay silent")
      ->check(CLI::Range(0.0, 100.0));
  set->add_option("--max-one-offer", options->max_one_offer,
                  "Percent of the prompts that may be for the most frequent offer")
      ->check(CLI::Range(0.0, 100.0));
  set->add_option("--days", options->days, "How many of the latest days are replayed (28)")
      ->check(CLI::Range(1, 3650));
  set->add_option("--min-baskets", options->min_baskets,
                  "Baskets in those days without which nothing is published (100)")
      ->check(CLI::Range(1, 1'000'000'000));
  set->callback([&session, set, options] { set_gate(session, *set, *options); });
  gate->add_subcommand("clear", "No thresholds (needs admin).")->callback([&session] {
    clear_gate(session);
  });
}

}  // namespace

bool passes_gate(CommandSession& session, const RuleFiles& files, const std::string& user,
                 const std::string& override_reason, Json& verdict) {
  HqStore& store = session.store();
  const Gate gate = load_gate(store);
  if (!gate.is_set()) return true;
  const TimeRange range = latest_days(store, gate.days);
  std::vector<Player> players;
  players.push_back({"",
                     "candidate",
                     std::make_unique<Replay>(files.rule_set, files.catalogue,
                                              load_store_groups(store), ReplayOptions()),
                     {}});
  play_all(session, range, players);
  const ReplayFigures& figures = players.front().figures;
  const std::vector<std::string> broken = gate.broken_by(figures);
  verdict = {{"thresholds", to_json(gate)},
             {"broken", broken},
             {"baskets", figures.baskets},
             {"prompts_a_basket", figures.prompts_a_basket()},
             {"hit_share", figures.hit_share()},
             {"silent_share", figures.silent_share()},
             {"most_frequent_offer_share", figures.most_frequent_offer_share()}};
  if (broken.empty()) return true;
  Output& output = session.output();
  for (const std::string& one : broken) output.warning("The gate forbids: " + one);
  if (override_reason.empty()) {
    output.warning(
        "Nothing was published. 'xsell-hq replay' shows which rules and offers it is; "
        "--override-gate REASON\npublishes even so and is kept in the audit trail.");
    return false;
  }
  Json detail = verdict;
  detail["reason"] = override_reason;
  Audit(store).record(session.now_s(), user, "gate override", detail);
  verdict["override"] = override_reason;
  return true;
}

void register_replay(CLI::App& program, CommandSession& session) {
  CLI::App* command = program.add_subcommand(
      "replay",
      "What rules would have prompted on past baskets, with the engine of the lanes: how often, by "
      "rule and\noffer, how often the offer was bought later in that basket, which rules stayed "
      "silent and why, what\npacing does to it; beside what is published (needs viewer).");
  auto options = std::make_shared<ReplayCommand>();
  command->add_option("--rules,FILE", options->rules, "Rules files, as for publish")->required();
  command->add_option("--from", options->from, "First day of the baskets, such as 2026-03-01");
  command->add_option("--until", options->until, "Last day of the baskets");
  command
      ->add_option("--seconds-a-scan", options->play.seconds_a_scan,
                   "How far apart the lines of a basket are")
      ->capture_default_str()
      ->check(CLI::Range(0, 600));
  command->add_flag("--declined", options->play.has_declines,
                    "Take offers that weren't bought as declined, so that cool-downs begin");
  command->add_option("--top", options->top, "How many rules and offers to show")
      ->capture_default_str();
  command->add_flag("!--alone", options->is_compared, "Don't compare with what is published");
  command->callback([&session, options] { run_replay(session, *options); });
  register_gate(program, session);
}

}  // namespace xsell::hq
