#include <gtest/gtest.h>

#include "sync/base64.h"
#include "sync/hex.h"
#include "sync/sha256.h"
#include "sync/state_hash.h"

namespace xsell::sync {
namespace {

TEST(Base64, FollowsTheExamplesOfTheStandard) {
  const std::pair<std::string, std::string> examples[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : examples) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
    const std::string unpadded = text.substr(0, text.find('='));
    EXPECT_EQ(to_base64url(bytes), unpadded);
    EXPECT_EQ(from_base64url(unpadded), bytes);
  }
}

TEST(Base64, AlphabetsDiffer) {
  EXPECT_EQ(to_base64("\xfb\xff"), "+/8=");
  EXPECT_EQ(to_base64url("\xfb\xff"), "-_8");
  EXPECT_FALSE(from_base64("-_8="));
  EXPECT_FALSE(from_base64url("+/8"));
}

TEST(Base64, RefusesWhatNoEncoderWrites) {
  for (const char* text : {"Zg", "Zg=", "Z===", "Zh==", "Zm9=", "Zm 9", "Zg==Zg==", "===="}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
  EXPECT_FALSE(from_base64url("Zg=="));
  EXPECT_FALSE(from_base64url("Z"));
}

TEST(Hex, BothWays) {
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(from_hex("00fF7a"), std::string("\x00\xff\x7a", 3));
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0g"));
  EXPECT_FALSE(sha256_from_hex("00"));
}

TEST(StateHash, DependsOnEveryIdLineAndTheirBorder) {
  const auto hash = [](std::initializer_list<std::pair<const char*, const char*>> lines) {
    StateHasher hasher;
    for (const auto& [id, line] : lines) hasher.add(id, line);
    return to_hex(hasher.finish());
  };
  EXPECT_EQ(hash({}), sha256_hex(""));
  const Sha256 line = sha256("x");
  EXPECT_EQ(hash({{"a", "x"}}),
            sha256_hex(std::string("a\0", 2) + std::string(line.begin(), line.end())));
  EXPECT_NE(hash({{"a", "x"}}), hash({{"a", "y"}}));
  EXPECT_NE(hash({{"a", "x"}}), hash({{"b", "x"}}));
  EXPECT_NE(hash({{"a", "x"}}), hash({{"a", "x"}, {"b", "x"}}));
}

}  // namespace
}  // namespace xsell::sync
