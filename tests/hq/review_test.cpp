#include <gmock/gmock.h>

#include <cmath>
#include <iostream>

#include "tests/hq/hq_fixture.h"
#include "tests/hq/mined_shop.h"

namespace xsell::hq {
namespace {

using ::testing::HasSubstr;

class ReviewTest : public HqTest {
 protected:
  void SetUp() override {
    HqTest::SetUp();
    init();
    ASSERT_EQ(run({"import", "items", write("i.csv", MinedShop::items_csv())}).code, kExitOk);
    ASSERT_EQ(run({"import", "baskets", write("b.csv", MinedShop::csv(1, MinedShop::kDays))}).code,
              kExitOk);
    ASSERT_EQ(run({"mine", "--out", path("m.json")}).code, kExitOk);
  }
  Json review(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"review", path("m.json"), "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Result result = run(arguments);
    EXPECT_EQ(result.code, kExitOk) << result.err;
    return result.json();
  }
  static std::string name(const Json& one) {
    return one["trigger"].get<std::string>() + ">" + one["offer"].get<std::string>();
  }
  Json document(const std::string& name) {
    std::ifstream file(path(name));
    return Json::parse(file);
  }
};

TEST_F(ReviewTest, ShowsCandidatesWithEvidenceAndBasketsThatHoldBoth) {
  const Json json = review({"--top", "5"});
  EXPECT_GT(json["pairs"], 20);
  EXPECT_EQ(json["undecided"], json["pairs"]);
  ASSERT_EQ(json["candidates"].size(), 5u);
  const Json& first = json["candidates"][0];
  EXPECT_GE(first["weight"], json["candidates"][1]["weight"]);
  EXPECT_GT(first["lift_lower_bound"], 1);
  ASSERT_EQ(first["examples"].size(), 2u);
  // The baskets named do hold both.
  const std::string example = first["examples"][0];
  HqStore store(database_path());
  auto lines = store.prepare(
      "SELECT count(DISTINCT i.item) FROM baskets b JOIN basket_lines l USING (basket_id) JOIN "
      "items i USING (item_id) WHERE b.basket = ? AND i.item IN (?, ?) AND l.quantity_milli > 0");
  lines.bind_all(example.substr(0, example.find(' ')), first["trigger"].get<std::string>(),
                 first["offer"].get<std::string>());
  ASSERT_TRUE(lines.step());
  EXPECT_EQ(lines.column_int64(0), 2);
  EXPECT_THAT(run({"review", path("m.json")}).out, HasSubstr("SUCH BASKETS"));
}

TEST_F(ReviewTest, DecisionsAreKeptAndShapeTheFile) {
  const Json candidates = review({"--top", "4"})["candidates"];
  const std::string table =
      "trigger,offer,decision,operator_text,note\n" + candidates[2]["trigger"].get<std::string>() +
      "," + candidates[2]["offer"].get<std::string>() +
      ",edit,\"Something else, {offer}?\",said so\n" + candidates[3]["trigger"].get<std::string>() +
      "," + candidates[3]["offer"].get<std::string>() + ",perhaps,,\n";
  const Json json = review({"--accept", name(candidates[0]), "--reject", name(candidates[1]),
                            "--decisions", write("d.csv", table), "--out", path("r.json")});
  EXPECT_EQ(json["accepted"], 1);
  EXPECT_EQ(json["rejected"], 1);
  EXPECT_EQ(json["edited"], 1);
  EXPECT_EQ(json["bad_lines"][0]["count"], 1);
  EXPECT_EQ(json["written_pairs"], json["pairs"].get<int>() - 2);
  EXPECT_EQ(json["written_rules"], 1);
  const Json written = document("r.json");
  EXPECT_EQ(written["policy"], document("m.json")["policy"]);
  EXPECT_EQ(written["rules"][0]["prompt"]["operator_text"]["en"], "Something else, {offer}?");
  for (const Json& pair : written["pairs"]) {
    EXPECT_NE(name(pair), name(candidates[1]));
    EXPECT_NE(name(pair), name(candidates[2]));
  }
  const Result lint = run({"lint", path("r.json")});
  EXPECT_EQ(lint.code, kExitOk) << lint.out;
  EXPECT_THAT(lint.out, HasSubstr("0 errors"));

  // A decided pair is not asked for again, and a rejected one is not mined again.
  const Json left = review();
  for (const Json& one : left["candidates"]) EXPECT_NE(name(one), name(candidates[0]));
  const Json again = run({"mine", "--out", path("m2.json"), "--json"}).json();
  EXPECT_EQ(again["rejected"], 1);
  const Json mined = document("m2.json");
  for (const Json& pair : mined["pairs"]) {
    EXPECT_NE(name(pair), name(candidates[1]));
  }
  EXPECT_EQ(review({"--only-accepted", "--out", path("o.json")})["written_pairs"], 1);
  EXPECT_THAT(run({"audit"}).out, HasSubstr("review"));
}

// It competes as the pair did.
TEST_F(ReviewTest, ARewordedPairRanksAmongThePairsWithTheMarginsBoost) {
  std::string margins = "item,margin\n";
  for (int item = 0; item < MinedShop::kItems; ++item) {
    margins += "i" + std::to_string(item) + "," + std::to_string(1 + item) + "\n";
  }
  ASSERT_EQ(run({"mine", "--margins", write("margins.csv", margins), "--surprise", "0.5", "--out",
                 path("m.json")})
                .code,
            kExitOk);
  const Json pair = document("m.json")["pairs"].back();
  review({"--decisions",
          write("d.csv", "trigger,offer,decision,operator_text\n" +
                             pair["trigger"].get<std::string>() + "," +
                             pair["offer"].get<std::string>() + ",edit,{offer} then?\n"),
          "--out", path("r.json")});
  const Json rule = document("r.json")["rules"][0];
  EXPECT_EQ(rule["priority"], 0);
  const double confidence = pair["joint_count"].get<double>() / pair["trigger_count"].get<int>();
  const double share = pair["offer_count"].get<double>() / pair["basket_count"].get<int>();
  const double boost = std::sqrt(-std::log2(share)) * pair["boost"].get<double>();
  EXPECT_NE(pair["boost"], 1);
  EXPECT_NEAR(rule["offers"][0]["score"].get<double>(), 1 - std::pow(1 - confidence, boost), 2e-6);
}

TEST_F(ReviewTest, TheTableOfDecisionsGoesOutAndComesBack) {
  const Json before = review({"--write-decisions", path("d.csv")});
  std::ifstream file(path("d.csv"));
  std::string text, line;
  std::getline(file, text);
  std::size_t lines = 0;
  while (std::getline(file, line)) {
    ++lines;
    const std::size_t decision = line.find(',', line.find(',') + 1) + 1;
    text += "\n" + line.insert(decision, lines == 1 ? "reject" : lines == 2 ? "accept" : "");
  }
  EXPECT_EQ(lines, before["pairs"].get<std::size_t>());
  const Json json = review({"--decisions", write("back.csv", text + "\n")});
  EXPECT_EQ(json["rejected"], 1);
  EXPECT_EQ(json["accepted"], 1);
  EXPECT_EQ(json["bad_lines"].size(), 0u);
}

TEST_F(ReviewTest, AsksAtTheTerminal) {
  std::istringstream answers("a\nr\ns\ne\nHow about {offer}?\nq\n");
  std::streambuf* const before = std::cin.rdbuf(answers.rdbuf());
  const Result result = run({"review", path("m.json"), "--ask", "--json"});
  std::cin.rdbuf(before);
  EXPECT_EQ(result.json()["accepted"], 1);
  EXPECT_EQ(result.json()["rejected"], 1);
  EXPECT_EQ(result.json()["edited"], 1);
  EXPECT_EQ(result.json()["decided_now"], 3);
}

TEST_F(ReviewTest, WantsAPairAndARulesFile) {
  EXPECT_EQ(run({"review", path("m.json"), "--accept", "nonsense"}).code, kExitUsage);
  EXPECT_EQ(run({"review", write("x.json", "[]")}).code, kExitFailed);
}

}  // namespace
}  // namespace xsell::hq
