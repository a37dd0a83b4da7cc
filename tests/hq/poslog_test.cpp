#include <gmock/gmock.h>

#include "tests/hq/hq_fixture.h"
#include "tests/hq/stored_baskets.h"

namespace xsell::hq {
namespace {

using ::testing::HasSubstr;

std::string line_item(const std::string& content, const std::string& attributes = "") {
  return "<LineItem" + attributes + ">" + content + "</LineItem>\n";
}

std::string sale(const std::string& item, const std::string& more = "") {
  return "<Sale ItemType=\"Stock\"><POSIdentity><POSItemID>" + item +
         "</POSItemID></POSIdentity><ItemID>own-" + item + "</ItemID>" + more + "</Sale>";
}

std::string transaction(const std::string& number, const std::string& content,
                        const std::string& attributes = "",
                        const std::string& status = "TransactionStatus=\"Delivered\"") {
  return "<Transaction" + attributes +
         "><RetailStoreID>S1</RetailStoreID><WorkstationID>3</WorkstationID><SequenceNumber>" +
         number +
         "</SequenceNumber><BusinessDayDate>2026-03-01</BusinessDayDate>"
         "<BeginDateTime>2026-03-01T10:00:00</BeginDateTime>\n<RetailTransaction " +
         status + ">\n" + content + "</RetailTransaction></Transaction>\n";
}

std::string poslog(const std::string& content) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<POSLog xmlns=\"http://www.nrf-arts.org/IXRetail/namespace/\">\n" +
         content + "</POSLog>\n";
}

class PoslogTest : public HqTest {
 protected:
  void SetUp() override {
    HqTest::SetUp();
    init();
  }
  std::string stored_baskets() {
    return hq::stored_baskets(database_path(), "b.local_time_s % 86400");
  }
  Result import(const std::string& xml, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"import", "baskets", write("log.xml", xml), "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
};

TEST_F(PoslogTest, SalesReturnsPricesAndTheCustomerComeIn) {
  const Result result = import(poslog(
      transaction("17", line_item("<SequenceNumber>1</SequenceNumber>" +
                                  sale("4711",
                                       "<Quantity>2</Quantity><ActualSalesUnitPrice>1.50"
                                       "</ActualSalesUnitPrice><RegularSalesUnitPrice>1.99"
                                       "</RegularSalesUnitPrice>")) +
                            line_item("<Return><POSIdentity><POSItemID>12</POSItemID></POSIdentity>"
                                      "<Quantity>1</Quantity></Return>") +
                            line_item("<Tender TenderType=\"Cash\"><Amount>9</Amount></Tender>") +
                            "<Customer><CustomerID>c&amp;7</CustomerID></Customer>")));
  ASSERT_EQ(result.code, kExitOk) << result.err;
  EXPECT_EQ(result.json()["bad_lines"], 0);
  EXPECT_EQ(stored_baskets(),
            "S1 2026-03-01/3/17 36000 c&7 4711 2000 150\n"
            "S1 2026-03-01/3/17 36000 c&7 12 -1000 -1\n");
}

TEST_F(PoslogTest, TheRetailersOwnNumbersCanBeChosen) {
  ASSERT_EQ(import(poslog(transaction("1", line_item(sale("A")))), {"--map", "item=ItemID"}).code,
            kExitOk);
  EXPECT_EQ(stored_baskets(), "S1 2026-03-01/3/1 36000  own-A 1000 -1\n");
  EXPECT_EQ(import(poslog(""), {"--map", "item=Colour"}).code, kExitUsage);
}

TEST_F(PoslogTest, WhatWasVoidedCancelledOrTrainedIsLeftOut) {
  const std::string item = line_item(sale("X"));
  const std::string log = poslog(
      transaction("1", item, " CancelFlag=\"true\"") +
      transaction("2", item, " TrainingModeFlag=\"true\"") +
      transaction("3", item, "", "TransactionStatus=\"Voided\"") +
      transaction("4", item, "", "TransactionStatus=\"Suspended\"") +
      transaction("5", line_item("<SequenceNumber>1</SequenceNumber>" + sale("gone")) +
                           line_item(sale("too"), " VoidFlag=\"true\"") +
                           line_item("<SequenceNumber>3</SequenceNumber><VoidsLineItem>1"
                                     "</VoidsLineItem>") +
                           line_item("<Sale ItemType=\"Deposit\"><ItemID>bottle</ItemID></Sale>") +
                           line_item(sale("kept"))) +
      "<Transaction><SequenceNumber>6</SequenceNumber><ControlTransaction/></Transaction>");
  const Result result = import(log);
  ASSERT_EQ(result.code, kExitOk) << result.err;
  EXPECT_EQ(result.json()["bad_lines"], 0);
  EXPECT_EQ(stored_baskets(), "S1 2026-03-01/3/5 36000  kept 1000 -1\n");
}

TEST_F(PoslogTest, ALaterPostVoidTakesABasketBack) {
  const std::string link =
      "<TransactionLink ReasonCode=\"PostVoid\"><RetailStoreID>S1</RetailStoreID>"
      "<WorkstationID>3</WorkstationID><SequenceNumber>1</SequenceNumber>"
      "<BusinessDayDate>2026-03-01</BusinessDayDate></TransactionLink>";
  const std::string unknown =
      "<TransactionLink ReasonCode=\"PostVoid\"><SequenceNumber>99</SequenceNumber>"
      "</TransactionLink>";
  const Result result = import(
      poslog(transaction("1", line_item(sale("A"))) + transaction("2", line_item(sale("B"))) +
             transaction("3", link + line_item(sale("A"))) + transaction("4", unknown)));
  ASSERT_EQ(result.code, kExitOk) << result.err;
  EXPECT_EQ(result.json()["void_baskets"], 1);
  EXPECT_EQ(result.json()["bad"][0]["reason"], "it voids a transaction that is not there");
  EXPECT_EQ(stored_baskets(), "S1 2026-03-01/3/2 36000  B 1000 -1\n");
}

TEST_F(PoslogTest, PrefixesAndBusinessUnitsOfNewerVersionsAreRead) {
  const std::string log =
      "<p:POSLog xmlns:p=\"http://www.omg.org/retail/POSLog\"><p:Transaction><p:BusinessUnit>"
      "<p:UnitID>77</p:UnitID></p:BusinessUnit><p:WorkstationID>1</p:WorkstationID>"
      "<p:SequenceNumber>8</p:SequenceNumber><p:EndDateTime>2026-03-01T00:00:05</p:EndDateTime>"
      "<p:BusinessDayDate>2026-03-01</p:BusinessDayDate><p:RetailTransaction><p:LineItem><p:Sale>"
      "<p:ItemID>A</p:ItemID></p:Sale></p:LineItem></p:RetailTransaction></p:Transaction>"
      "</p:POSLog>";
  ASSERT_EQ(import(log).code, kExitOk);
  EXPECT_EQ(stored_baskets(), "77 2026-03-01/1/8 5  A 1000 -1\n");
}

TEST_F(PoslogTest, BadLinesAreShownWithTheirPlaceAndBrokenXmlKeepsWhatCameBefore) {
  const std::string log = poslog(
      transaction("1", line_item(sale("A", "<Quantity>many</Quantity>")) + line_item(sale("B"))) +
      transaction("", line_item(sale("A"))) + "<Transaction><RetailTransaction></Sale>");
  const Result result = import(log);
  EXPECT_EQ(result.code, kExitOk);
  EXPECT_EQ(result.json()["bad_lines"], 3);
  const std::string bad = result.json()["bad"].dump();
  EXPECT_THAT(bad, HasSubstr("the quantity is no number"));
  EXPECT_THAT(bad, HasSubstr("no SequenceNumber"));
  EXPECT_THAT(bad, HasSubstr("the XML can't be read from here on"));
  EXPECT_THAT(bad, HasSubstr("mismatched tag"));
  EXPECT_THAT(bad, HasSubstr("\"line\":5"));
  EXPECT_EQ(stored_baskets(), "S1 2026-03-01/3/1 36000  B 1000 -1\n");
}

TEST_F(PoslogTest, NothingOutsideTheFileIsReadAndNothingGrows) {
  write("secret.txt", "secret");
  const std::string outside = "<!DOCTYPE POSLog [<!ENTITY x SYSTEM \"" + path("secret.txt") +
                              "\">]><POSLog>" + transaction("1", line_item(sale("&x;"))) +
                              "</POSLog>";
  const Result result = import(outside);
  EXPECT_THAT(result.json()["bad"].dump(), HasSubstr("a document type is not allowed"));
  EXPECT_EQ(stored_baskets(), "");
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  EXPECT_THAT(import(deep).json()["bad"].dump(), HasSubstr("nested too deep"));
  std::string many;
  for (int i = 0; i < 10'001; ++i) many += line_item(sale("A"));
  EXPECT_THAT(import(poslog(transaction("1", many))).json()["bad"].dump(),
              HasSubstr("too many lines"));
}

}  // namespace
}  // namespace xsell::hq
