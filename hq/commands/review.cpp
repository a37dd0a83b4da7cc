#include "hq/commands/review.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <memory>
#include <optional>
#include <unordered_map>

#include "hq/audit.h"
#include "hq/catalogue_store.h"
#include "hq/csv_field.h"
#include "hq/import/table_rows.h"
#include "hq/local_time.h"
#include "hq/mine/pack.h"
#include "hq/mine/pair_reviews.h"
#include "hq/mine/rules_document.h"
#include "hq/mine/two_antecedent_document.h"
#include "hq/output_file.h"
#include "hq/rule_files.h"
#include "rules/item_key.h"

namespace xsell::hq {
namespace {

struct ReviewOptions {
  std::string file;
  std::string out;
  std::string decisions;
  std::string write_decisions;
  std::string trigger;
  std::vector<std::string> accept, reject;
  std::size_t top = 20;
  bool is_asking = false;
  bool shows_all = false;
  bool keeps_accepted_only = false;
};

using Pair = PairReviews::Pair;
using Reviews = std::map<Pair, PairReview>;
using Names = std::unordered_map<std::string, std::string>;

// A mined pair of the file with its evidence, or a mined rule with two antecedents.
struct Candidate {
  Pair pair;
  std::vector<std::string> triggers;
  std::uint32_t joint_count = 0, trigger_count = 0, offer_count = 0, basket_count = 0;
  std::int64_t weight = 0;
  std::size_t place = 0;  // in the file's list of pairs or rules
  std::vector<std::string> examples;

