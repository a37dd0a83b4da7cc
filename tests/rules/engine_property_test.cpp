// The engine against the reference on random rules and events; and against itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "rules/compiled_rules.h"
#include "rules/lane_engine.h"
#include "rules/lane_trace.h"
#include "rules/release_lines.h"
#include "rules/rule_index.h"
#include "rules/workspace.h"
#include "tests/rules/random_lane.h"
#include "tests/rules/reference_lane.h"

namespace xsell::rules {
namespace {

// More rounds, or one round alone: XSELL_ROUNDS=5000, XSELL_SEED=17.
std::uint64_t from_environment(const char* name, std::uint64_t usual) {
  const char* text = std::getenv(name);
  return text == nullptr ? usual : std::strtoull(text, nullptr, 10);
}

std::vector<std::string> titles_of(const Answer& answer) {
  std::vector<std::string> titles;
  for (const Prompt& prompt : answer.view()) {
    titles.push_back(std::string(prompt.rule_id) + " > " + std::string(prompt.item));
  }
  return titles;
}

// Checks that what the engine says of its decisions is what it answers.
class AgreementTrace : public LaneTrace {
 public:
  void begin() { *this = AgreementTrace(); }
  void check(const Answer& answer, const CompiledRuleSet& rules) const {
    std::vector<std::string> shown = titles_of(answer);
    if (!has_looked_) return;
    std::vector<std::string> decided;
    for (const Verdict& verdict : verdicts_) {
      const bool is_silent = verdict.decision == Decision::silent;
      EXPECT_EQ(is_silent, verdict.reason != DropReason::kNone);
      if (is_silent) continue;
      const std::string item = verdict.item == kNoId
                                   ? std::string()
                                   : std::string(rules.index().items.keys.text(verdict.item));
      decided.push_back(rules.rule_id(verdict.rule) + " > " + item);
    }
    // A prompt may also have come at another moment, or by another trigger that is still there.
    for (const std::string& title : decided) {
      EXPECT_TRUE(std::find(shown.begin(), shown.end(), title) != shown.end()) << title;
    }
    EXPECT_FALSE(is_silent_);
  }

 private:
  void on_silent_lane(LaneSilence silence) override {
    EXPECT_NE(silence, LaneSilence::none);
    is_silent_ = true;
  }
  void on_search(const TraceScene&, std::span<const Verdict> verdicts) override {
    has_looked_ = true;
    verdicts_.assign(verdicts.begin(), verdicts.end());
  }
  void on_ended(const PromptRecord&, PromptState, DropReason) override {}

  bool has_looked_ = false;
  bool is_silent_ = false;
  std::vector<Verdict> verdicts_;
};

struct Lane {
  explicit Lane(std::uint64_t seed)
      : dice(seed), catalogue(random_catalogue(dice)), rules(random_rule_set(dice)) {
    Catalogue items = catalogue;
    RuleSet copy = rules;
    compiled = compile(std::move(copy), std::move(items), LaneScope());
    engine = std::make_unique<LaneEngine>(LaneScope(), nullptr);
    engine->adopt(compiled.get());
  }

  // Pacing goes on, all else begins anew.
  void restart() {
    const PacingSnapshot pacing = engine->pacing();
    engine = std::make_unique<LaneEngine>(LaneScope(), nullptr);
    EXPECT_TRUE(engine->restore_pacing(pacing));
    for (const Rule& rule : rules.rules) compiled->workspace().set_disabled(find(rule), false);
    engine->adopt(compiled.get());
  }
  std::uint32_t find(const Rule& rule) const {
    return static_cast<std::uint32_t>(&rule - rules.rules.data());
  }

