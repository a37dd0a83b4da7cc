#include "hq/commands/review.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <iostream>
#include <memory>

#include "hq/audit.h"
#include "hq/catalogue_store.h"
#include "hq/mine/pack.h"
#include "hq/review/candidates.h"
#include "hq/review/decisions.h"
#include "hq/review/reviewed_document.h"
#include "hq/rule_files.h"

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

Json read_document(const std::string& path) {
  Json document = Json::parse(read_whole_file(path), nullptr, false);
  if (document.is_discarded() || !document.is_object()) {
    throw Refused(path + " is no rules file; see 'xsell-hq lint " + path + "'");
  }
  return document;
}

std::string evidence(const ReviewCandidate& one) {
  return fmt::format(
      "together {}, support {:.2f}%, confidence {:.1f}%, lift {:.1f} (at least {:.1f})",
      one.joint_count, 100 * one.support(), 100 * one.confidence(), one.lift(),
      lift_lower_bound(one.joint_count, one.trigger_count, one.offer_count, one.basket_count));
}

void show_table(Output& output, const std::vector<ReviewCandidate*>& candidates,
                const Reviews& reviews, const ItemNames& names) {
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
  for (const ReviewCandidate* one : candidates) {
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

Json to_json(const ReviewCandidate& one, const Reviews& reviews, const ItemNames& names) {
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

// One candidate after the other at the terminal; ends at q or the end of the input.
Reviews ask(Output& output, const std::vector<ReviewCandidate*>& candidates, const Reviews& reviews,
            const ItemNames& names) {
  Reviews decided;
  std::size_t number = 0;
  for (const ReviewCandidate* one : candidates) {
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
  std::vector<ReviewCandidate> candidates = read_candidates(document, options.file);
  ItemNames names;
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

  std::vector<ReviewCandidate*> open;
  for (ReviewCandidate& one : candidates) {
    if (!options.trigger.empty() && one.triggers[0] != options.trigger &&
        one.triggers.back() != options.trigger) {
      continue;
    }
    if (options.shows_all || !reviews.contains(one.pair)) open.push_back(&one);
  }
  std::stable_sort(
      open.begin(), open.end(),
      [](const ReviewCandidate* a, const ReviewCandidate* b) { return a->weight > b->weight; });
  const std::size_t open_count = open.size();
  if (!options.write_decisions.empty()) {
    write_decisions(options.write_decisions, open, reviews, names);
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
  for (const ReviewCandidate& one : candidates) {
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
    const WrittenReview written =
        write_reviewed(options.out, document, candidates, reviews, options.keeps_accepted_only);
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
  for (const ReviewCandidate* one : open)
    json["candidates"].push_back(to_json(*one, reviews, names));
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
