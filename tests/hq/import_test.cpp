#include <gmock/gmock.h>
#include <zstd.h>

#include "hq/catalogue_store.h"
#include "hq/import/basket_import.h"
#include "hq/local_time.h"
#include "tests/hq/hq_fixture.h"
#include "tests/hq/stored_baskets.h"

namespace xsell::hq {
namespace {

using ::testing::HasSubstr;

class ImportTest : public HqTest {
 protected:
  void SetUp() override {
    HqTest::SetUp();
    init();
  }
  std::string stored_baskets() { return hq::stored_baskets(database_path()); }
};

TEST_F(ImportTest, BasketsComeInWithEveryColumn) {
  const std::string file = write("b.csv",
                                 "store,invoice,date,sku,qty,price,customer\n"
                                 "S1,1,1970-01-02,4012345678901,2,1.50,c7\n"
                                 "S1,1,1970-01-02,plu 7,0.345,2.00,c7\n"
                                 "S2,1,1970-01-02,plu 7,-1,2.00,\n");
  const Result result = run({"import", "baskets", file, "--currency", "EUR", "--json"});
  ASSERT_EQ(result.code, kExitOk) << result.err;
  EXPECT_EQ(result.json()["new_baskets"], 2);
  EXPECT_EQ(result.json()["return_lines"], 1);
  EXPECT_EQ(stored_baskets(),
            "S1 1 86400 c7 04012345678901 2000 150\n"
            "S1 1 86400 c7 plu 7 345 200\n"
            "S2 1 86400  plu 7 -1000 200\n");
}

TEST_F(ImportTest, BadLinesAreCountedAndShownAndNeverFatal) {
  const std::string file = write("b.csv",
                                 "basket,time,item,quantity,price\n"
                                 "1,1970-01-02,A,1,1\n"
                                 ",1970-01-02,A,1,1\n"
                                 "2,soon,A,1,1\n"
                                 "3,1970-01-02,,1,1\n"
                                 "4,1970-01-02,A,many,1\n"
                                 "5,1970-01-02,A,1,cheap\n"
                                 "6,1970-01-02,A>B,1,1\n"
                                 "7,1970-01-02,B,1,1\n");
  const Result result = run({"import", "baskets", file});
  EXPECT_EQ(result.code, kExitOk);
  EXPECT_THAT(result.out, HasSubstr("6 bad lines were left out"));
  EXPECT_THAT(result.out, HasSubstr("1 x the quantity is no number"));
  EXPECT_THAT(result.out, HasSubstr("b.csv:4: 2,soon,A,1,1"));
  EXPECT_EQ(stored_baskets(), "all 1 86400  A 1000 100\nall 7 86400  B 1000 100\n");
  EXPECT_EQ(run({"import", "baskets", file, "--strict"}).code, kExitFailed);
}

TEST_F(ImportTest, AFileOfNothingButBadLinesFails) {
  const std::string file = write("b.csv", "basket,time,item\n1,x,A\n2,y,B\n");
  const Result result = run({"import", "baskets", file});
  EXPECT_EQ(result.code, kExitFailed);
  EXPECT_THAT(result.err, HasSubstr("--map"));
}

TEST_F(ImportTest, ImportingAgainChangesNothing) {
  const std::string file =
      write("b.csv", "basket,time,item\n1,1970-01-02,A\n2,1970-01-02,B\n1,1970-01-02,C\n");
  ASSERT_EQ(run({"import", "baskets", file}).code, kExitOk);
  const std::string once = stored_baskets();
  EXPECT_EQ(once, "all 1 86400  A 1000 -1\nall 1 86400  C 1000 -1\nall 2 86400  B 1000 -1\n");
  const Result again = run({"import", "baskets", file, "--json"});
  EXPECT_EQ(again.json()["new_baskets"], 0);
  EXPECT_EQ(again.json()["replaced_baskets"], 2);
  EXPECT_EQ(stored_baskets(), once);
}

TEST_F(ImportTest, ACorrectedBasketReplacesTheOldOne) {
  ASSERT_EQ(run({"import", "baskets",
                 write("b.csv", "basket,time,item\n1,1970-01-02,A\n1,1970-01-02,B\n")})
                .code,
            kExitOk);
  ASSERT_EQ(run({"import", "baskets", write("c.csv", "basket,time,item\n1,1970-01-03,C\n")}).code,
            kExitOk);
  EXPECT_EQ(stored_baskets(), "all 1 172800  C 1000 -1\n");
}

// What an interruption leaves behind: whole batches, and the last of them may end inside a basket.
TEST_F(ImportTest, AnInterruptedImportIsMadeWholeByRunningItAgain) {
  std::string text = "basket,time,item\n";
  for (int basket = 0; basket < 300; ++basket) {
    for (int line = 0; line < 3; ++line) {
      text += std::to_string(basket) + ",1970-01-02,I" + std::to_string(basket % 7 + line) + "\n";
    }
  }
  const std::string whole = write("whole.csv", text);
  const std::string part = write("part.csv", text.substr(0, text.find("150,", 2000) + 30));
  ASSERT_EQ(run({"import", "baskets", part}).code, kExitOk);
  ASSERT_EQ(run({"import", "baskets", whole}).code, kExitOk);
  const std::string resumed = stored_baskets();
  std::filesystem::remove_all(folder());
  init();
  ASSERT_EQ(run({"import", "baskets", whole}).code, kExitOk);
  EXPECT_EQ(resumed, stored_baskets());
}

TEST_F(ImportTest, DamageInsideTheFileIsAnErrorAndKeepsWholeBatchesOnly) {
  std::string text = "basket,time,item\n";
  for (int basket = 0; basket < 50'000; ++basket)
    text += std::to_string(basket) + ",1970-01-02,A\n";
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 1));
  const Result result =
      run({"import", "baskets", write("b.csv.zst", packed.substr(0, packed.size() - 20))});
  EXPECT_EQ(result.code, kExitFailed);
  EXPECT_THAT(result.err, HasSubstr("ends early"));
  EXPECT_EQ(stored_baskets(), "");
}

TEST_F(ImportTest, FimiFilesAreBasketsOfTheDayThatIsSaid) {
  const std::string file =
      write("b.dat", "30 4 30\n\n7\n4294967296 5\n" + std::string(1'100'000, '7') + "\n9 8");
  const Result without = run({"import", "baskets", file});
  EXPECT_EQ(without.code, kExitUsage);
  EXPECT_THAT(without.err, HasSubstr("--date"));
  const Result result = run({"import", "baskets", file, "--date", "2026-03-01", "--json"});
  ASSERT_EQ(result.code, kExitOk) << result.err;
  EXPECT_EQ(result.json()["new_baskets"], 3);
  EXPECT_EQ(result.json()["bad_lines"], 2);
  EXPECT_EQ(result.json()["bad"][0]["samples"][0]["line"], 4);
  const std::string day = std::to_string(*parse_time("2026-03-01"));
  EXPECT_EQ(stored_baskets(), "all b.dat:1 " + day + "  30 1000 -1\nall b.dat:1 " + day +
                                  "  4 1000 -1\nall b.dat:3 " + day + "  7 1000 -1\nall b.dat:6 " +
                                  day + "  9 1000 -1\nall b.dat:6 " + day + "  8 1000 -1\n");
  EXPECT_EQ(run({"import", "baskets", file, "--date", "some day"}).code, kExitUsage);
  EXPECT_EQ(run({"import", "baskets", file, "--date", "2026-03-01", "--time-format", "%d"}).code,
            kExitUsage);
}

TEST_F(ImportTest, RangeLeavesOtherDaysOut) {
  const std::string file =
      write("b.csv", "basket,time,item\n1,1970-01-01,A\n2,1970-01-02 23:59,A\n3,1970-01-03,A\n");
  const Json result =
      run({"import", "baskets", file, "--from", "1970-01-02", "--until", "1970-01-02", "--json"})
          .json();
  EXPECT_EQ(result["new_baskets"], 1);
  EXPECT_EQ(result["outside_range"], 2);
}

TEST_F(ImportTest, ItemsKeepWhatALaterFileDoesNotSay) {
  ASSERT_EQ(
      run({"import", "items",
           write("a.csv", "item,name,category,price,tags\n4012345678901,Pasta,0412,1.29,dry bio\n"),
           "--currency", "EUR"})
          .code,
      kExitOk);
  ASSERT_EQ(run({"import", "items", write("b.csv", "gtin,price\n4012345678901,1.49\n")}).code,
            kExitOk);
  HqStore store(database_path());
  const rules::Catalogue catalogue = load_catalogue(store);
  ASSERT_EQ(catalogue.items.size(), 1u);
  const rules::Item& item = catalogue.items[0];
  EXPECT_EQ(item.key.view(), "04012345678901");
  EXPECT_EQ(item.name.find("en"), "Pasta");
  EXPECT_EQ(item.category, "0412");
  EXPECT_EQ(item.price_minor, 149);
  EXPECT_EQ(item.currency.view(), "EUR");
  EXPECT_EQ(item.tags, (std::vector<std::string>{"bio", "dry"}));
  ASSERT_EQ(catalogue.categories.size(), 1u);
  EXPECT_EQ(catalogue.categories[0].code, "0412");
}

TEST_F(ImportTest, ItemsThatOnlyBasketsNameAreNoCatalogue) {
  run({"import", "baskets", write("b.csv", "basket,time,item\n1,1970-01-02,A\n")});
  HqStore store(database_path());
  EXPECT_TRUE(load_catalogue(store).items.empty());
}

TEST_F(ImportTest, StoresGroupsAndLanes) {
  EXPECT_EQ(
      run({"import", "stores",
           write("s.csv", "store,name,time_zone,groups\n0217,Nord,Europe/Berlin,de-north de\n")})
          .code,
      kExitOk);
  EXPECT_EQ(
      run({"import", "groups", write("g.csv", "group,store\npilot,0217\npilot,9999\n"), "--strict"})
          .code,
      kExitFailed);
  const Json lanes =
      run({"import", "lanes",
           write("l.csv", "store,lane,type\n0217,1,staffed\n0217,2,\n0217,3,robot\n9,1,staffed\n"),
           "--json"})
          .json();
  EXPECT_EQ(lanes["kept"], 2);
  EXPECT_EQ(lanes["bad_lines"], 2);
  HqStore store(database_path());
  auto groups = store.prepare("SELECT count(*) FROM store_groups WHERE store = '0217'");
  ASSERT_TRUE(groups.step());
  EXPECT_EQ(groups.column_int64(0), 3);
}

}  // namespace
}  // namespace xsell::hq