  Dice dice;
  Catalogue catalogue;
  RuleSet rules;
  std::unique_ptr<CompiledRuleSet> compiled;
  std::unique_ptr<LaneEngine> engine;
};

// The rules of all prompts that one side alone has.
std::string rules_of(const RuleSet& rules, const std::vector<std::string>& seen,
                     const std::vector<std::string>& wanted) {
  std::string text;
  for (const Rule& rule : rules.rules) {
    const auto is_of_rule = [&](const std::string& title) {
      return title.starts_with(rule.rule_id + " > ");
    };
    const bool is_seen = std::any_of(seen.begin(), seen.end(), is_of_rule);
    const bool is_wanted = std::any_of(wanted.begin(), wanted.end(), is_of_rule);
    if (is_seen != is_wanted) text += "\n" + to_release_line(rule).bytes;
  }
  return text;
}

void compare_with_reference(std::uint64_t seed, int events) {
  Lane lane(seed);
  ReferenceLane reference(lane.rules, lane.catalogue);
  RandomTill till(lane.dice);
  std::vector<std::uint64_t> engine_prompts;
  std::vector<std::uint64_t> reference_prompts;
  AgreementTrace trace;
  // Half of the lanes are traced: that changes nothing.
  const bool is_traced = seed % 2 == 0;
  if (is_traced) lane.engine->set_trace(&trace);
  Dice switches(seed + 1'000'000);
  bool is_disabled = false;
  for (int i = 0; i < events; ++i) {
    if (switches.chance(is_disabled ? 30 : 1)) {
      is_disabled = !is_disabled;
      lane.engine->set_disabled(is_disabled);
      reference.set_disabled(is_disabled);
    }
    if (switches.chance(3)) {
      const auto at =
          static_cast<std::size_t>(switches.roll(static_cast<int>(lane.rules.rules.size())));
      const std::string& rule = lane.rules.rules[at].rule_id;
      const bool is_off = switches.chance(50);
      lane.engine->set_rule_disabled(rule, is_off);
      reference.set_rule_disabled(rule, is_off);
    }
    if (!till.is_in_transaction() && switches.chance(20)) {
      lane.restart();
      reference.restart();
      till.restart();
      is_disabled = false;
      if (is_traced) lane.engine->set_trace(&trace);
    }
    trace.begin();
    Event event = till.next(engine_prompts.size());
    const int place = till.prompt_place();
    if (place >= 0) event.prompt_id = engine_prompts[static_cast<std::size_t>(place)];
    const Answer& answer = lane.engine->on_event(event);
    const std::vector<std::string> seen = titles_of(answer);
    if (is_traced) trace.check(answer, *lane.compiled);
    engine_prompts.clear();
    for (const Prompt& prompt : answer.view()) engine_prompts.push_back(prompt.prompt_id);
    if (place >= 0) event.prompt_id = reference_prompts[static_cast<std::size_t>(place)];
    const std::vector<ReferenceLane::Shown> wanted = reference.on_event(event);
    std::vector<std::string> wanted_titles;
    reference_prompts.clear();
    for (const auto& shown : wanted) {
      wanted_titles.push_back(shown.title);
      reference_prompts.push_back(shown.prompt);
    }
    ASSERT_EQ(seen, wanted_titles)
        << "seed " << seed << ", event " << i << " of kind " << static_cast<int>(event.kind)
        << rules_of(lane.rules, seen, wanted_titles);
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed << ", event " << i;
  }
}

TEST(EngineProperty, AnswersAsTheReferenceDoes) {
  const std::uint64_t first = from_environment("XSELL_SEED", 1);
  const std::uint64_t rounds =
      from_environment("XSELL_ROUNDS", std::getenv("XSELL_SEED") != nullptr ? 1 : 300);
  for (std::uint64_t seed = first; seed < first + rounds; ++seed) {
    compare_with_reference(seed, 150);
    if (HasFatalFailure()) return;
  }
}

TEST(EngineProperty, SameEventsSamePromptsOnEveryRun) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::vector<std::vector<std::string>> runs[2];
    for (auto& run : runs) {
      Lane lane(seed);
      RandomTill till(lane.dice);
      std::size_t shown = 0;
      for (int i = 0; i < 200; ++i) {
        Event event = till.next(shown);
        if (till.prompt_place() >= 0)
          event.prompt_id = static_cast<std::uint64_t>(till.prompt_place()) + 1;
        const Answer& answer = lane.engine->on_event(event);
        shown = answer.count;
        run.push_back(titles_of(answer));
        for (const Prompt& prompt : answer.view())
          run.back().push_back(std::to_string(prompt.prompt_id));
      }
    }
    ASSERT_EQ(runs[0], runs[1]) << "seed " << seed;
  }
}

}  // namespace
}  // namespace xsell::rules
