#include "tests/contract/case_player.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "hq/explain/event_words.h"
#include "rules/local_time.h"

namespace xsell::contract {

namespace {

constexpr const char* kOpeningTime = "2026-06-03T10:00:00";  // a Wednesday

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// "rule > item", or "rule" for information.
std::string title_of(const std::map<std::string, std::string>& fields) {
  const std::string& item = fields.at("item");
  return item.empty() ? fields.at("rule") : fields.at("rule") + " > " + item;
}

class Player {
 public:
  Player(const Case& played, LaneDriver& lane) : case_(played), lane_(lane) {}

  void run() {
    clock_s_ = rules::parse_local_time(kOpeningTime).value();
    lane_.start(case_.scope, case_.rules, case_.items);
    std::size_t number = 0;
    for (const Json& step : case_.steps) {
      SCOPED_TRACE("step " + std::to_string(++number) + ": " + step.dump());
      if (!play_step(step)) GTEST_SKIP() << "this lane cannot do what the step asks for";
      if (testing::Test::HasFatalFailure()) return;
    }
    check_outcomes();
    check_counters();
  }

 private:
  bool play_step(const Json& step) {
    if (step.contains("adopt")) {
      return lane_.adopt(case_.releases.at(step["adopt"].get<std::string>()), case_.items);
    }
    if (step.contains("restart")) return lane_.restart();
    if (step.contains("kill")) return lane_.kill(step["kill"]);
    if (step.contains("kill_rule"))
      return lane_.kill_rule(step["kill_rule"][0], step["kill_rule"][1]);
    keep_time(step);
    hq::EventWords words = hq::read_event(
        step, next_line_, [this](const std::string& title) { return prompt_id(title); });
    rules::Event& event = words.event;
    if (event.kind == rules::EventKind::kTransactionBegin) {
      if (event.transaction == 0) event.transaction = ++last_transaction_;
      transaction_ = event.transaction;
      if (words.lines_begin_anew) next_line_ = 1;
    } else if (event.transaction == 0) {
      event.transaction = transaction_;
    }
    event.sequence = step.value("sequence", sequence_ + 1);
    sequence_ = std::max(sequence_, event.sequence);
    event.local_time_s = clock_s_;
    event.monotonic_ns = static_cast<std::uint64_t>(elapsed_s_ + 1000) * 1'000'000'000u;
    const SeenAnswer answer = lane_.on_event(event);
    for (const SeenPrompt& prompt : answer.prompts)
      prompt_ids_[title_of(prompt.fields)] = prompt.prompt_id;
    if (answer.result) {
      EXPECT_EQ(*answer.result, step.value("result", "ok"));
    }
    if (step.contains("prompts")) check_prompts(step["prompts"], answer.prompts);
    return true;
  }

  void keep_time(const Json& step) {
    if (step.contains("at")) {
      const std::int64_t at = rules::parse_local_time(step["at"].get<std::string>()).value();
      elapsed_s_ += std::max<std::int64_t>(1, at - clock_s_);
      clock_s_ = at;
      return;
    }
    const std::int64_t after_s = step.value("after_s", 1);
    clock_s_ += after_s;
    elapsed_s_ += after_s;
  }

  std::uint64_t prompt_id(const std::string& title) const {
    if (const auto known = prompt_ids_.find(title); known != prompt_ids_.end())
      return known->second;
    for (const auto& [seen, id] : prompt_ids_) {
      if (seen.starts_with(title + " > ")) return id;
    }
    throw std::runtime_error("no prompt \"" + title + "\" was seen");
  }

  static void check_fields(const Json& wanted, const std::map<std::string, std::string>& fields) {
    for (const auto& [name, value] : wanted.items()) {
      const auto seen = fields.find(name);
      if (seen == fields.end()) continue;  // this lane does not show it
      EXPECT_EQ(seen->second, text_of(value)) << "in field " << name;
    }
  }

  static void check_prompts(const Json& wanted, const std::vector<SeenPrompt>& seen) {
    std::vector<std::string> wanted_titles;
    std::vector<std::string> seen_titles;
    for (const Json& prompt : wanted) {
      wanted_titles.push_back(prompt.is_string() ? prompt.get<std::string>()
                              : prompt.contains("item")
                                  ? text_of(prompt["rule"]) + " > " + text_of(prompt["item"])
                                  : text_of(prompt["rule"]));
    }
    for (const SeenPrompt& prompt : seen) seen_titles.push_back(title_of(prompt.fields));
    ASSERT_EQ(seen_titles, wanted_titles);
    for (std::size_t i = 0; i < seen.size(); ++i) {
      if (wanted[i].is_object()) check_fields(wanted[i], seen[i].fields);
    }
  }

  void check_outcomes() {
    if (case_.outcomes.is_null()) return;
    const auto seen = lane_.outcomes();
    if (!seen) return;
    const auto is_about_prompt = [](const Json& outcome) {
      return outcome.is_string() || outcome["kind"] != "basket";
    };
    const bool wants_baskets =
        !std::all_of(case_.outcomes.begin(), case_.outcomes.end(), is_about_prompt);
    std::vector<std::string> wanted_titles;
    std::vector<std::string> seen_titles;
    std::vector<const SeenOutcome*> kept;
    for (const SeenOutcome& outcome : *seen) {
      if (outcome.fields.at("kind") == "basket" && !wants_baskets) continue;
      kept.push_back(&outcome);
      seen_titles.push_back(outcome_title(outcome.fields));
    }
    for (const Json& outcome : case_.outcomes) {
      if (outcome.is_string()) {
        wanted_titles.push_back(outcome);
        continue;
      }
      std::map<std::string, std::string> fields{{"kind", ""}, {"rule", ""}, {"item", ""}};
      for (const auto& [name, value] : outcome.items()) fields[name] = text_of(value);
      wanted_titles.push_back(outcome_title(fields));
    }
    ASSERT_EQ(seen_titles, wanted_titles);
    for (std::size_t i = 0; i < kept.size(); ++i) {
      if (case_.outcomes[i].is_object()) check_fields(case_.outcomes[i], kept[i]->fields);
    }
  }

  // "shown rule > item", "basket", "returned > item"
  static std::string outcome_title(const std::map<std::string, std::string>& fields) {
    std::string title = fields.at("kind");
    if (!fields.at("rule").empty()) title += " " + fields.at("rule");
    if (!fields.at("item").empty()) title += " > " + fields.at("item");
    return title;
  }

  void check_counters() {
    if (case_.counters.is_null()) return;
    for (const auto& [rule, reasons] : case_.counters.items()) {
      for (const auto& [reason, count] : reasons.items()) {
        const auto seen = lane_.count(rule, reason);
        if (!seen) continue;
        EXPECT_EQ(*seen, count.get<std::uint64_t>()) << "silence of " << rule << " by " << reason;
      }
    }
  }

  const Case& case_;
  LaneDriver& lane_;
  std::int64_t clock_s_ = 0;
  std::int64_t elapsed_s_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t transaction_ = 0;
  std::uint64_t last_transaction_ = 100;
  std::uint64_t next_line_ = 1;
  std::map<std::string, std::uint64_t> prompt_ids_;
};

}  // namespace

void play(const Case& played, LaneDriver& lane) { Player(played, lane).run(); }

}  // namespace xsell::contract
