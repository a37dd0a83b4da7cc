// Codes as scanners send them, with examples from the GS1 General Specifications and the Digital
// Link standard.
#include <gtest/gtest.h>

#include "rules/scan_code.h"

namespace xsell::rules {
namespace {

ScanLayouts layouts() {
  ScanLayouts out;
  EXPECT_TRUE(out.add("29IIIIIWWWWWC"));
  EXPECT_TRUE(out.add("28IIIIVPPPPPC"));
  EXPECT_TRUE(out.add("27IIIIIIIINNC"));
  return out;
}

ScannedCode scan(std::string_view raw) { return read_scan(raw, layouts()); }

TEST(ScanCode, TakesPlainCodesAsTheyAre) {
  for (const char* code : {"4006381333931", "96385074", "123", "PLU-7", "4006381333932"}) {
    EXPECT_EQ(scan(code).item(), code);
    EXPECT_EQ(scan(code).problem, ScanProblem::none);
  }
  EXPECT_EQ(scan("]E04006381333931\r\n").item(), "4006381333931");
}

TEST(ScanCode, ReadsElementStrings) {
  EXPECT_EQ(scan("]C10109506000134352").item(), "09506000134352");
  EXPECT_EQ(scan("0109506000134352").item(), "09506000134352");
  const ScannedCode weighed = scan("]e001095060001343523103000195");
  EXPECT_EQ(weighed.item(), "09506000134352");
  EXPECT_EQ(weighed.quantity_milli, 195);
  EXPECT_EQ(scan("01095060001343523101000195").quantity_milli, 19'500);
  EXPECT_EQ(scan("01095060001343523105000195").quantity_milli, 1);
  const ScannedCode lot = scan(
      "]d20109506000134352172611231"
      "0LOT\x1d"
      "3012\x1d"
      "392259900");
  EXPECT_EQ(lot.item(), "09506000134352");
  EXPECT_EQ(lot.quantity_milli, 12'000);
  EXPECT_EQ(lot.amount_minor, 59'900);
  EXPECT_EQ(scan("]d2\x1d"
                 "10ABC\x1d"
                 "0109506000134352")
                .item(),
            "09506000134352");
  EXPECT_EQ(scan("(01)09506000134352(3103)000195").quantity_milli, 195);
  EXPECT_EQ(scan("(10)ABC(01)09506000134352").item(), "09506000134352");
}

TEST(ScanCode, ReadsDigitalLinks) {
  EXPECT_EQ(scan("https://id.gs1.org/01/09506000134352").item(), "09506000134352");
  EXPECT_EQ(scan("https://example.com/some/path/01/9506000134352/10/ABC?17=261123").item(),
            "9506000134352");
  const ScannedCode weighed = scan("https://id.gs1.org/01/09506000134352?3103=000195&x=y#part");
  EXPECT_EQ(weighed.item(), "09506000134352");
  EXPECT_EQ(weighed.quantity_milli, 195);
  EXPECT_EQ(scan("https://example.com/about").problem, ScanProblem::no_item);
  EXPECT_EQ(scan("https://id.gs1.org/01/09506000134353").problem, ScanProblem::check_digit);
}

TEST(ScanCode, SaysWhatIsWrong) {
  EXPECT_EQ(scan("]C10109506000134353").problem, ScanProblem::check_digit);
  EXPECT_EQ(scan("]C101095060001").problem, ScanProblem::malformed);
  EXPECT_EQ(scan("]C1ABC").problem, ScanProblem::malformed);
  EXPECT_EQ(scan("]C100106141411234567897").problem, ScanProblem::no_item);
  EXPECT_EQ(scan("(01").problem, ScanProblem::malformed);
  EXPECT_EQ(scan(std::string(100, 'x')).problem, ScanProblem::malformed);
  EXPECT_EQ(scan("]C10109506000134353").item(), "");
}

TEST(ScanCode, ReadsTheNationalLayoutsOfInStoreCodes) {
  const std::string weighed = std::string("291234500678") + gs1_check_digit("291234500678");
  const ScannedCode by_weight = scan(weighed);
  EXPECT_EQ(by_weight.quantity_milli, 678);
  EXPECT_EQ(by_weight.item(), std::string("291234500000") + gs1_check_digit("291234500000"));
  EXPECT_TRUE(is_gtin(by_weight.item()));
  const std::string priced = std::string("281234700399") + gs1_check_digit("281234700399");
  const ScannedCode by_price = scan(priced);
  EXPECT_EQ(by_price.amount_minor, 399);
  EXPECT_EQ(by_price.item(), std::string("281234000000") + gs1_check_digit("281234000000"));
  EXPECT_EQ(scan(std::string("271234567806") + gs1_check_digit("271234567806")).quantity_milli,
            6'000);
  std::string wrong = weighed;
  wrong.back() = wrong.back() == '9' ? '0' : static_cast<char>(wrong.back() + 1);
  EXPECT_EQ(scan(wrong).problem, ScanProblem::check_digit);
}

TEST(ScanCode, RefusesLayoutsThatMakeNoSense) {
  ScanLayouts none;
  for (const char* pattern : {"", "29IIIIIWWWWW", "29IIIIIWWWWWX", "IIIIIIIWWWWWC", "29WWWWWWWWWWC",
                              "29IIIIIWWPPPC", "2CIIIIIWWWWWC", "29IIIIIWWWWWWWWC"})
    EXPECT_FALSE(none.add(pattern)) << pattern;
  EXPECT_TRUE(none.is_empty());
}

TEST(ScanCode, SurvivesEverything) {
  const std::string_view seed =
      "]C1(01)09506000134352\x1d"
      "3103000195https://id.gs1.org/01/?&=;#";
  for (std::size_t from = 0; from < seed.size(); ++from) {
    for (std::size_t size = 0; size <= seed.size() - from; ++size) {
      const ScannedCode code = scan(seed.substr(from, size));
      EXPECT_EQ(code.problem == ScanProblem::none || code.size == 0, true);
    }
  }
}

}  // namespace
}  // namespace xsell::rules
