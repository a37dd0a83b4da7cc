#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "sdk/examples/lane/console.h"

namespace {

class Recorder final : public lane::Printer {
 public:
  void step(const lane::Step& step, const lane::Till&) override { steps.push_back(step); }
  void status(const lane::Till&) override {}
  void lines(const lane::Till&) override {}
  void stats(const lane::Till&) override {}
  void waited(std::string_view, bool is_reached, std::int64_t, const lane::Till&) override {
    waits.push_back(is_reached);
  }
  void note(std::string_view text) override { notes.emplace_back(text); }
  void problem(std::string_view place, std::string_view text) override {
    problems.push_back(std::string(place) + "|" + std::string(text));
  }

  std::vector<lane::Step> steps;
  std::vector<bool> waits;
  std::vector<std::string> notes, problems;
};

class Console : public testing::Test {
 protected:
  void SetUp() override {
    lane::TillOptions options;
    options.plugin_path = XSELL_FAKE_PLUGIN;
    options.currency = "EUR";
    std::string error;
    till_ = lane::Till::open(std::move(options), {}, error);
    ASSERT_NE(till_, nullptr) << error;
    till_->observe([this](const lane::Step& step) { recorder_.step(step, *till_); });
    console_ = std::make_unique<lane::Console>(*till_, recorder_, [] { return false; });
  }

  lane::Console::ScriptResult run(const std::string& script) {
    std::istringstream input(script);
    return console_->run_script(input, "test");
  }

  std::vector<std::string> events() const {
    std::vector<std::string> names;
    for (const lane::Step& step : recorder_.steps) {
      if (step.event != "prompt_shown") names.push_back(step.event);
    }
    return names;
  }

  std::vector<std::string> prompted() const {
    std::vector<std::string> items;
    for (const auto& shown : till_->prompts()) items.emplace_back(shown.prompt.item);
    return items;
  }

  Recorder recorder_;
  std::unique_ptr<lane::Till> till_;
  std::unique_ptr<lane::Console> console_;
};

using Names = std::vector<std::string>;

TEST_F(Console, RunsABasketBlock) {
  EXPECT_TRUE(run("basket 17\nTEA\nPASTA 2\nend\n").is_good);
  EXPECT_EQ(events(), (Names{"transaction_begin", "line_added", "line_added", "tender_begin",
                             "transaction_finalised"}));
  EXPECT_FALSE(till_->is_open());
}

TEST_F(Console, BeginsATransactionWithTheFirstScan) {
  run("scan TEA");
  EXPECT_EQ(events(), (Names{"transaction_begin", "line_added"}));
  EXPECT_EQ(prompted(), Names{"MUG"});
}

TEST_F(Console, TellsThatAPromptIsShownOnce) {
  run("scan PASTA\nscan TEA\n");
  const auto shown =
      std::count_if(recorder_.steps.begin(), recorder_.steps.end(),
                    [](const lane::Step& step) { return step.event == "prompt_shown"; });
  EXPECT_EQ(shown, 3);
}

TEST_F(Console, AcceptsByShortKeyAndAddsTheItem) {
  run("scan TEA\na1\n");
  EXPECT_EQ(events(), (Names{"transaction_begin", "line_added", "prompt_accepted", "line_added"}));
  EXPECT_EQ(till_->lines().back().item, "MUG");
  EXPECT_NE(till_->lines().back().prompt, 0u);
  EXPECT_EQ(till_->lines().back().unit_price_minor, 250);
  EXPECT_TRUE(till_->prompts().empty());
}

TEST_F(Console, KeepsThePromptNumbersWhileTheyAreShown) {
  run("scan PASTA\nd1\n");
  ASSERT_EQ(till_->prompts().size(), 1u);
  EXPECT_EQ(till_->prompts().front().number, 2);
  run("scan TEA\n");
  EXPECT_EQ(till_->prompts().front().number, 1);
  EXPECT_EQ(prompted(), (Names{"MUG", "CHEESE"}));
}

TEST_F(Console, WithdrawsWhenTheTriggerIsVoided) {
  run("scan TEA\nvoid 1\n");
  EXPECT_TRUE(till_->prompts().empty());
  EXPECT_EQ(recorder_.steps.back().withdrawn.size(), 1u);
  EXPECT_EQ(till_->total_minor(), 0);
}

TEST_F(Console, ParksAndRecalls) {
  EXPECT_TRUE(run("scan TEA\nsuspend\nscan PASTA\npay\nrecall\n").is_good);
  EXPECT_EQ(till_->lines().size(), 1u);
  EXPECT_EQ(till_->lines().front().item, "TEA");
}

TEST_F(Console, CountsPromptsThatTheBasketFollowed) {
  run("basket 1\nPASTA\nCHEESE\nend\nbasket 2\nTEA\nend\n");
  EXPECT_EQ(till_->stats().transactions(), 2u);
  EXPECT_EQ(till_->stats().scans().count, 3u);
  EXPECT_EQ(till_->stats().scans_prompted(), 2u);
  EXPECT_EQ(till_->stats().prompts(), 3u);
  EXPECT_EQ(till_->stats().prompts_followed(), 1u);
}

TEST_F(Console, SetsAndMovesTheLanesTime) {
  run("at 2011-12-01T10:15:00\nadvance 60\nscan TEA\n");
  EXPECT_EQ(lane::format_local_time(recorder_.steps.back().local_time_s).substr(0, 16),
            "2011-12-01T10:16");
}

TEST_F(Console, NamesThePlaceOfAProblemAndGoesOn) {
  EXPECT_FALSE(run("# a comment\n\nvoid 5\nscan TEA\n").is_good);
  EXPECT_EQ(recorder_.problems, Names{"test:3|there is no line 5"});
  EXPECT_EQ(till_->lines().size(), 1u);
}

TEST_F(Console, WaitsForWhatIsThereAndGivesUpOnTheRest) {
  EXPECT_TRUE(run("wait ready 1").is_good);
  EXPECT_FALSE(run("wait version 3 0.01").is_good);
  EXPECT_EQ(recorder_.waits, (std::vector<bool>{true, false}));
}

TEST_F(Console, ChecksExpectations) {
  EXPECT_TRUE(
      run("scan PASTA\nexpect prompts 2\nexpect prompt SAUCE\nexpect no prompt MUG\n").is_good);
  EXPECT_FALSE(run("expect prompt MUG\n").is_good);
  EXPECT_NE(recorder_.problems.back().find("shown: SAUCE"), std::string::npos)
      << recorder_.problems.back();
}

TEST_F(Console, QuitsInTheMiddle) {
  EXPECT_TRUE(run("quit\nscan TEA\n").has_quit);
  EXPECT_TRUE(recorder_.steps.empty());
}

TEST_F(Console, RefusesToScanOncePaymentHasBegun) {
  EXPECT_FALSE(run("scan TEA\ntender\nscan PASTA\n").is_good);
  EXPECT_TRUE(run("tender-void\nscan PASTA\n").is_good);
}

}  // namespace
