#include <gmock/gmock.h>

#include "hq/fleet_store.h"
#include "hq/silence_store.h"
#include "tests/hq/hq_fixture.h"

namespace xsell::hq {
namespace {

using testing::HasSubstr;

class SilenceTest : public HqTest {
 protected:
  void SetUp() override {
    HqTest::SetUp();
    init();
    store_ = std::make_unique<HqStore>(database_path());
    enrol("d1", "0217");
    enrol("d2", "0218");
  }

  void enrol(const std::string& device, const std::string& store) {
    FleetStore fleet(*store_);
    fleet.add_lane(store, "1");
    const std::string secret = fleet.add_enrolment(store, "1", "admin", 1000, 2000);
    NewDevice made;
    made.device = device;
    made.token = "token-" + device;
    made.public_key = std::string(31, 'k') + device.back();
    ASSERT_EQ(fleet.enrol(secret, made, 1500), FleetStore::Enrolment::kDone);
  }

  void record(const std::string& device, const std::string& silence) {
    const rules::JsonDocument document = rules::read_json(silence);
    ASSERT_FALSE(document.error) << silence;
    SilenceStore(*store_).record(device, document.value, 1500);
  }

  // "r1 in_basket 3 of 2 lanes", the highest counts first.
  std::vector<std::string> sums(const SilenceFilter& filter = {}) {
    std::vector<std::string> out;
    for (const SilenceRow& row : SilenceStore(*store_).sums(filter)) {
      out.push_back(row.rule + " " + row.reason + " " + std::to_string(row.count) + " of " +
                    std::to_string(row.lanes));
    }
    return out;
  }

  std::unique_ptr<HqStore> store_;
};

TEST_F(SilenceTest, AddsUpLanesAndUsesAndTakesAReportThatComesTwiceOnce) {
  const std::string report = R"([{"id":11,"version":3,"rows":[["r1","in_basket",4]]}])";
  record("d1", report);
  record("d1", report);
  record("d1", R"([{"id":11,"version":3,"rows":[["r1","in_basket",6],["r2","muted",1]]}])");
  record("d1", R"([{"id":11,"version":3,"rows":[["r1","in_basket",5]]}])");  // an older one, late
  record("d1", R"([{"id":12,"version":3,"rows":[["r1","in_basket",1]]}])");  // after a restart
  record("d2", R"([{"id":11,"version":3,"rows":[["r1","in_basket",10]]}])");
  EXPECT_THAT(sums(), testing::ElementsAre("r1 in_basket 17 of 2", "r2 muted 1 of 1"));
  EXPECT_THAT(sums({.store = "0218"}), testing::ElementsAre("r1 in_basket 10 of 1"));
  EXPECT_THAT(sums({.rule = "r2"}), testing::ElementsAre("r2 muted 1 of 1"));
  EXPECT_THAT(sums({.version = 4}), testing::IsEmpty());
}

TEST_F(SilenceTest, PassesOverWhatIsNoCount) {
  for (
      const char* report :
      {"{}", "[1]", R"([{"id":1}])", R"([{"id":-1,"version":1,"rows":[["r","x",1]]}])",
       R"([{"id":1,"version":1,"rows":[1,["r"],["r","x","1"],["r","",1],["r","x",-1],[1,"x",1]]}])"}) {
    record("d1", report);
  }
  record("d1", R"([{"id":1,"version":1,"rows":[[")" + std::string(70, 'r') + R"(","x",1]]}])");
  EXPECT_THAT(sums(), testing::IsEmpty());
  std::string many = R"([{"id":1,"version":1,"rows":[)";
  for (std::size_t i = 0; i < kMaxSilenceRows + 5; ++i) {
    many += std::string(i == 0 ? "" : ",") + R"(["r)" + std::to_string(i) + R"(","muted",1])";
  }
  record("d1", many + "]}]");
  EXPECT_EQ(sums().size(), kMaxSilenceRows);
}

TEST_F(SilenceTest, IsShownByRuleReasonAndRelease) {
  EXPECT_THAT(run({"silence"}).out, HasSubstr("No lane has told of silence"));
  record("d1", R"([{"id":1,"version":3,"rows":[["pasta-sauce","cool_down",12],["","time",2]]}])");
  const Result shown = run({"silence"});
  EXPECT_EQ(shown.code, kExitOk);
  EXPECT_THAT(shown.out, HasSubstr("pasta-sauce    cool_down        3     12      1"));
  EXPECT_THAT(shown.out, HasSubstr("(other rules)  time"));
  const Json json = run({"silence", "--rule", "pasta-sauce", "--json"}).json();
  ASSERT_EQ(json["silence"].size(), 1);
  EXPECT_EQ(json["silence"][0]["count"], 12);
  use_token("wrong");
  EXPECT_EQ(run({"silence"}).code, kExitNotAllowed);
}

}  // namespace
}  // namespace xsell::hq