  bool is_rule() const { return triggers.size() > 1; }
  double support() const { return static_cast<double>(joint_count) / basket_count; }
  double confidence() const { return static_cast<double>(joint_count) / trigger_count; }
  double lift() const { return confidence() * basket_count / offer_count; }
};

Json read_document(const std::string& path) {
  Json document = Json::parse(read_whole_file(path), nullptr, false);
  if (document.is_discarded() || !document.is_object()) {
    throw Refused(path + " is no rules file; see 'xsell-hq lint " + path + "'");
  }
  return document;
}

std::vector<Candidate> read_candidates(const Json& document, const std::string& path) {
  std::vector<Candidate> candidates;
  if (!document.contains("pairs")) return candidates;
  for (const Json& pair : document["pairs"]) {
    Candidate one;
    try {
      one.pair = {pair.at("trigger").get<std::string>(), pair.at("offer").get<std::string>()};
      one.joint_count = pair.at("joint_count").get<std::uint32_t>();
      one.trigger_count = pair.at("trigger_count").get<std::uint32_t>();
      one.offer_count = pair.at("offer_count").get<std::uint32_t>();
      one.basket_count = pair.at("basket_count").get<std::uint32_t>();
      one.weight = pair.value("weight", std::int64_t{0});
    } catch (const Json::exception&) {
      throw Refused(fmt::format("{}: a pair lacks its counts; see 'xsell-hq lint {}'", path, path));
    }
    if (one.trigger_count == 0 || one.offer_count == 0 || one.basket_count == 0) {
      throw Refused(fmt::format("{}: a pair counts 0 baskets; see 'xsell-hq lint {}'", path, path));
    }
    one.triggers = {one.pair.first};
    one.place = candidates.size();
    candidates.push_back(std::move(one));
  }
  return candidates;
}

// Counts from the evidence, which has shares with six decimals.
std::optional<Candidate> candidate_of(const Json& rule, std::uint32_t basket_count) {
  try {
    if (rule.value("source", "") != "mined") return std::nullopt;
    const Json& all = rule.at("condition").at("all");
    Candidate one;
    for (const Json& part : all) {
      const Json& items = part.at("basket_has").at("items");
      if (items.size() != 1) return std::nullopt;
      one.triggers.push_back(items[0].get<std::string>());
    }
    if (one.triggers.size() != 2) return std::nullopt;
    one.pair = {PairReviews::both(one.triggers[0], one.triggers[1]),
                rule.at("offers").at(0).at("items").at(0).get<std::string>()};
    const Json& evidence = rule.at("evidence");
    const auto share = [&](const char* name) { return evidence.at(name).get<double>(); };
    one.joint_count = evidence.at("joint_count").get<std::uint32_t>();
    const auto count = [](double value) { return static_cast<std::uint32_t>(std::lround(value)); };
    one.basket_count = basket_count > 0 ? basket_count : count(one.joint_count / share("support"));
    one.trigger_count = count(one.joint_count / share("confidence"));
    one.offer_count = count(share("confidence") * one.basket_count / share("lift"));
    const double confidence = share("confidence");
    one.weight = std::lround(-std::log1p(-0.6 * confidence * confidence) * 65536);
    if (one.trigger_count == 0 || one.offer_count == 0) return std::nullopt;
    return one;
  } catch (const Json::exception&) {
    return std::nullopt;  // a rule that somebody wrote
  }
}

void read_rule_candidates(const Json& document, std::vector<Candidate>& candidates) {
  const std::uint32_t basket_count = candidates.empty() ? 0 : candidates.front().basket_count;
  const auto rules = document.find("rules");
  if (rules == document.end() || !rules->is_array()) return;
  for (std::size_t place = 0; place < rules->size(); ++place) {
    if (auto one = candidate_of((*rules)[place], basket_count)) {
      one->place = place;
      candidates.push_back(std::move(*one));
    }
  }
}

// The key of a trigger, or two keys with > between them.
std::optional<std::string> parse_trigger(std::string_view text) {
  const std::size_t at = text.find('>');
  const auto first = rules::ItemKey::from_text(text.substr(0, at));
  if (!first || at == std::string::npos) {
    return first ? std::optional(first->text()) : std::nullopt;
  }
  const auto second = rules::ItemKey::from_text(text.substr(at + 1));
  return second ? std::optional(PairReviews::both(first->text(), second->text())) : std::nullopt;
}

Pair parse_pair(const std::string& text) {
  const std::size_t at = text.rfind('>');
  const auto trigger = parse_trigger(text.substr(0, at));
  const auto offer =
      rules::ItemKey::from_text(at == std::string::npos ? std::string() : text.substr(at + 1));
  if (!trigger || !offer) {
    throw UsageError(
        fmt::format("'{}' is no pair: write TRIGGER>OFFER, or TRIGGER>TRIGGER>OFFER", text));
  }
  return {*trigger, offer->text()};
}

enum DecisionRole : std::size_t { kTrigger, kOffer, kDecision, kOperatorText, kNote };

const std::array<ColumnRole, 5> kDecisionRoles = {{
    {"trigger", true, {}},
    {"offer", true, {}},
    {"decision", true, {}},
    {"operator_text", false, {}},
    {"note", false, {}},
}};

Reviews read_decisions(const std::string& path, BadLines& bad) {
  Reviews decisions;
  CsvReader reader(ByteSource::open(path));
  read_table(reader, path, kDecisionRoles, {}, bad, [&](const TableRow& row) -> const char* {
    if (row.text(kDecision).empty()) return nullptr;  // not decided yet
    const auto trigger = parse_trigger(row.text(kTrigger));
    const auto offer = rules::ItemKey::from_text(row.text(kOffer));
    if (!trigger || !offer) return "trigger or offer is no item id";
    PairReview review;
    try {
      review.decision = parse_decision(row.text(kDecision));
    } catch (const UsageError&) {
      return "the decision is none of accept, reject, edit";
    }
    review.operator_text = row.text(kOperatorText);
    review.note = row.text(kNote);
    if (review.decision == PairDecision::edit && review.operator_text.empty()) {
      return "an edited pair needs its operator_text";
    }
    decisions[{*trigger, offer->text()}] = std::move(review);
    return nullptr;
  });
  return decisions;
}

// Finds the latest baskets that hold both items, for all candidates in one pass.
void find_examples(HqStore& store, std::vector<Candidate*> wanted, std::size_t count) {
  std::unordered_map<std::string, std::vector<Candidate*>> by_trigger;
  for (Candidate* candidate : wanted) by_trigger[candidate->triggers[0]].push_back(candidate);
  std::size_t missing = wanted.size();
  std::vector<std::string> items;
  std::string name;
  std::int64_t basket_id = -1;
  const auto finish_basket = [&] {
    for (const std::string& item : items) {
      const auto found = by_trigger.find(item);
      if (found == by_trigger.end()) continue;
      for (Candidate* candidate : found->second) {
        if (candidate->examples.size() == count) continue;
        const auto is_here = [&](const std::string& key) {
          return std::find(items.begin(), items.end(), key) != items.end();
        };
        if (!is_here(candidate->pair.second) || !is_here(candidate->triggers.back())) continue;
        candidate->examples.push_back(name);
        if (candidate->examples.size() == count) --missing;
      }
    }
    items.clear();
  };
  auto rows = store.prepare(
      "SELECT b.basket_id, b.basket, b.local_time_s, i.item FROM baskets b "
      "CROSS JOIN basket_lines l USING (basket_id) CROSS JOIN items i USING (item_id) "
      "WHERE l.quantity_milli > 0 ORDER BY b.local_time_s DESC, b.basket_id DESC, l.line");
  while (missing > 0 && rows.step()) {
    if (rows.column_int64(0) != basket_id) {
      finish_basket();
      basket_id = rows.column_int64(0);
      name = fmt::format("{} ({})", rows.column_text(1), format_date(rows.column_int64(2)));
    }
    items.emplace_back(rows.column_text(3));
  }
  finish_basket();
}

std::string shown(const Names& names, const std::string& key) {
  const auto found = names.find(key);
  return found == names.end() || found->second.empty() ? key : found->second;
}

std::string shown_triggers(const Names& names, const Candidate& one) {
  std::string text = shown(names, one.triggers[0]);
  if (one.is_rule()) text += " and " + shown(names, one.triggers[1]);
  return text;
}

std::string evidence(const Candidate& one) {
  return fmt::format(
      "together {}, support {:.2f}%, confidence {:.1f}%, lift {:.1f} (at least {:.1f})",
      one.joint_count, 100 * one.support(), 100 * one.confidence(), one.lift(),
      lift_lower_bound(one.joint_count, one.trigger_count, one.offer_count, one.basket_count));
}

std::string decision_of(const Reviews& reviews, const Candidate& one) {
  const auto found = reviews.find(one.pair);
  return found == reviews.end() ? "" : std::string(name_of(found->second.decision));
}

void show_table(Output& output, const std::vector<Candidate*>& candidates, const Reviews& reviews,
                const Names& names) {
  using Align = Table::Align;
  Table table({{"WHO BUYS", Align::kLeft, 30},
               {"TAKES", Align::kLeft, 30},
               {"TOGETHER", Align::kRight},
               {"SUPPORT", Align::kRight},
               {"CONFIDENCE", Align::kRight},
               {"LIFT", Align::kRight},
               {"AT LEAST", Align::kRight},
               {"DECISION", Align::kLeft},
               {"SUCH BASKETS", Align::kLeft, 60}});
  for (const Candidate* one : candidates) {
    table.add_row({shown_triggers(names, *one), shown(names, one->pair.second),
                   std::to_string(one->joint_count), fmt::format("{:.2f}%", 100 * one->support()),
                   fmt::format("{:.1f}%", 100 * one->confidence()),
                   fmt::format("{:.1f}", one->lift()),
                   fmt::format("{:.1f}", lift_lower_bound(one->joint_count, one->trigger_count,
                                                          one->offer_count, one->basket_count)),
                   decision_of(reviews, *one), fmt::format("{}", fmt::join(one->examples, ", "))});
  }
  if (!table.is_empty()) output.table(table);
}

Json to_json(const Candidate& one, const Reviews& reviews, const Names& names) {
  return {{"trigger", one.pair.first},
          {"trigger_name", shown_triggers(names, one)},
          {"offer", one.pair.second},
          {"offer_name", shown(names, one.pair.second)},
          {"joint_count", one.joint_count},
          {"support", one.support()},
          {"confidence", one.confidence()},
          {"lift", one.lift()},
          {"lift_lower_bound",
           lift_lower_bound(one.joint_count, one.trigger_count, one.offer_count, one.basket_count)},
          {"weight", one.weight},
          {"decision", decision_of(reviews, one)},
          {"examples", one.examples}};
}

void write_decisions_file(const std::string& path, const std::vector<Candidate*>& candidates,
                          const Reviews& reviews, const Names& names) {
  OutputFile file(path);
  file.stream()
      << "trigger,offer,decision,operator_text,note,trigger_name,offer_name,together,confidence,"
         "lift\n";
  for (const Candidate* one : candidates) {
    const auto found = reviews.find(one->pair);
    const PairReview review = found == reviews.end() ? PairReview() : found->second;
    file.stream() << fmt::format("{},{},{},{},{},{},{},{},{:.4f},{:.2f}\n",
                                 csv_field(one->pair.first), csv_field(one->pair.second),
                                 decision_of(reviews, *one), csv_field(review.operator_text),
                                 csv_field(review.note), csv_field(shown(names, one->pair.first)),
                                 csv_field(shown(names, one->pair.second)), one->joint_count,
                                 one->confidence(), one->lift());
  }
  file.close();
}

// One candidate after the other at the terminal; ends at q or the end of the input.
Reviews ask(Output& output, const std::vector<Candidate*>& candidates, const Reviews& reviews,
            const Names& names) {
  Reviews decided;
  std::size_t number = 0;
  for (const Candidate* one : candidates) {
    ++number;
    if (reviews.contains(one->pair)) continue;
    output.text(fmt::format("\n{} of {}: {} -> {}\n  {}\n  such baskets: {}", number,
                            candidates.size(), shown_triggers(names, *one),
                            shown(names, one->pair.second), evidence(*one),
                            fmt::join(one->examples, ", ")));
    output.err() << "[a]ccept, [r]eject, [e]dit the words, [s]kip, [q]uit: " << std::flush;
    std::string answer;
    if (!std::getline(std::cin, answer) || answer.starts_with("q")) break;
    PairReview review;
    if (answer.starts_with("a")) {
      review.decision = PairDecision::accept;
    } else if (answer.starts_with("r")) {
      review.decision = PairDecision::reject;
    } else if (answer.starts_with("e")) {
      review.decision = PairDecision::edit;
      output.err() << "What the cashier reads ({offer} and {trigger} are filled in): "
                   << std::flush;
      if (!std::getline(std::cin, review.operator_text) || review.operator_text.empty()) continue;
    } else {
      continue;
    }
    decided[one->pair] = std::move(review);
  }
  return decided;
}

// What lanes say of mined pairs, by the policy in the file.
struct MinedWords {
  std::string language = "en";
  std::string reason = MinedTexts().reason;

