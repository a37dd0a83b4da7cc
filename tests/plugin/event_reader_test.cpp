#include "plugin/event_reader.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace xsell::plugin {
namespace {

template <typename T>
T event_of(uint16_t kind) {
  T event;
  std::memset(&event, 0, sizeof event);
  xsell_event_init(&event.header, sizeof event, kind);
  return event;
}

xsell_event_line line_event(const char* item) {
  auto event = event_of<xsell_event_line>(XSELL_EVENT_LINE_ADDED);
  event.line.struct_size = sizeof event.line;
  event.line.line = 7;
  event.line.item = xsell_str_from(item);
  event.line.quantity_milli = 2000;
  return event;
}

class EventReaderTest : public testing::Test {
 protected:
  EventReader reader_;
  rules::Event event_;
};

TEST_F(EventReaderTest, ReadsALine) {
  auto told = line_event("4006381333931");
  told.header.transaction = 5;
  told.header.sequence = 9;
  told.header.phase = XSELL_PHASE_ABOUT_TO_HAPPEN;
  told.line.flags = XSELL_LINE_PRICE_KNOWN;
  told.line.unit_price_minor = 199;
  told.line.entry_method = XSELL_ENTRY_TOUCHED;
  ASSERT_EQ(reader_.read(&told.header, event_), XSELL_OK);
  EXPECT_EQ(event_.kind, rules::EventKind::kLineAdded);
  EXPECT_EQ(event_.transaction, 5u);
  EXPECT_EQ(event_.sequence, 9u);
  EXPECT_EQ(event_.phase, rules::EventPhase::kAboutToHappen);
  EXPECT_EQ(event_.line.line, 7u);
  EXPECT_EQ(event_.line.item, "4006381333931");
  EXPECT_EQ(event_.line.quantity_milli, 2000);
  EXPECT_TRUE(event_.line.has_price);
  EXPECT_FALSE(event_.line.has_amount);
  EXPECT_EQ(event_.line.entry_method, rules::EntryMethod::kTouched);
}

TEST_F(EventReaderTest, TakesTheScanWhenThereIsNoItem) {
  auto told = line_event("");
  told.line.raw_scan = xsell_str_from("20000017");
  ASSERT_EQ(reader_.read(&told.header, event_), XSELL_OK);
  EXPECT_EQ(event_.line.item, "20000017");
}

TEST_F(EventReaderTest, TakesAScanApartAndLetsTheTillsOwnFiguresWin) {
  rules::ScanLayouts layouts;
  ASSERT_TRUE(layouts.add("29IIIIIWWWWWC"));
  EventReader reader(layouts);
  auto told = line_event("");
  told.line.raw_scan = xsell_str_from("]e001095060001343523103000195");
  told.line.quantity_milli = 0;
  ASSERT_EQ(reader.read(&told.header, event_), XSELL_OK);
  EXPECT_EQ(event_.line.item, "09506000134352");
  EXPECT_EQ(event_.line.quantity_milli, 195);
  told.line.quantity_milli = 250;
  ASSERT_EQ(reader.read(&told.header, event_), XSELL_OK);
  EXPECT_EQ(event_.line.quantity_milli, 250);
  told.line.raw_scan = xsell_str_from("2912345006785");
  told.line.quantity_milli = 0;
  ASSERT_EQ(reader.read(&told.header, event_), XSELL_OK);
  EXPECT_EQ(event_.line.item, "2912345000004");
  EXPECT_EQ(event_.line.quantity_milli, 678);
  told.line.raw_scan = xsell_str_from("]C10109506000134353");
  EXPECT_EQ(reader.read(&told.header, event_), XSELL_ERROR_TEXT);
  told.line.item = xsell_str_from("123");
  ASSERT_EQ(reader.read(&told.header, event_), XSELL_OK) << "the till knows better";
  EXPECT_EQ(event_.line.item, "123");
}

TEST_F(EventReaderTest, KeepsTheItemsOfAWholeListOfScans) {
  std::vector<xsell_line> lines(40, line_event("").line);
  std::vector<std::string> scans;
  for (std::size_t i = 0; i < lines.size(); ++i) scans.push_back("code-" + std::to_string(i));
  for (std::size_t i = 0; i < lines.size(); ++i)
    lines[i].raw_scan = {scans[i].data(), scans[i].size()};
  auto told = event_of<xsell_event_transaction_finalised>(XSELL_EVENT_TRANSACTION_FINALISED);
  told.lines = {lines.data(), static_cast<uint32_t>(lines.size()), sizeof lines[0]};
  ASSERT_EQ(reader_.read(&told.header, event_), XSELL_OK);
  for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_EQ(event_.lines[i].item, scans[i]);
}

TEST_F(EventReaderTest, UnknownKindsAndSpacesAreIgnored) {
  auto told = event_of<xsell_event_amount>(999);
  EXPECT_EQ(reader_.read(&told.header, event_), XSELL_OK);
  EXPECT_EQ(event_.kind, rules::EventKind::kNone);
  auto other = line_event("1");
  other.header.space = 3;
  EXPECT_EQ(reader_.read(&other.header, event_), XSELL_OK);
  EXPECT_EQ(event_.kind, rules::EventKind::kNone);
}

TEST_F(EventReaderTest, SmallerStructsAreRefusedAndLargerOnesRead) {
  auto told = line_event("1");
  told.header.struct_size = sizeof told - 8;
  EXPECT_EQ(reader_.read(&told.header, event_), XSELL_ERROR_STRUCT_SIZE);
  told.header.struct_size = 4;
  EXPECT_EQ(reader_.read(&told.header, event_), XSELL_ERROR_STRUCT_SIZE);
  EXPECT_EQ(reader_.read(nullptr, event_), XSELL_ERROR_ARGUMENT);

  struct LaterEvent {
    xsell_event_line known;
    uint64_t appended = ~uint64_t{0};
  } later{line_event("1")};
  later.known.header.struct_size = sizeof later;
  later.known.line.struct_size = sizeof(xsell_line) + 8;
  EXPECT_EQ(reader_.read(&later.known.header, event_), XSELL_OK);
  EXPECT_EQ(event_.line.item, "1");
}

TEST_F(EventReaderTest, AForgottenLineSizeIsRefused) {
  auto told = line_event("1");
  told.line.struct_size = 0;
  EXPECT_EQ(reader_.read(&told.header, event_), XSELL_ERROR_STRUCT_SIZE);
}

TEST_F(EventReaderTest, TextsAreChecked) {
  auto told = line_event("\xc3\x28");
  EXPECT_EQ(reader_.read(&told.header, event_), XSELL_ERROR_TEXT);
  told.line.item = {nullptr, 4};
  EXPECT_EQ(reader_.read(&told.header, event_), XSELL_ERROR_ARGUMENT);
  const std::string endless(EventReader::kMaxTextBytes + 1, 'x');
  told.line.item = {endless.data(), endless.size()};
  EXPECT_EQ(reader_.read(&told.header, event_), XSELL_ERROR_TEXT);
}

TEST_F(EventReaderTest, ReadsListsByTheirStride) {
  struct LaterLine {
    xsell_line known;
    uint64_t appended;
  };
  LaterLine lines[2] = {};
  for (int i = 0; i < 2; ++i) {
    lines[i].known.struct_size = sizeof(LaterLine);
    lines[i].known.line = static_cast<uint64_t>(i + 1);
    lines[i].known.item = xsell_str_from(i == 0 ? "first" : "second");
  }
  auto told = event_of<xsell_event_transaction_finalised>(XSELL_EVENT_TRANSACTION_FINALISED);
  told.total_minor = 500;
  told.lines = {lines, 2, sizeof(LaterLine)};
  ASSERT_EQ(reader_.read(&told.header, event_), XSELL_OK);
  ASSERT_EQ(event_.lines.size(), 2u);
  EXPECT_TRUE(event_.has_lines);
  EXPECT_EQ(event_.lines[1].item, "second");
  EXPECT_EQ(event_.amount_minor, 500);

  told.lines.stride = 8;
  EXPECT_EQ(reader_.read(&told.header, event_), XSELL_ERROR_STRUCT_SIZE);
  told.lines = {nullptr, 2, sizeof(LaterLine)};
  EXPECT_EQ(reader_.read(&told.header, event_), XSELL_ERROR_ARGUMENT);
  told.lines = {lines, EventReader::kMaxLines + 1, sizeof(LaterLine)};
  EXPECT_EQ(reader_.read(&told.header, event_), XSELL_ERROR_BASKET_FULL);
}

TEST_F(EventReaderTest, ReadsCustomerSegments) {
  const xsell_str segments[] = {xsell_str_from("family"), xsell_str_from("senior")};
  auto told = event_of<xsell_event_customer>(XSELL_EVENT_CUSTOMER_IDENTIFIED);
  told.customer_id = xsell_str_from("c1");
  told.segments = {segments, 2, sizeof(xsell_str)};
  told.flags = XSELL_CUSTOMER_CONSENT_PERSONAL;
  ASSERT_EQ(reader_.read(&told.header, event_), XSELL_OK);
  ASSERT_EQ(event_.segments.size(), 2u);
  EXPECT_EQ(event_.segments[1], "senior");
  EXPECT_TRUE(event_.has_consent);
  EXPECT_FALSE(event_.is_opted_out);
}

TEST_F(EventReaderTest, ReadsWhatACustomerBoughtBefore) {
  xsell_recent_item recent[300] = {};
  for (xsell_recent_item& one : recent) {
    one.struct_size = sizeof one;
    one.item = xsell_str_from("milk");
  }
  recent[1].times = 3;
  recent[1].days_ago = 7;
  auto told = event_of<xsell_event_customer>(XSELL_EVENT_CUSTOMER_IDENTIFIED);
  told.recent_items = {recent, 300, sizeof(xsell_recent_item)};
  told.visits = 4;
  ASSERT_EQ(reader_.read(&told.header, event_), XSELL_OK);
  ASSERT_EQ(event_.recent_items.size(), EventReader::kMaxRecentItems);
  EXPECT_EQ(event_.recent_items[0].times, 1) << "not told";
  EXPECT_EQ(event_.recent_items[1].item, "milk");
  EXPECT_EQ(event_.recent_items[1].times, 3);
  EXPECT_EQ(event_.recent_items[1].days_ago, 7);
  EXPECT_EQ(event_.visits, 4);

  recent[2].item = xsell_str_from("\xff");
  EXPECT_EQ(reader_.read(&told.header, event_), XSELL_ERROR_TEXT);
  recent[2] = recent[0];
  recent[2].struct_size = sizeof(xsell_recent_item) + 8;
  EXPECT_EQ(reader_.read(&told.header, event_), XSELL_ERROR_STRUCT_SIZE);
  told.recent_items = {nullptr, 2, sizeof(xsell_recent_item)};
  EXPECT_EQ(reader_.read(&told.header, event_), XSELL_ERROR_ARGUMENT);
}

// A till that was compiled before the members were appended.
TEST_F(EventReaderTest, ReadsACustomerAsTheFirstReleaseToldIt) {
  auto told = event_of<xsell_event_customer>(XSELL_EVENT_CUSTOMER_IDENTIFIED);
  told.customer_id = xsell_str_from("c1");
  told.recent_items = {nullptr, 77, 1};
  told.header.struct_size = offsetof(xsell_event_customer, recent_items);
  ASSERT_EQ(reader_.read(&told.header, event_), XSELL_OK);
  EXPECT_EQ(event_.customer, "c1");
  EXPECT_TRUE(event_.recent_items.empty());
  told.header.struct_size -= 8;
  EXPECT_EQ(reader_.read(&told.header, event_), XSELL_ERROR_STRUCT_SIZE);
}

TEST_F(EventReaderTest, ReadsTheTransactionKey) {
  auto told = event_of<xsell_event_transaction_begin>(XSELL_EVENT_TRANSACTION_BEGIN);
  told.key.business_unit = xsell_str_from("0217");
  told.key.sequence_number = xsell_str_from("0042");
  told.flags = XSELL_TRANSACTION_TRAINING;
  told.type = 77;
  told.workstation_type = XSELL_WORKSTATION_MOBILE;
  ASSERT_EQ(reader_.read(&told.header, event_), XSELL_OK);
  EXPECT_EQ(event_.key.business_unit, "0217");
  EXPECT_EQ(event_.key.number, 42u);
  EXPECT_TRUE(event_.is_training);
  EXPECT_EQ(event_.transaction_type, rules::TransactionType::kOther);
  EXPECT_EQ(event_.workstation_type, rules::WorkstationType::mobile);
}

}  // namespace
}  // namespace xsell::plugin
