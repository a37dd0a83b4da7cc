#include "rules/strict_json.h"

#include <gtest/gtest.h>

#include <string>

#include "rules/canonical_json.h"

namespace xsell::rules {
namespace {

std::string error_of(std::string_view text, const JsonLimits& limits = {}) {
  const JsonDocument document = read_json(text, limits);
  if (!document.error) return "";
  return std::to_string(document.error->line) + ":" + std::to_string(document.error->column) + " " +
         document.error->message;
}

std::string canonical(std::string_view text) { return to_canonical_json(read_json(text).value); }

TEST(StrictJson, ReadsEveryKindOfValue) {
  const JsonDocument document =
      read_json(R"( {"a": [1, -2, 3.50, true, false, null, "x"], "b": {}} )");
  ASSERT_FALSE(document.error);
  const JsonValue* a = document.value.find("a");
  ASSERT_NE(a, nullptr);
  ASSERT_EQ(a->items.size(), 7U);
  EXPECT_EQ(a->items[0].integer, 1);
  EXPECT_EQ(a->items[1].integer, -2);
  EXPECT_EQ(a->items[2].kind, JsonKind::decimal);
  EXPECT_EQ(a->items[2].text, "3.50");
  EXPECT_TRUE(a->items[3].boolean);
  EXPECT_FALSE(a->items[4].boolean);
  EXPECT_TRUE(a->items[5].is_null());
  EXPECT_EQ(a->items[6].text, "x");
  EXPECT_TRUE(document.value.find("b")->is_object());
  EXPECT_EQ(document.value.find("c"), nullptr);
}

TEST(StrictJson, KnowsThePlaceOfEveryValue) {
  const std::string text = "{\n  \"\xc3\xa4\": \"\xc3\xb6\", \"b\":\r\n [10]\n}";
  const JsonDocument document = read_json(text);
  ASSERT_FALSE(document.error);
  EXPECT_EQ(document.value.members[0].line, 2U);
  EXPECT_EQ(document.value.members[0].column, 3U);
  EXPECT_EQ(document.value.members[0].value.column, 8U);
  EXPECT_EQ(document.value.members[1].column, 13U);
  const JsonValue& ten = document.value.members[1].value.items[0];
  EXPECT_EQ(ten.line, 3U);
  EXPECT_EQ(ten.column, 3U);
  EXPECT_EQ(text.substr(ten.offset, ten.size), "10");
}

TEST(StrictJson, KeepsTheWholeRangeOfIntegers) {
  EXPECT_EQ(read_json("9223372036854775807").value.integer, INT64_MAX);
  EXPECT_EQ(read_json("-9223372036854775808").value.integer, INT64_MIN);
  EXPECT_EQ(error_of("9223372036854775808"),
            "1:1 the number 9223372036854775808 does not fit into 64 bits");
  EXPECT_EQ(error_of("-9223372036854775809"),
            "1:1 the number -9223372036854775809 does not fit into 64 bits");
  EXPECT_EQ(read_json("-0").value.kind, JsonKind::decimal);
  EXPECT_EQ(read_json("1e2").value.text, "1e2");
}

TEST(StrictJson, RefusesBrokenTextsWithThePlace) {
  const struct {
    std::string_view text;
    std::string_view error;
  } cases[] = {
      {"", "1:1 a value is missing: the text ends here"},
      {"[1,]", "1:4 no comma may stand before the closing ']'"},
      {"{\"a\":1,}", "1:8 no comma may stand before the closing '}'"},
      {"[1 2]", "1:4 ',' or ']' is expected, not '2'"},
      {"{\"a\" 1}", "1:6 ':' is expected after \"a\", not '1'"},
      {"{a:1}", "1:2 a field name in quotes is expected, not 'a'"},
      {"[1]\n x", "2:2 nothing may follow the value, but 'x' does"},
      {"01", "1:1 a number must not begin with a zero"},
      {"1.", "1:3 a digit is expected after the point, not the end of the text"},
      {"1e", "1:3 a digit is expected in the exponent, not the end of the text"},
      {"-", "1:2 a digit is expected, not the end of the text"},
      {"+1", "1:1 a value is expected, not '+'"},
      {"nul", "1:1 a value is expected: only true, false and null are written without quotes"},
      {"\"ab", "1:1 this string is not closed"},
      {"\"a\nb\"", "1:3 a string must close on its own line; write a line break as \\n"},
      {"\"a\tb\"", "1:3 a string must not hold the byte 0x09; write it as an escape"},
      {"\"\\x\"", "1:2 unknown escape: \\ before 'x'"},
      {"\"\\u12G4\"", "1:6 four hexadecimal digits are expected after \\u, not 'G'"},
      {"\"\\ud800x\"", "1:2 the first half of a surrogate pair stands alone"},
      {"\"\\ud800\\u0041\"", "1:2 the first half of a surrogate pair stands alone"},
      {"\"\\udc00\"", "1:2 the second half of a surrogate pair stands alone"},
      {"\"\xc3\xa4\xff\"", "1:3 this is not UTF-8: the byte 0xff"},
      {"\"\xed\xa0\x80\"", "1:2 this is not UTF-8: the byte 0xed"},
      {"\"\xc0\xaf\"", "1:2 this is not UTF-8: the byte 0xc0"},
      {"\xef\xbb\xbf{}", "1:1 a value is expected, not '\xef\xbb\xbf'"},
      {"{\"a\":1,\n\"a\":2}", "2:1 \"a\" is given twice in this object"},
      {"{\"a\":1,\"\\u0061\":2}", "1:8 \"a\" is given twice in this object"},
  };
  for (const auto& c : cases) EXPECT_EQ(error_of(c.text), c.error) << c.text;
}

TEST(StrictJson, FindsADuplicateAmongManyMembers) {
  std::string text = "{";
  for (int i = 0; i < 1000; ++i) text += "\"k" + std::to_string(i) + "\":0,\n";
  EXPECT_EQ(error_of(text + "\"last\":0}"), "");
  EXPECT_EQ(error_of(text + "\"k500\":0}"), "1001:1 \"k500\" is given twice in this object");
}

TEST(StrictJson, HoldsItsLimits) {
  JsonLimits limits;
  limits.max_depth = 2;
  EXPECT_EQ(error_of("[[1]]", limits), "");
  EXPECT_EQ(error_of("[[[1]]]", limits), "1:3 nested deeper than the 2 levels allowed");
  limits.max_bytes = 4;
  EXPECT_EQ(error_of("[1234]", limits), "1:1 the text has 6 bytes, more than the 4 allowed");
  limits = {};
  limits.max_values = 3;
  EXPECT_EQ(error_of("[1,2,3]", limits), "1:6 more than 3 values");
  limits = {};
  limits.integers_only = true;
  EXPECT_EQ(error_of("[1, 2.5]", limits), "1:5 only whole numbers are allowed here, not 2.5");
  EXPECT_EQ(error_of("[-0]", limits), "1:2 only whole numbers are allowed here, not -0");
  EXPECT_EQ(error_of(std::string(1'000'000, '[')), "1:33 nested deeper than the 32 levels allowed");
}

TEST(StrictJson, ReadsEscapesAndSurrogatePairs) {
  EXPECT_EQ(read_json(R"("\"\\\/\b\f\n\r\t\u00e4\ud83d\ude00")").value.text,
            "\"\\/\b\f\n\r\t\xc3\xa4\xf0\x9f\x98\x80");
}

TEST(CanonicalJson, SortsKeysAndLeavesNoWhiteSpace) {
  EXPECT_EQ(
      canonical(
          "{ \"b\" : [1, true, null], \"a\" : \"x\\ny\\u0001\\\"\\\\\", \"\xc3\xa4\": 0.50 }"),
      "{\"a\":\"x\\ny\\u0001\\\"\\\\\",\"b\":[1,true,null],\"\xc3\xa4\":\"0.50\"}");
}

TEST(CanonicalJson, IsAFixedPoint) {
  const std::string once =
      canonical(R"({"z":{"y":[{"b":1,"a":-2}],"x":"\u007f\u0000"},"é":"日本"})");
  EXPECT_EQ(canonical(once), once);
}

}  // namespace
}  // namespace xsell::rules