  explicit MinedWords(const Json& document) {
    const Json::json_pointer at("/policy/mined/reason");
    if (!document.contains(at) || !document[at].is_object() || document[at].empty()) return;
    language = document[at].begin().key();
    reason = document[at].begin()->get<std::string>();
  }
  // A rule knows no {percent}.
  std::string reason_for(const Candidate& one) const {
    constexpr std::string_view kPercent = "{percent}";
    std::string text = reason;
    const std::string percent = fmt::format("{:.0f}", 100 * one.confidence());
    for (std::size_t at = text.find(kPercent); at != std::string::npos; at = text.find(kPercent)) {
      text.replace(at, kPercent.size(), percent);
    }
    return text;
  }
};

// A pair with words of its own becomes a rule, with the pair's evidence.
Json rule_of(const Candidate& one, const PairReview& review, const MinedWords& words) {
  const auto decimal = [](double value) { return std::round(value * 1e6) / 1e6; };
  return {{"rule_id", mined_rule_id(std::array{one.pair.first, one.pair.second})},
          {"source", "mined"},
          {"evidence",
           {{"support", decimal(one.support())},
            {"confidence", decimal(one.confidence())},
            {"lift", decimal(one.lift())},
            {"joint_count", one.joint_count}}},
          {"condition", {{"basket_has", {{"items", Json::array({one.pair.first})}}}}},
          {"offers", Json::array({{{"items", Json::array({one.pair.second})},
                                   {"score", decimal(one.confidence())}}})},
          {"prompt",
           {{"operator_text", {{words.language, review.operator_text}}},
            {"reason", {{words.language, words.reason_for(one)}}}}}};
}

struct Written {
  std::size_t pairs = 0, rules = 0, rules_of_two = 0, left_out = 0;
};

Written write_document(const std::string& path, Json document,
                       const std::vector<Candidate>& candidates, const Reviews& reviews,
                       bool keeps_accepted_only) {
  const MinedWords words(document);
  Written written;
  const Json pairs = document.value("pairs", Json::array());
  const Json all_rules = document.value("rules", Json::array());
  std::vector<Json> rules(all_rules.begin(), all_rules.end());
  const std::string language = words.language;
  std::string kept;
  for (const Candidate& one : candidates) {
    const auto found = reviews.find(one.pair);
    const bool is_decided = found != reviews.end();
    const bool is_left_out =
        is_decided ? found->second.decision == PairDecision::reject : keeps_accepted_only;
    if (one.is_rule()) {
      Json& rule = rules[one.place];
      if (is_left_out) {
        rule = nullptr;
        ++written.left_out;
        continue;
      }
      ++written.rules_of_two;
      if (is_decided && found->second.decision == PairDecision::edit) {
        rule["prompt"]["operator_text"] = {{language, found->second.operator_text}};
      }
      continue;
    }
    if (is_decided && found->second.decision == PairDecision::edit) {
      rules.push_back(rule_of(one, found->second, words));
      ++written.rules;
    } else if (is_decided ? found->second.decision == PairDecision::accept : !keeps_accepted_only) {
      kept += (written.pairs++ == 0 ? "\n" : ",\n") + pairs[one.place].dump();
    } else {
      ++written.left_out;
    }
  }
  std::erase_if(rules, [](const Json& rule) { return rule.is_null(); });
  document.erase("pairs");
  document.erase("rules");
  OutputFile output(path);
  std::ostream& file = output.stream();
  file << "{";
  for (const auto& [name, value] : document.items()) {
    file << Json(name).dump() << ": " << value.dump() << ",\n";
  }
  if (!rules.empty()) {
    file << "\"rules\": [";
    for (std::size_t i = 0; i < rules.size(); ++i)
      file << (i == 0 ? "\n" : ",\n") << rules[i].dump();
    file << "],\n";
  }
  file << "\"pairs\": [" << kept << "\n]}\n";
  output.close();
  return written;
}

void keep_decisions(CommandSession& session, const std::string& user, const Reviews& decided) {
  if (decided.empty()) return;
  HqStore& store = session.store();
  offline_cache::Transaction transaction(store.database());
  PairReviews reviews(store);
  std::array<std::size_t, 3> counts{};
  for (const auto& [pair, review] : decided) {
    PairReview kept = review;
    kept.decided_by = user;
    kept.decided_at_s = session.now_s();
    reviews.decide(pair, kept);
    ++counts[static_cast<std::size_t>(review.decision)];
  }
  Audit(store).record(session.now_s(), user, "review",
                      {{"accepted", counts[0]}, {"rejected", counts[1]}, {"edited", counts[2]}});
  transaction.commit();
}

void run_review(CommandSession& session, const ReviewOptions& options) {
  const std::string user = session.require(Role::kAuthor).name;
  Output& output = session.output();
  HqStore& store = session.store();
  const Json document = read_document(options.file);
  std::vector<Candidate> candidates = read_candidates(document, options.file);
  read_rule_candidates(document, candidates);
  Names names;
  for (auto& [id, name] : load_item_names(store)) names[name.item] = name.name;

  BadLines bad;
  Reviews decided;
  if (!options.decisions.empty()) decided = read_decisions(options.decisions, bad);
  for (const std::string& one : options.accept) decided[parse_pair(one)] = {};
  for (const std::string& one : options.reject) {
    decided[parse_pair(one)].decision = PairDecision::reject;
  }
  bad.print(output);
  keep_decisions(session, user, decided);
  Reviews reviews = PairReviews(store).all();

  std::vector<Candidate*> open;
  for (Candidate& one : candidates) {
    if (!options.trigger.empty() && one.triggers[0] != options.trigger &&
        one.triggers.back() != options.trigger) {
      continue;
    }
    if (options.shows_all || !reviews.contains(one.pair)) open.push_back(&one);
  }
  std::stable_sort(open.begin(), open.end(),
                   [](const Candidate* a, const Candidate* b) { return a->weight > b->weight; });
  const std::size_t open_count = open.size();
  if (!options.write_decisions.empty()) {
    write_decisions_file(options.write_decisions, open, reviews, names);
  }
  open.resize(std::min(open.size(), options.top));
  find_examples(store, open, 2);
  if (options.is_asking) {
    const Reviews asked = ask(output, open, reviews, names);
    keep_decisions(session, user, asked);
    reviews = PairReviews(store).all();
    decided.insert(asked.begin(), asked.end());
  } else {
    show_table(output, open, reviews, names);
  }

  std::array<std::size_t, 3> counts{};
  std::size_t undecided = 0;
  for (const Candidate& one : candidates) {
    const auto found = reviews.find(one.pair);
    if (found == reviews.end()) {
      ++undecided;
    } else {
      ++counts[static_cast<std::size_t>(found->second.decision)];
    }
  }
  output.text(fmt::format("{} pairs: {} accepted, {} rejected, {} edited, {} undecided.{}",
                          candidates.size(), counts[0], counts[1], counts[2], undecided,
                          open_count > open.size() && !options.is_asking
                              ? fmt::format(" Shown are {}; --top shows more.", open.size())
                              : ""));
  Json json = {{"pairs", candidates.size()}, {"accepted", counts[0]},
               {"rejected", counts[1]},      {"edited", counts[2]},
               {"undecided", undecided},     {"decided_now", decided.size()},
               {"bad_lines", bad.to_json()}};
  if (!options.out.empty()) {
    const Written written =
        write_document(options.out, document, candidates, reviews, options.keeps_accepted_only);
    const std::string of_two =
        written.rules_of_two > 0
            ? fmt::format(", {} rules with two antecedents", written.rules_of_two)
            : "";
    output.text(fmt::format("{} pairs{} and {} rules of edited pairs written to {}; {} left out.",
                            written.pairs, of_two, written.rules, options.out, written.left_out));
    json["written_rules_of_two"] = written.rules_of_two;
    json["file"] = options.out;
    json["written_pairs"] = written.pairs;
    json["written_rules"] = written.rules;
  }
  json["candidates"] = Json::array();
  for (const Candidate* one : open) json["candidates"].push_back(to_json(*one, reviews, names));
  output.json(json);
}

}  // namespace

void register_review(CLI::App& program, CommandSession& session) {
  CLI::App* command = program.add_subcommand(
      "review",
      "Look over mined pairs before they are published: their evidence, baskets that hold both, "
      "and accept,\nreject or reword each. Decisions are kept: a rejected pair is not mined again "
      "(needs author).");
  auto options = std::make_shared<ReviewOptions>();
  command->add_option("FILE", options->file, "The rules file that mine wrote")->required();
  command->add_option("--out,-o", options->out,
                      "Write the rules file without rejected pairs, edited ones as rules of their "
                      "own");
  command->add_flag("--only-accepted", options->keeps_accepted_only,
                    "Leave out what nobody has decided yet, too");
  command->add_flag("--ask", options->is_asking, "Ask for each pair at the terminal");
  command
      ->add_option("--accept", options->accept,
                   "Pairs to accept, as TRIGGER>OFFER; rules with two antecedents as "
                   "TRIGGER>TRIGGER>OFFER")
      ->delimiter(',');
  command->add_option("--reject", options->reject, "Pairs to reject, in the same way")
      ->delimiter(',');
  command->add_option("--decisions", options->decisions,
                      "Decisions from a table with the columns trigger, offer, decision (accept, "
                      "reject, edit),\noperator_text, note");
  command->add_option("--write-decisions", options->write_decisions,
                      "Write that table for a spreadsheet, decisions empty where there are none");
  command->add_option("--trigger", options->trigger, "Only the pairs of this item");
  command->add_flag("--all", options->shows_all, "Show decided pairs, too");
  command->add_option("--top", options->top, "How many to show or ask for, strongest first")
      ->capture_default_str();
  command->callback([&session, options] { run_review(session, *options); });
}

}  // namespace xsell::hq
