#include "hq/import/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include "hq/errors.h"
#include "hq/import/column_map.h"
#include "hq/import/number.h"
#include "hq/local_time.h"
#include "hq/time_range.h"
#include "tests/hq/hq_fixture.h"

namespace xsell::hq {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TextSource : public ByteSource {
 public:
  // Hands out `step` bytes at a time, so that rows straddle reads.
  TextSource(std::string text, std::size_t step) : text_(std::move(text)), step_(step) {}
  std::size_t read(std::span<char> out) override {
    const std::size_t size = std::min({step_, out.size(), text_.size() - at_});
    std::copy_n(text_.data() + at_, size, out.data());
    at_ += size;
    return size;
  }
  std::uint64_t consumed_bytes() const override { return at_; }
  std::uint64_t total_bytes() const override { return text_.size(); }

 private:
  std::string text_;
  std::size_t step_;
  std::size_t at_ = 0;
};

CsvReader reader_of(const std::string& text, std::size_t step = 3) {
  return CsvReader(std::make_unique<TextSource>(text, step));
}

TEST(CsvReaderTest, ReadsQuotesLineEndsAndMarksWhateverTheReadsAre) {
  const std::string text =
      "\xEF\xBB\xBFid,name\r\n1,\"a, \"\"b\"\"\r\nc\"\r\n\r\n2,7\" plate\n3,\"\"\n4,last";
  for (const std::size_t step : {1u, 2u, 5u, 1000u}) {
    CsvReader reader = reader_of(text, step);
    EXPECT_THAT(reader.header(), ElementsAre("id", "name"));
    ASSERT_EQ(reader.next(), CsvReader::Row::kRead);
    EXPECT_THAT(reader.fields(), ElementsAre("1", "a, \"b\"\r\nc"));
    EXPECT_EQ(reader.line(), 2u);
    ASSERT_EQ(reader.next(), CsvReader::Row::kRead);
    EXPECT_THAT(reader.fields(), ElementsAre("2", "7\" plate"));
    EXPECT_EQ(reader.line(), 5u);
    ASSERT_EQ(reader.next(), CsvReader::Row::kRead);
    EXPECT_THAT(reader.fields(), ElementsAre("3", ""));
    ASSERT_EQ(reader.next(), CsvReader::Row::kRead);
    EXPECT_THAT(reader.fields(), ElementsAre("4", "last"));
    EXPECT_EQ(reader.next(), CsvReader::Row::kEnd);
  }
}

TEST(CsvReaderTest, FindsTheSeparator) {
  for (const char separator : {';', '\t', '|'}) {
    std::string text = "a;b,c;d\n1;2,5;3\n";
    std::replace(text.begin(), text.end(), ';', separator);
    CsvReader reader = reader_of(text);
    ASSERT_EQ(reader.next(), CsvReader::Row::kRead);
    EXPECT_THAT(reader.fields(), ElementsAre("1", "2,5", "3"));
  }
}

TEST(CsvReaderTest, ShortRowsAreFilledAndLongOnesBad) {
  CsvReader reader = reader_of("a,b,c\n1,2\n1,2,3,\n1,2,3,4\n5,6,7\n");
  ASSERT_EQ(reader.next(), CsvReader::Row::kRead);
  EXPECT_THAT(reader.fields(), ElementsAre("1", "2", ""));
  ASSERT_EQ(reader.next(), CsvReader::Row::kRead);
  EXPECT_EQ(reader.next(), CsvReader::Row::kBad);
  EXPECT_EQ(reader.line(), 4u);
  ASSERT_EQ(reader.next(), CsvReader::Row::kRead);
  EXPECT_THAT(reader.fields(), ElementsAre("5", "6", "7"));
}

TEST(CsvReaderTest, AnUnclosedQuoteCostsOneLine) {
  std::string text = "a,b\n1,\"open\n";
  for (int i = 0; i < 50'000; ++i) text += "22,33333333\n";
  CsvReader reader = reader_of(text, 100'000);
  EXPECT_EQ(reader.next(), CsvReader::Row::kBad);
  EXPECT_EQ(reader.line(), 2u);
  int rows = 0;
  while (reader.next() == CsvReader::Row::kRead) ++rows;
  EXPECT_EQ(rows, 50'000);
}

class ByteSourceTest : public HqTest {
 protected:
  static std::string read_all(const std::string& path) {
    const auto source = ByteSource::open(path);
    std::string text;
    char chunk[1000];
    while (const std::size_t size = source->read(chunk)) text.append(chunk, size);
    return text;
  }
};

TEST_F(ByteSourceTest, UnpacksByContentNotByName) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i) + '\n';
  EXPECT_EQ(read_all(write("plain.gz", text)), text);

  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  EXPECT_EQ(read_all(write("zstd.csv", packed)), text);
  EXPECT_EQ(read_all(write("twice.csv", packed + packed)), text + text);
  EXPECT_THROW(read_all(write("cut.zst", packed.substr(0, packed.size() / 2))), Refused);

  gzFile gz = gzopen(path("gzip.csv").c_str(), "wb");
  gzwrite(gz, text.data(), static_cast<unsigned>(text.size()));
  gzclose(gz);
  EXPECT_EQ(read_all(path("gzip.csv")), text);
  EXPECT_THROW(read_all(path("missing")), Refused);
}

TEST_F(ByteSourceTest, MapsByNameAliasOrFile) {
  const std::vector<ColumnRole> roles = {
      {"basket", true, {"invoice_no"}}, {"item", true, {"sku"}}, {"price", false, {}}};
  const std::vector<std::string> header = {"InvoiceNo", "Stock", "SKU"};
  const std::vector<std::string_view> row = {"7", "x", "y"};
  EXPECT_EQ(ColumnMap(roles, header, {}).field(0, row), "7");
  EXPECT_EQ(ColumnMap(roles, header, {}).field(1, row), "y");
  EXPECT_FALSE(ColumnMap(roles, header, {}).has(2));
  EXPECT_EQ(ColumnMap(roles, header, {"item=Stock,basket=SKU"}).field(1, row), "x");
  const std::string file = write("map.json", R"({"item": "Stock"})");
  EXPECT_EQ(ColumnMap(roles, header, {file}).field(1, row), "x");
  EXPECT_THROW(ColumnMap(roles, header, {"item=Nope"}), UsageError);
  EXPECT_THROW(ColumnMap(roles, header, {"colour=Stock"}), UsageError);
  EXPECT_THROW(ColumnMap(roles, {"a", "b"}, {}), UsageError);
  EXPECT_THROW(ColumnMap(roles, header, {path("none.json")}), UsageError);
}

TEST(NumberTest, ReadsDecimalsExactly) {
  EXPECT_EQ(parse_decimal("6.95", 2), 695);
  EXPECT_EQ(parse_decimal("6,9", 2), 690);
  EXPECT_EQ(parse_decimal(" -3 ", 2), -300);
  EXPECT_EQ(parse_decimal("0.005", 2), 1);
  EXPECT_EQ(parse_decimal("0.0049", 2), 0);
  EXPECT_EQ(parse_decimal("2.5", 0), 3);
  EXPECT_EQ(parse_decimal("12.000000", 2), 1200);
  EXPECT_EQ(parse_decimal(".5", 1), 5);
  for (const char* text : {"", "-", ".", "1e5", "1.2.3", "1 2", "abc", "99999999999999999999"}) {
    EXPECT_EQ(parse_decimal(text, 2), std::nullopt) << text;
  }
}

TEST(LocalTimeTest, ReadsWhatTillsWrite) {
  EXPECT_EQ(parse_time("1970-01-02"), 86'400);
  EXPECT_EQ(parse_time("2011-12-09 12:50:00"), 1'323'435'000);
  EXPECT_EQ(parse_time("2011-12-09T12:50"), 1'323'435'000);
  EXPECT_EQ(parse_time("2011-12-09T12:50:00.123+01:00"), 1'323'435'000);
  EXPECT_EQ(parse_time("9/12/2011 12:50", "%d/%m/%Y %H:%M"), 1'323'435'000);
  EXPECT_EQ(parse_time("09.12.11", "%d.%m.%y"), 1'323'388'800);
  for (const char* text :
       {"", "2011-13-01", "2011-02-29", "2011-12-09 25:00", "2011-12-09x", "12"}) {
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
  }
  EXPECT_EQ(format_time(1'323'435'000), "2011-12-09 12:50:00");
  EXPECT_EQ(format_time(-1), "1969-12-31 23:59:59");
}

TEST(TimeRangeTest, UntilADayIncludesIt) {
  const TimeRange range = parse_time_range("2011-12-09", "2011-12-09");
  EXPECT_TRUE(range.contains(1'323'388'800));
  EXPECT_TRUE(range.contains(1'323'388'800 + 86'399));
  EXPECT_FALSE(range.contains(1'323'388'800 + 86'400));
  EXPECT_FALSE(parse_time_range("", "2011-12-09 12:50").contains(1'323'435'000));
  EXPECT_THROW(parse_time_range("2011-12-10", "2011-12-09"), UsageError);
  EXPECT_THROW(parse_time_range("yesterday", ""), UsageError);
}

}  // namespace
}  // namespace xsell::hq
