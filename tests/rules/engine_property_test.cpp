// The engine against the reference on random rules and events; and against itself.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "rules/compiled_rules.h"
#include "rules/lane_engine.h"
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

struct Lane {
  explicit Lane(std::uint64_t seed)
      : dice(seed), catalogue(random_catalogue(dice)), rules(random_rule_set(dice)) {
    Catalogue items = catalogue;
    RuleSet copy = rules;
    compiled = compile(std::move(copy), std::move(items), LaneScope());
    engine = std::make_unique<LaneEngine>(LaneScope(), nullptr);
    engine->adopt(compiled.get());
  }

  Dice dice;
  Catalogue catalogue;
  RuleSet rules;
  std::unique_ptr<CompiledRuleSet> compiled;
  std::unique_ptr<LaneEngine> engine;
};

void compare_with_reference(std::uint64_t seed, int events) {
  Lane lane(seed);
  ReferenceLane reference(lane.rules, lane.catalogue);
  RandomTill till(lane.dice);
  std::vector<std::uint64_t> engine_prompts;
  std::vector<std::uint64_t> reference_prompts;
  for (int i = 0; i < events; ++i) {
    Event event = till.next(engine_prompts.size());
    const int place = till.prompt_place();
    if (place >= 0) event.prompt_id = engine_prompts[static_cast<std::size_t>(place)];
    const Answer& answer = lane.engine->on_event(event);
    const std::vector<std::string> seen = titles_of(answer);
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
        << "seed " << seed << ", event " << i << " of kind " << static_cast<int>(event.kind);
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
