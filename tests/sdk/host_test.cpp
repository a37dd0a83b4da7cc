#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <xsell/host.hpp>

#include "tests/sdk/fake_plugin.h"

namespace {

class Host : public testing::Test {
 protected:
  void SetUp() override {
    fake::log() = {};
    clocks_.monotonic_ns = [this] { return now_ns_; };
    clocks_.local_time_s = [] { return std::int64_t{1322734500}; };
    xsell::HostOptions options;
    options.name = "test till";
    lane_ = xsell::Lane::create(fake::entry(), std::move(options), error_, clocks_);
    ASSERT_NE(lane_, nullptr) << error_;
  }

  const fake::Received& last() const { return fake::log().events.back(); }

  xsell::Line tea() {
    xsell::Line line;
    line.line = 1;
    line.item = "TEA";
    line.unit_price_minor = 199;
    return line;
  }

  std::uint64_t now_ns_ = 5000;
  xsell::Clocks clocks_;
  std::string error_;
  std::unique_ptr<xsell::Lane> lane_;
};

TEST_F(Host, TellsWhoItIsAndStarts) {
  EXPECT_EQ(fake::log().host_name, "test till");
  EXPECT_EQ(lane_->library_version(), "0.0.0-fake");
  EXPECT_EQ(fake::log().calls, (std::vector<std::string>{"create", "start"}));
}

TEST_F(Host, StopsAndDestroysInOrder) {
  lane_.reset();
  EXPECT_EQ(fake::log().calls, (std::vector<std::string>{"create", "start", "stop", "destroy"}));
}

TEST_F(Host, FillsHeaders) {
  lane_->begin_transaction(42, {});
  lane_->line_added(tea(), XSELL_PHASE_ABOUT_TO_HAPPEN);
  const auto& event = last().as<xsell_event_line>();
  EXPECT_EQ(event.header.struct_size, sizeof(xsell_event_line));
  EXPECT_EQ(event.header.kind, XSELL_EVENT_LINE_ADDED);
  EXPECT_EQ(event.header.transaction, 42u);
  EXPECT_EQ(event.header.sequence, 2u);
  EXPECT_EQ(event.header.monotonic_ns, 5000u);
  EXPECT_EQ(event.header.local_time_s, 1322734500);
  EXPECT_EQ(event.header.phase, XSELL_PHASE_ABOUT_TO_HAPPEN);
  EXPECT_EQ(event.line.struct_size, sizeof(xsell_line));
  EXPECT_EQ(event.line.flags, static_cast<std::uint32_t>(XSELL_LINE_PRICE_KNOWN));
  EXPECT_EQ(event.line.unit_price_minor, 199);
}

TEST_F(Host, ReadsPrompts) {
  lane_->begin_transaction(1, {});
  const xsell::Answer& answer = lane_->line_added(tea());
  ASSERT_EQ(answer.size(), 1u);
  const xsell::Prompt prompt = answer[0];
  EXPECT_EQ(prompt.item(), "MUG");
  EXPECT_EQ(prompt.operator_text(), "A mug with the tea?");
  EXPECT_EQ(prompt.price_minor(), 250);
  EXPECT_EQ(prompt.stock_milli(), std::nullopt);
  int seen = 0;
  for (const xsell::Prompt each : answer) seen += each.id() == prompt.id() ? 1 : 0;
  EXPECT_EQ(seen, 1);
}

TEST_F(Host, SeesAPromptWithdrawn) {
  lane_->begin_transaction(1, {});
  lane_->line_added(tea());
  EXPECT_TRUE(lane_->line_voided(1).empty());
}

TEST_F(Host, CarriesTheTransactionUntilItEnds) {
  lane_->begin_transaction(7, {});
  lane_->subtotal(0);
  EXPECT_EQ(last().header().transaction, 7u);
  lane_->finalise_transaction(0, {});
  EXPECT_EQ(last().header().transaction, 7u);
  lane_->idle();
  EXPECT_EQ(last().header().transaction, 0u);
}

TEST_F(Host, NamesAStaleEvent) {
  lane_->begin_transaction(1, {});
  lane_->line_added(tea());
  auto event = last().as<xsell_event_line>();
  EXPECT_EQ(lane_->send(event.header).status(), XSELL_ERROR_STALE_SEQUENCE);
  EXPECT_STREQ(xsell::status_name(XSELL_ERROR_STALE_SEQUENCE), "stale_sequence");
}

TEST_F(Host, SendsEachEventUnderItsKind) {
  const auto kind = [&] { return static_cast<int>(last().header().kind); };
  lane_->operator_sign_on({"hash", "cashier", "de", 0});
  EXPECT_EQ(kind(), XSELL_EVENT_OPERATOR_SIGN_ON);
  lane_->shift_open("2026-11-23");
  EXPECT_EQ(kind(), XSELL_EVENT_SHIFT_OPEN);
  lane_->begin_transaction(1, {});
  EXPECT_EQ(kind(), XSELL_EVENT_TRANSACTION_BEGIN);
  lane_->customer_identified({"c1", {"family", "local"}, XSELL_CUSTOMER_CONSENT_PERSONAL, 18});
  EXPECT_EQ(kind(), XSELL_EVENT_CUSTOMER_IDENTIFIED);
  EXPECT_EQ(last().as<xsell_event_customer>().segments.count, 2u);
  lane_->customer_cleared();
  EXPECT_EQ(kind(), XSELL_EVENT_CUSTOMER_CLEARED);
  lane_->quantity_changed(1, 1000, 2000);
  EXPECT_EQ(kind(), XSELL_EVENT_QUANTITY_CHANGED);
  lane_->price_overridden(1, 100);
  EXPECT_EQ(kind(), XSELL_EVENT_PRICE_OVERRIDDEN);
  xsell::Promotion promotion;
  promotion.promotion = "P-1";
  promotion.near_misses.push_back({"P-2", {"A", "B"}, 1, 0, 50});
  lane_->promotion_applied(promotion);
  EXPECT_EQ(kind(), XSELL_EVENT_PROMOTION_APPLIED);
  EXPECT_EQ(last().as<xsell_event_promotion>().near_misses.stride, sizeof(xsell_near_miss));
  lane_->coupon_applied({});
  EXPECT_EQ(kind(), XSELL_EVENT_COUPON_APPLIED);
  lane_->item_inquiry("TEA");
  EXPECT_EQ(kind(), XSELL_EVENT_ITEM_INQUIRY);
  lane_->stock_changed("TEA", 3000);
  EXPECT_EQ(kind(), XSELL_EVENT_STOCK_CHANGED);
  lane_->lane_load(3, std::nullopt);
  EXPECT_EQ(kind(), XSELL_EVENT_LANE_LOAD);
  EXPECT_EQ(last().as<xsell_event_lane_load>().flags,
            static_cast<std::uint32_t>(XSELL_LANE_LOAD_QUEUE_LENGTH));
  lane_->subtotal(100);
  EXPECT_EQ(kind(), XSELL_EVENT_SUBTOTAL);
  lane_->tender_begin(100);
  EXPECT_EQ(kind(), XSELL_EVENT_TENDER_BEGIN);
  lane_->tender_voided(100);
  EXPECT_EQ(kind(), XSELL_EVENT_TENDER_VOIDED);
  lane_->return_line(tea());
  EXPECT_EQ(kind(), XSELL_EVENT_RETURN_LINE);
  lane_->suspend_transaction();
  EXPECT_EQ(kind(), XSELL_EVENT_TRANSACTION_SUSPENDED);
  lane_->recall_transaction(1, {}, {tea()});
  EXPECT_EQ(kind(), XSELL_EVENT_TRANSACTION_RECALLED);
  EXPECT_EQ(last().as<xsell_event_transaction_recalled>().lines.count, 1u);
  lane_->prompt_shown(1);
  EXPECT_EQ(kind(), XSELL_EVENT_PROMPT_SHOWN);
  lane_->prompt_accepted(1, 2);
  EXPECT_EQ(kind(), XSELL_EVENT_PROMPT_ACCEPTED);
  lane_->prompt_declined(1, XSELL_DECLINE_TOO_DEAR);
  EXPECT_EQ(last().as<xsell_event_prompt>().decline_reason,
            static_cast<std::uint32_t>(XSELL_DECLINE_TOO_DEAR));
  lane_->prompt_expired(1);
  EXPECT_EQ(kind(), XSELL_EVENT_PROMPT_EXPIRED);
  lane_->void_transaction();
  EXPECT_EQ(kind(), XSELL_EVENT_TRANSACTION_VOIDED);
  lane_->post_void({});
  EXPECT_EQ(kind(), XSELL_EVENT_POST_VOID);
  lane_->connectivity(false);
  EXPECT_EQ(kind(), XSELL_EVENT_CONNECTIVITY);
  lane_->snooze(std::chrono::minutes(5));
  EXPECT_EQ(last().as<xsell_event_snooze>().duration_s, 300u);
  lane_->shift_close("2026-11-23");
  EXPECT_EQ(kind(), XSELL_EVENT_SHIFT_CLOSE);
  lane_->operator_sign_off({"hash", "", "", 0});
  EXPECT_EQ(kind(), XSELL_EVENT_OPERATOR_SIGN_OFF);
}

TEST_F(Host, ReadsHealth) {
  lane_->idle();
  EXPECT_EQ(lane_->health().events, 1u);
  EXPECT_EQ(lane_->health().state, static_cast<std::uint32_t>(XSELL_HEALTH_READY));
}

TEST(HostLoading, LoadsASharedLibrary) {
  std::string error;
  const auto lane = xsell::Lane::open(XSELL_FAKE_PLUGIN, {}, error);
  ASSERT_NE(lane, nullptr) << error;
  lane->begin_transaction(1, {});
  xsell::Line line;
  line.line = 1;
  line.item = "PASTA";
  EXPECT_EQ(lane->line_added(line).size(), 2u);
}

TEST(HostLoading, SaysWhatIsMissing) {
  std::string error;
  EXPECT_EQ(xsell::Lane::open("/nowhere/xsell.so", {}, error), nullptr);
  EXPECT_NE(error.find("/nowhere/xsell.so"), std::string::npos) << error;
}

TEST(HostLoading, RefusesALibraryThatIsNoPlugin) {
  std::string error;
  EXPECT_EQ(xsell::Lane::open("libm.so.6", {}, error), nullptr);
  EXPECT_NE(error.find("does not export xsell_get_entry"), std::string::npos) << error;
}

}  // namespace
