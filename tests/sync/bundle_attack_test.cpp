#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/state_hash.h"
#include "tests/sync/bundle_sinks.h"

namespace xsell::sync {
namespace {

using testing::HasSubstr;

std::string footer_of(const Lines& lines, size_t count) {
  StateHasher hasher;
  for (const auto& [id, line] : lines) hasher.add(id, line);
  return "{\"count\":" + std::to_string(count) + ",\"state_hash\":\"" + to_hex(hasher.finish()) +
         "\"}\n";
}

const std::string kHeader = R"({"count":1,"schema":"xsell.bundle/1","version":1})"
                            "\n";
const Lines kLine = {{"a", R"({"id":"a"})"}};
const std::string kLineText = kLine[0].second + '\n';

Failure read_text(const std::string& text) {
  LineCollector sink;
  return read_bundle(compress(text), sink);
}

TEST(BundleAttack, TheTextThatTheOthersSpoilIsGood) {
  EXPECT_FALSE(read_text(kHeader + kLineText + footer_of(kLine, 1)).failed());
}

TEST(BundleAttack, A17_zstd_bomb) {
  const std::string zeros(64 << 20, '0');
  LineCollector sink;
  EXPECT_THAT(read_bundle(compress(zeros), sink).detail, HasSubstr("line is too long"));

  std::string lines;
  for (int i = 0; i < 1'000'000; ++i) lines += "{}\n";
  EXPECT_EQ(read_bundle(compress(kHeader + lines), sink).problem, Problem::kBundle);

  std::string text = R"({"count":90000,"schema":"xsell.bundle/1","version":1})"
                     "\n";
  for (int i = 10'000; i < 100'000; ++i) text += line_of(std::to_string(i)) + '\n';
  EXPECT_THAT(read_bundle(compress(text), sink, 1000, {.inflated_bytes = 1 << 20}).detail,
              HasSubstr("inflated size"));
}

TEST(BundleAttack, A17_giant_window) {
  std::string text = R"({"count":60000,"schema":"xsell.bundle/1","version":1})"
                     "\n";
  for (int i = 10'000; i < 70'000; ++i) {
    text += line_of(std::to_string(i), R"(,"x":")" + std::string(300, 'x') + '"') + '\n';
  }
  ASSERT_GT(text.size(), size_t{1} << 24);
  LineCollector sink;
  EXPECT_THAT(read_bundle(compress(text, 24), sink).detail, HasSubstr("memory"));
}

TEST(BundleAttack, A17_skippable_frames_and_what_is_no_frame) {
  std::string skippable("\x50\x2A\x4D\x18\x04\0\0\0abcd", 12);
  LineCollector sink;
  EXPECT_THAT(read_bundle(skippable + write_bundle(1, kLine), sink).detail,
              HasSubstr("not a zstd frame"));
  EXPECT_THAT(read_bundle(write_bundle(1, kLine) + skippable, sink).detail, HasSubstr("follow"));
  EXPECT_THAT(read_bundle("<html>", sink, 1).detail, HasSubstr("not a zstd frame"));
  EXPECT_EQ(read_bundle("", sink).problem, Problem::kBundle);
}

TEST(BundleAttack, A17_compressed_size_over_the_cap) {
  LineCollector sink;
  EXPECT_THAT(read_bundle(write_bundle(1, kLine), sink, 10, {.wire_bytes = 20}).detail,
              HasSubstr("compressed size"));
}

TEST(BundleAttack, A17_deep_json_and_one_long_line) {
  const std::string deep(60'000, '[');
  EXPECT_THAT(read_text(kHeader + deep + '\n').detail, HasSubstr("no id"));
  EXPECT_THAT(
      read_text(kHeader + line_of("a", R"(,"x":)" + deep) + '\n' + footer_of(kLine, 1)).name(),
      "state_hash");
  EXPECT_THAT(read_text(deep + '\n').detail, HasSubstr("header"));
  EXPECT_THAT(read_text(std::string(70'000, '[')).detail, HasSubstr("line is too long"));
}

TEST(BundleAttack, FrameThatIsCutOrFollowedByMore) {
  const std::string bytes = write_bundle(1, kLine);
  for (size_t size = 0; size < bytes.size(); ++size) {
    LineCollector sink;
    EXPECT_TRUE(read_bundle(bytes.substr(0, size), sink).failed()) << size;
  }
  LineCollector sink;
  EXPECT_TRUE(read_bundle(bytes + bytes, sink).failed());
  EXPECT_TRUE(read_bundle(bytes + '\0', sink).failed());
}

TEST(BundleAttack, EveryFlippedBitIsFound) {
  const std::string bytes = write_bundle(1, kLine);
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    LineCollector sink;
    // A bit of the frame header may mean nothing; then the content is as it was.
    const bool is_taken = !read_bundle(changed, sink).failed();
    EXPECT_TRUE(!is_taken || sink.lines == kLine) << bit;
  }
}

TEST(BundleAttack, CountsAndOrderThatAreWrong) {
  const std::string other = line_of("b") + '\n';
  EXPECT_THAT(read_text(kHeader + footer_of({}, 0)).detail, HasSubstr("no id"));
  EXPECT_THAT(read_text(kHeader + kLineText + other).detail, HasSubstr("footer"));
  EXPECT_THAT(read_text(kHeader + kLineText + footer_of(kLine, 2)).detail, HasSubstr("count"));
  EXPECT_THAT(read_text(kHeader + kLineText + footer_of(kLine, 1) + kLineText).detail,
              HasSubstr("follows the footer"));
  EXPECT_THAT(read_text(kHeader + kLineText).detail, HasSubstr("footer is missing"));
  EXPECT_THAT(read_text(kHeader + kLineText + footer_of(kLine, 1) + "x").detail,
              HasSubstr("footer is missing"));
  const std::string two = R"({"count":2,"schema":"xsell.bundle/1","version":1})"
                          "\n";
  EXPECT_THAT(read_text(two + other + kLineText).detail, HasSubstr("out of order"));
  EXPECT_THAT(read_text(two + kLineText + kLineText).detail, HasSubstr("out of order"));
}

TEST(BundleAttack, LinesThatAreNotThoseOfTheFooter) {
  const Failure failure =
      read_text(kHeader + line_of("a", R"(,"n":1)") + '\n' + footer_of(kLine, 1));
  EXPECT_EQ(failure.problem, Problem::kStateHash);
}

TEST(BundleAttack, HeadersThatAreWrong) {
  for (const char* header :
       {R"({"count":1,"schema":"xsell.bundle/2","version":1})", R"({"count":1,"version":1})",
        R"({"schema":"xsell.bundle/1","version":1})", R"({"count":1,"schema":"xsell.bundle/1"})",
        R"({"count":-1,"schema":"xsell.bundle/1","version":1})",
        R"({"count":1,"count":1,"schema":"xsell.bundle/1","version":1})",
        R"({"count":1.0,"schema":"xsell.bundle/1","version":1})",
        R"({"count":9223372036854775807,"schema":"xsell.bundle/1","version":1})", "[]", "", "{}"}) {
    EXPECT_EQ(read_text(std::string(header) + '\n' + kLineText + footer_of(kLine, 1)).problem,
              Problem::kBundle)
        << header;
  }
}

}  // namespace
}  // namespace xsell::sync
