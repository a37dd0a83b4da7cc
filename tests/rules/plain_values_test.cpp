#include <gtest/gtest.h>

#include <array>
#include <string>

#include "rules/catalogue.h"
#include "rules/fixed_decimal.h"
#include "rules/item_key.h"
#include "rules/local_time.h"
#include "rules/localised_text.h"
#include "rules/money.h"

namespace xsell::rules {
namespace {

std::string key_of(std::string_view text) {
  const auto key = ItemKey::from_text(text);
  return key ? key->text() : "none";
}

TEST(ItemKey, WritesEveryGtinWith14Digits) {
  EXPECT_EQ(key_of("96385074"), "00000096385074");
  EXPECT_EQ(key_of("036000291452"), "00036000291452");
  EXPECT_EQ(key_of("4006381333931"), "04006381333931");
  EXPECT_EQ(key_of(" 04006381333931 "), "04006381333931");
}

TEST(ItemKey, LeavesOtherCodesAsTheyAre) {
  EXPECT_EQ(key_of("4006381333932"), "4006381333932") << "wrong check digit";
  EXPECT_EQ(key_of("0042"), "0042");
  EXPECT_EQ(key_of("85123A"), "85123A");
  EXPECT_EQ(key_of("two words"), "two words");
}

TEST(ItemKey, RefusesWhatIsNoKey) {
  for (const std::string& text : {std::string(), std::string("  "), std::string(64, 'x'),
                                  std::string("a>b"), std::string("a\nb"), std::string("\xff")}) {
    EXPECT_EQ(key_of(text), "none") << text;
  }
  EXPECT_EQ(key_of(std::string(63, 'x')).size(), 63U);
}

TEST(FixedDecimal, KeepsWhatWasWritten) {
  for (const std::string text : {"0", "1", "-1", "0.31", "4.2", "0.000001", "-0.5", "123456.789"}) {
    const auto value = parse_fixed(text, 6);
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(format_fixed(*value, 6), text);
  }
  EXPECT_EQ(parse_fixed("1.50", 6), 1'500'000);
}

TEST(FixedDecimal, RefusesWhatItCannotKeep) {
  for (const std::string text :
       {"", ".5", "1.", "1.0000001", "1e3", "01", "--1", "9223372036854.775808", "1 "}) {
    EXPECT_FALSE(parse_fixed(text, 6)) << text;
  }
}

TEST(LocalTime, GoesThereAndBack) {
  for (const std::string text : {"1970-01-01T00:00:00", "2024-02-29T23:59:59",
                                 "2026-06-03T16:05:09", "9999-12-31T00:00:00"}) {
    const auto time = parse_local_time(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(format_local_time(*time), text);
  }
  EXPECT_EQ(parse_local_time("1970-01-02T00:00:01"), 86'401);
}

TEST(LocalTime, RefusesWhatDoesNotExist) {
  for (const std::string text :
       {"2026-02-29T00:00:00", "2026-06-03", "2026-06-03T24:00:00", "2026-06-03T00:00:00Z",
        "2026-06-03 00:00:00", "1969-12-31T23:59:59", "2026-13-01T00:00:00"}) {
    EXPECT_FALSE(parse_local_time(text)) << text;
  }
}

TEST(LocalTime, KnowsWeekdayAndMinute) {
  const auto monday = parse_local_time("2026-11-23T08:43:49");
  ASSERT_TRUE(monday);
  EXPECT_EQ(weekday(*monday), 0);
  EXPECT_EQ(minute_of_day(*monday), 523);
  EXPECT_EQ(weekday(0), 3);
  EXPECT_EQ(weekday(-1), 2);
  EXPECT_EQ(parse_time_of_day("24:00"), 1440);
  EXPECT_FALSE(parse_time_of_day("24:01"));
  EXPECT_EQ(format_time_of_day(65), "01:05");
}

std::string formatted(std::int64_t amount, std::string_view currency) {
  std::array<char, 32> out{};
  const std::size_t size =
      format_amount({amount, *Currency::from_text(currency)}, out.data(), out.size());
  return std::string(out.data(), size);
}

TEST(Money, WritesTheCurrencysDecimals) {
  EXPECT_EQ(formatted(50, "EUR"), "0.50");
  EXPECT_EQ(formatted(-5, "EUR"), "-0.05");
  EXPECT_EQ(formatted(123456, "GBP"), "1234.56");
  EXPECT_EQ(formatted(500, "JPY"), "500");
  EXPECT_EQ(formatted(0, "JPY"), "0");
  EXPECT_EQ(formatted(1, "KWD"), "0.001");
  std::array<char, 3> small{};
  EXPECT_EQ(format_amount({50, *Currency::from_text("EUR")}, small.data(), small.size()), 0U);
}

TEST(Money, ReadsAmountsAndCodes) {
  EXPECT_EQ(parse_amount("12.5", *Currency::from_text("EUR")), 1250);
  EXPECT_FALSE(parse_amount("1.5", *Currency::from_text("JPY")));
  EXPECT_FALSE(Currency::from_text("eur"));
  EXPECT_FALSE(Currency::from_text("EURO"));
}

TEST(LocalisedText, FallsBackToTheNearestLanguage) {
  LocalisedText text;
  text.set("en", "sauce");
  text.set("de", "Soße");
  text.set("de-AT", "Sauce");
  text.set("de", "Sosse");
  EXPECT_EQ(text.entries.size(), 3U);
  EXPECT_EQ(text.find("de-AT"), "Sauce");
  EXPECT_EQ(text.find("de-CH"), "Sosse");
  EXPECT_EQ(text.find("fr"), "sauce");
  EXPECT_EQ(text.find("fr", "de"), "Sosse");
  EXPECT_EQ(text.find("fr", "it"), "Sosse") << "the first one rather than nothing";
  EXPECT_EQ(LocalisedText{}.find("en"), "");
}

TEST(Catalogue, WalksTheHierarchy) {
  Catalogue catalogue;
  for (const auto& [code, parent] :
       {std::pair{"food", ""}, {"pasta", "food"}, {"loop-a", "loop-b"}, {"loop-b", "loop-a"}}) {
    Category category;
    category.code = code;
    category.parent = parent;
    catalogue.categories.push_back(category);
  }
  catalogue.put_in_order();
  EXPECT_TRUE(catalogue.is_within("pasta", "food"));
  EXPECT_TRUE(catalogue.is_within("pasta", "pasta"));
  EXPECT_FALSE(catalogue.is_within("food", "pasta"));
  EXPECT_FALSE(catalogue.is_within("loop-a", "food"));
  EXPECT_FALSE(catalogue.is_within("unknown", "food"));
}

}  // namespace
}  // namespace xsell::rules
