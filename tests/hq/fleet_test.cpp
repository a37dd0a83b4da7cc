#include <gmock/gmock.h>

#include "hq/fleet_store.h"
#include "tests/hq/hq_fixture.h"

namespace xsell::hq {
namespace {

using ::testing::HasSubstr;
using Enrolment = FleetStore::Enrolment;

class FleetTest : public HqTest {
 protected:
  void SetUp() override {
    HqTest::SetUp();
    init();
    store_ = std::make_unique<HqStore>(database_path());
    fleet_ = std::make_unique<FleetStore>(*store_);
    fleet_->add_lane("0217", "1");
  }
  std::string secret(std::int64_t expires_at_s = 2000) {
    return fleet_->add_enrolment("0217", "1", "admin", 1000, expires_at_s);
  }
  static NewDevice device(const std::string& name) {
    NewDevice made;
    made.device = name;
    made.token = "token-" + name;
    made.public_key = std::string(32, name[0]);
    return made;
  }
  std::unique_ptr<HqStore> store_;
  std::unique_ptr<FleetStore> fleet_;
};

TEST_F(FleetTest, ASecretEnrolsOneDeviceInTime) {
  const std::string once = secret();
  EXPECT_EQ(fleet_->lane_of_secret(once)->lane, "1");
  EXPECT_EQ(fleet_->enrol(once, device("a"), 1500), Enrolment::kDone);
  EXPECT_EQ(fleet_->enrol(once, device("b"), 1500), Enrolment::kUsed);
  EXPECT_FALSE(fleet_->lane_of_secret(once));
  EXPECT_EQ(fleet_->enrol("guess", device("b"), 1500), Enrolment::kUnknownSecret);
  EXPECT_EQ(fleet_->enrol(secret(1600), device("b"), 1600), Enrolment::kExpired);
  EXPECT_EQ(fleet_->enrol(secret(), device("a"), 1500), Enrolment::kKeyInUse);
  ASSERT_EQ(fleet_->devices().size(), 1u);
  EXPECT_EQ(fleet_->find_by_token("token-a")->public_key, std::string(32, 'a'));
  EXPECT_FALSE(fleet_->find_by_token("token-b"));
}

TEST_F(FleetTest, NoSecretForALaneNobodyKnows) {
  EXPECT_THROW(fleet_->add_enrolment("0217", "99", "admin", 1, 2), Refused);
}

TEST_F(FleetTest, StatusShowsVersionHealthAndWhoIsBehind) {
  fleet_->enrol(secret(), device("a"), 1500);
  fleet_->enrol(secret(), device("b"), 1500);
  write("items.csv", "item,name,price,category\nA,Camera,199.00,\nB,Tripod,29.00,\n");
  ASSERT_EQ(run({"import", "items", path("items.csv"), "--currency", "EUR"}).code, kExitOk);
  write("rules.json", R"({"schema":"xsell.rules/1","rules":[{"rule_id":"r1",
      "relation":"accessory","condition":{"basket_has":{"items":["A"]}},"offers":[{"items":["B"]}],
      "prompt":{"operator_text":{"en":"A tripod?"},"reason":{"en":"Steady"}}}]})");
  ASSERT_EQ(run({"publish", path("rules.json"), "--reason", "test"}).code, kExitOk);
  ASSERT_EQ(run({"publish", path("rules.json"), "--reason", "again"}).code, kExitOk);
  fleet_->record_health("a", 2, "0.1.0", R"({"state":"ready"})", now_s_ - 30);
  fleet_->revoke("b", 1600);
  const Json json = run({"status", "--json"}).json();
  EXPECT_EQ(json["published_version"], 2);
  EXPECT_EQ(json["behind"], 0);
  EXPECT_EQ(json["lanes"][0]["state"], "ready");
  EXPECT_EQ(json["lanes"][1]["state"], "revoked");
  EXPECT_THAT(run({"status"}).out, HasSubstr("30 s ago"));
  fleet_->record_health("a", 1, "0.1.0", "{}", now_s_);
  EXPECT_EQ(run({"status", "--json"}).json()["behind"], 1);
}

}  // namespace
}  // namespace xsell::hq
