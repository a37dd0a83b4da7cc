#include "sync/canonical_json.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace xsell::sync {
namespace {

std::string canonical(std::string_view text) {
  const auto document = rules::read_json(text);
  EXPECT_FALSE(document.error) << document.error->message;
  return to_olpc_canonical_json(document.value);
}

TEST(CanonicalJson, SortsByBytesAndDropsSpace) {
  EXPECT_EQ(canonical(R"( { "b" : [ 1 , -2, true ], "a" : { } , "B": null, "é":[] } )"),
            R"({"B":null,"a":{},"b":[1,-2,true],"é":[]})");
}

TEST(CanonicalJson, EscapesQuoteAndBackslashOnly) {
  EXPECT_EQ(canonical(R"("a\"b\\c\n\u0001\/\u00e9")"), "\"a\\\"b\\\\c\n\x01/\xc3\xa9\"");
}

TEST(CanonicalJson, HasNoDecimals) { EXPECT_THROW(canonical("1.5"), std::invalid_argument); }

}  // namespace
}  // namespace xsell::sync
