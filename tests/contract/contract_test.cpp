// Each case against each driver, as a test of its own:
// engine_matching.AnItemBringsUpItsRuleOthersDoNot. engine.matching.PromptsWhenTheTriggerIsScanned.
#include <gtest/gtest.h>

#include <cctype>
#include <functional>
#include <utility>

#include "tests/contract/case_player.h"

namespace xsell::contract {
namespace {

class CaseTest : public testing::Test {
 public:
  CaseTest(Case played, std::function<std::unique_ptr<LaneDriver>()> make_lane)
      : case_(std::move(played)), make_lane_(std::move(make_lane)) {}

  void TestBody() override {
    const auto lane = make_lane_();
    if (!case_.unpublishable.empty() && !lane->takes_any_rules())
      GTEST_SKIP() << case_.unpublishable;
    try {
      play(case_, *lane);
    } catch (const std::exception& error) {
      FAIL() << error.what();
    }
  }

 private:
  Case case_;
  std::function<std::unique_ptr<LaneDriver>()> make_lane_;
};

// "never what is in the basket" becomes NeverWhatIsInTheBasket.
std::string test_name(const std::string& name) {
  std::string out;
  bool begins_word = true;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      out += begins_word ? static_cast<char>(std::toupper(byte)) : c;
      begins_word = false;
    } else if (c != '\'') {
      begins_word = true;
    }
  }
  return out;
}

void register_cases(const std::string& driver,
                    const std::function<std::unique_ptr<LaneDriver>()>& make_lane) {
  for (const Case& played : read_cases(XSELL_CONTRACT_CASES)) {
    const std::string suite = driver + "_" + played.file;
    testing::RegisterTest(
        suite.c_str(), test_name(played.name).c_str(), nullptr, nullptr, __FILE__, __LINE__,
        [played, make_lane]() -> testing::Test* { return new CaseTest(played, make_lane); });
  }
}

}  // namespace
}  // namespace xsell::contract

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  try {
    xsell::contract::register_cases("engine", xsell::contract::make_engine_driver);
#ifdef XSELL_MODULE  // not under sanitizers
    xsell::contract::register_cases("module", xsell::contract::make_module_driver);
#endif
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
  return RUN_ALL_TESTS();
}
