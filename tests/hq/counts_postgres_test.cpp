// Counts that PostgreSQL makes of a chain's transactions are those that HQ makes of the same.
#include <gmock/gmock.h>

#include "tests/hq/hq_fixture.h"
#include "tests/hq/mined_shop.h"
#include "tests/hq/postgres_server.h"

namespace xsell::hq {
namespace {

class CountsPostgresTest : public HqTest {
 protected:
  std::string read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
};

TEST_F(CountsPostgresTest, GivesTheRulesOfTheStore) {
  if (!tests::PostgresServer::is_installed()) {
    GTEST_SKIP() << "there is no /usr/lib/postgresql/*/bin/initdb: install postgresql";
  }
  tests::PostgresServer server;
  ASSERT_TRUE(server.is_running()) << server.problem();

  const std::string csv = MinedShop::csv(1, MinedShop::kDays);
  std::ofstream(server.folder() + "/sales.csv") << csv;
  const auto loaded = server.psql(
      {"--command=CREATE TABLE sales (store text, basket text, sold_at timestamp, item text,"
       " quantity numeric, customer text NOT NULL DEFAULT '')",
       "--command=\\copy sales FROM '" + server.folder() +
           "/sales.csv' WITH (FORMAT csv, HEADER, FORCE_NOT_NULL (customer))"});
  ASSERT_EQ(loaded.code, 0) << loaded.err;
  const auto counted = server.psql({"--tuples-only", "--no-align",
                                    std::string("--set=until=") + MinedShop::kFirstOfLastFifth,
                                    "--file=" XSELL_COUNTS_SQL});
  ASSERT_EQ(counted.code, 0) << counted.err;

  init();
  ASSERT_EQ(run({"import", "items", write("i.csv", MinedShop::items_csv())}).code, kExitOk);
  ASSERT_EQ(run({"import", "baskets", write("b.csv", csv)}).code, kExitOk);
  ASSERT_EQ(run({"mine", "--out", path("store.json")}).code, kExitOk);
  const Result result = run(
      {"mine", "--counts", write("counts.csv", counted.out), "--out", path("sql.json"), "--json"});
  ASSERT_EQ(result.code, kExitOk) << result.err;
  EXPECT_EQ(result.json()["bad_lines"].size(), 0u);
  EXPECT_EQ(result.json()["baskets"], MinedShop::kDays * MinedShop::kBasketsADay);
  EXPECT_GT(result.json()["rules"], 20);
  EXPECT_EQ(read("sql.json"), read("store.json"));
}

}  // namespace
}  // namespace xsell::hq
