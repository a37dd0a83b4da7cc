#include "tests/contract/case_player.h"

#include <gtest/gtest.h>

#include "hq/explain/step_reader.h"
#include "rules/local_time.h"

namespace xsell::contract {

namespace {

constexpr const char* kOpeningTime = "2026-06-03T10:00:00";  // a Wednesday
constexpr std::uint64_t kLastTransaction = 100;              // before the case

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string title_of(const std::map<std::string, std::string>& fields) {
  return hq::prompt_title(fields.at("rule"), fields.at("item"));
}

class Player {
 public:
  Player(const Case& played, LaneDriver& lane) : case_(played), lane_(lane) {}

  void run() {
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
    reader_.keep_time(step);
    const hq::EventWords words = reader_.read(step);
    const SeenAnswer answer = lane_.on_event(words.event);
    for (const SeenPrompt& prompt : answer.prompts)
      reader_.note_prompt(title_of(prompt.fields), prompt.prompt_id);
    if (answer.result) {
      EXPECT_EQ(*answer.result, step.value("result", "ok"));
    }
    if (step.contains("prompts")) check_prompts(step["prompts"], answer.prompts);
    return true;
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
  hq::StepReader reader_{rules::parse_local_time(kOpeningTime).value(), kLastTransaction};
};

}  // namespace

void play(const Case& played, LaneDriver& lane) { Player(played, lane).run(); }

}  // namespace xsell::contract
