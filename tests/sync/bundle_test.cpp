#include "sync/bundle.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "sync/state_hash.h"
#include "tests/sync/bundle_sinks.h"

namespace xsell::sync {
namespace {

const Lines kLines = {{"item/1", R"({"id":"item/1","name":{"en":"a \"b\" \\"}})"},
                      {"item/2", R"({"a":[{"id":"x"},"}"],"id":"item/2"})"},
                      {"rule/r", line_of("rule/r")}};

TEST(Bundle, GivesBackWhatWasWrittenWhateverThePieces) {
  const std::string bytes = write_bundle(7, kLines);
  for (const size_t piece_bytes : {size_t{1}, size_t{3}, size_t{17}, bytes.size()}) {
    LineCollector sink;
    const Failure failure = read_bundle(bytes, sink, piece_bytes);
    EXPECT_FALSE(failure.failed()) << failure.detail;
    EXPECT_EQ(sink.header.version, 7U);
    EXPECT_EQ(sink.header.count, 3U);
    EXPECT_EQ(sink.lines, kLines);
  }
}

TEST(Bundle, MayBeEmpty) {
  LineCollector sink;
  EXPECT_FALSE(read_bundle(write_bundle(1, {}), sink).failed());
  EXPECT_TRUE(sink.lines.empty());
}

TEST(Bundle, TakesLinesUpToTheLimitAndManyOfThem) {
  Lines lines;
  for (int i = 100'000; i < 120'000; ++i) {
    const std::string id = "item/" + std::to_string(i);
    lines.emplace_back(id, line_of(id, R"(,"n":)" + std::to_string(i * 7919LL)));
  }
  std::string longest = line_of("rule/long", R"(,"x":"")");
  longest.insert(longest.size() - 2, std::string(limits::kBundleLineBytes - longest.size(), 'x'));
  lines.emplace_back("rule/long", longest);
  LineCollector sink;
  EXPECT_FALSE(read_bundle(write_bundle(2, lines), sink).failed());
  EXPECT_EQ(sink.lines, lines);
}

TEST(Bundle, StateHashIsThatOfItsLines) {
  StateHasher hasher;
  for (const auto& [id, line] : kLines) hasher.add(id, line);
  LineCollector sink;
  BundleReader reader(sink);
  reader.write(write_bundle(7, kLines));
  EXPECT_FALSE(reader.finish().failed());
  EXPECT_EQ(reader.state_hash(), hasher.finish());
}

TEST(Bundle, WriterRefusesWhatReadersWould) {
  const auto write = [](const Lines& lines) { return write_bundle(1, lines); };
  EXPECT_THROW(write({{"b", line_of("b")}, {"a", line_of("a")}}), std::runtime_error);
  EXPECT_THROW(write({{"a", line_of("a")}, {"a", line_of("a")}}), std::runtime_error);
  EXPECT_THROW(write({{"a", line_of("b")}}), std::runtime_error);
  EXPECT_THROW(write({{"a", "{\"id\":\"a\",\n\"b\":1}"}}), std::runtime_error);
  EXPECT_THROW(write({{"a", line_of("a", std::string(limits::kBundleLineBytes, ' '))}}),
               std::runtime_error);
  Bytes out;
  BundleWriter writer(out, {.version = 1, .count = 2});
  writer.add("a", line_of("a"));
  EXPECT_THROW(writer.finish(), std::runtime_error);
}

TEST(Bundle, RefusalOfTheReceiverIsNamed) {
  LineCollector sink;
  sink.refused_id = "item/2";
  const Failure failure = read_bundle(write_bundle(7, kLines), sink);
  EXPECT_EQ(failure.problem, Problem::kRefused);
  EXPECT_EQ(failure.name(), "refused_content");
  EXPECT_EQ(sink.lines.size(), 1U);
}

TEST(LineId, FindsTheTopLevelMemberOnly) {
  EXPECT_EQ(line_id(R"({"id":"a"})"), "a");
  EXPECT_EQ(line_id(R"({"a":{"id":"no"},"b":["id"],"c":-1,"id":"yes","z":0})"), "yes");
  EXPECT_EQ(line_id(R"({"a":"\"id\":\"no\"","id":"yes"})"), "yes");
  for (const char* line : {"", "{", "{}", "[]", "x", R"({"a":1})", R"({"id":1})", R"({"id":""})",
                           R"({"id":"a\n"})", R"({"id":"a)", R"({"a":{"id":"no"}})", R"({"a)",
                           R"({"a":"\)", R"({"a":[[[[)", "{\"id\":\"a\tb\"}"}) {
    EXPECT_EQ(line_id(line), "") << line;
  }
}

}  // namespace
}  // namespace xsell::sync
