#include "sync/delta.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/sync/bundle_sinks.h"

namespace xsell::sync {
namespace {

using testing::HasSubstr;

struct ChangeCollector : DeltaSink {
  bool on_header(const DeltaHeader& delta_header) override {
    header = delta_header;
    return true;
  }
  bool on_put(std::string_view id, std::string_view line) override {
    changes.emplace_back(id, line);
    return id != refused_id;
  }
  bool on_remove(std::string_view id) override {
    changes.emplace_back(id, "");
    return id != refused_id;
  }
  DeltaHeader header;
  Lines changes;
  std::string refused_id;
};

const Sha256 kBase = sha256("base");
const Sha256 kResult = sha256("result");
const Lines kChanges = {
    {"item/1", line_of("item/1")}, {"item/2", ""}, {"rule/r", line_of("rule/r", R"(,"n":1)")}};

std::string write_delta(const Lines& changes) {
  Bytes out;
  DeltaWriter writer(
      out, {.from_version = 6, .version = 9, .count = changes.size(), .from_state_hash = kBase});
  for (const auto& [id, line] : changes) {
    if (line.empty()) {
      writer.remove(id);
    } else {
      writer.put(id, line);
    }
  }
  writer.finish(kResult);
  return out.body;
}

Failure read_delta(const std::string& bytes, DeltaSink& sink, size_t piece_bytes = 1 << 16) {
  DeltaReader reader(sink);
  for (size_t at = 0; at < bytes.size(); at += piece_bytes) {
    if (!reader.write(std::string_view(bytes).substr(at, piece_bytes))) break;
  }
  return reader.finish();
}

std::string header_with(const std::string& count = "1") {
  return "{\"count\":" + count + ",\"from_state_hash\":\"" + to_hex(kBase) +
         R"(","from_version":6,"schema":"xsell.delta/1","version":9})" + "\n";
}

std::string footer_with(const std::string& count = "1") {
  return "{\"count\":" + count + ",\"state_hash\":\"" + to_hex(kResult) + "\"}\n";
}

Failure read_text(const std::string& text) {
  ChangeCollector sink;
  return read_delta(compress(text), sink);
}

TEST(Delta, ReadsBackWhatWasWritten) {
  const std::string bytes = write_delta(kChanges);
  for (const size_t piece : {size_t{1}, size_t{7}, bytes.size()}) {
    ChangeCollector sink;
    DeltaReader reader(sink);
    for (size_t at = 0; at < bytes.size(); at += piece) {
      ASSERT_TRUE(reader.write(std::string_view(bytes).substr(at, piece)));
    }
    ASSERT_FALSE(reader.finish().failed());
    EXPECT_EQ(sink.changes, kChanges);
    EXPECT_EQ(reader.header().from_version, 6U);
    EXPECT_EQ(reader.header().version, 9U);
    EXPECT_EQ(reader.header().from_state_hash, kBase);
    EXPECT_EQ(reader.state_hash(), kResult);
  }
}

TEST(Delta, NothingToChangeIsADeltaToo) {
  ChangeCollector sink;
  EXPECT_FALSE(read_delta(write_delta({}), sink).failed());
  EXPECT_TRUE(sink.changes.empty());
}

TEST(Delta, TakesTheLongestLineThatABundleTakes) {
  const std::string id = "rule/long";
  const std::string frame = line_of(id, R"(,"x":"")");
  const std::string longest =
      line_of(id, R"(,"x":")" + std::string(limits::kBundleLineBytes - frame.size(), 'x') + '"');
  ASSERT_EQ(longest.size(), limits::kBundleLineBytes);
  ChangeCollector sink;
  EXPECT_FALSE(read_delta(write_delta({{id, longest}}), sink).failed());
  EXPECT_EQ(sink.changes[0].second, longest);
  EXPECT_TRUE(
      read_text(header_with() + R"({"put":)" +
                line_of(id, R"(,"x":")" + std::string(limits::kBundleLineBytes, 'x') + '"') +
                "}\n" + footer_with())
          .failed());
}

TEST(Delta, WriterRefusesWhatNoReaderWouldTake) {
  EXPECT_THROW(write_delta({{"b", line_of("b")}, {"a", ""}}), std::runtime_error);
  EXPECT_THROW(write_delta({{"a", line_of("b")}}), std::runtime_error);
  EXPECT_THROW(write_delta({{"a\"b", ""}}), std::runtime_error);
  EXPECT_THROW(write_delta({{"a", "{\"id\":\"a\"}\n"}}), std::runtime_error);
}

TEST(Delta, TheReceiversRefusalIsNamed) {
  for (const char* refused : {"item/1", "item/2"}) {
    ChangeCollector sink;
    sink.refused_id = refused;
    const Failure failure = read_delta(write_delta(kChanges), sink);
    EXPECT_EQ(failure.problem, Problem::kRefused);
    EXPECT_THAT(failure.detail, HasSubstr(refused));
  }
}

TEST(DeltaAttack, ChangesThatAreNone) {
  for (const char* change :
       {R"({"id":"a"})", R"({"put":{"id":"a"})", R"({"put":"a"})", R"({"put":{}})", R"({"del":""})",
        R"({"del":"a\"b"})", R"({"del":"a","x":1})", R"({"del":1})", R"({"del":"})", "[]", "",
        R"({"put":{"id":"a"},"del":"b"} )"}) {
    EXPECT_EQ(read_text(header_with() + change + "\n" + footer_with()).problem, Problem::kBundle)
        << change;
  }
}

TEST(DeltaAttack, HeadersAndFootersThatAreWrong) {
  const std::string change = R"({"del":"a"})"
                             "\n";
  EXPECT_FALSE(read_text(header_with() + change + footer_with()).failed());
  EXPECT_TRUE(read_text(header_with("2") + change + footer_with("2")).failed());
  EXPECT_TRUE(read_text(header_with() + change + footer_with("2")).failed());
  EXPECT_TRUE(read_text(header_with() + change + change + footer_with()).failed());
  EXPECT_TRUE(read_text(header_with() + change).failed());
  EXPECT_TRUE(read_text(header_with("0") + footer_with("0") + "x\n").failed());
  EXPECT_TRUE(read_text(header_with("999999999999") + change + footer_with()).failed());
  std::string no_base = header_with();
  no_base.replace(no_base.find("from_state_hash"), 15, "from_state_hush");
  EXPECT_TRUE(read_text(no_base + change + footer_with()).failed());
  std::string bundle = header_with();
  bundle.replace(bundle.find("delta"), 5, "bundle");
  EXPECT_TRUE(read_text(bundle + change + footer_with()).failed());
}

TEST(DeltaAttack, A17_bomb_and_long_line) {
  EXPECT_TRUE(read_text(std::string(64 << 20, '0')).failed());
  EXPECT_TRUE(read_text(header_with() + R"({"del":")" + std::string(70'000, 'x')).failed());
  EXPECT_TRUE(
      read_text(header_with() + R"({"put":)" + std::string(60'000, '[') + "}\n" + footer_with())
          .failed());
}

TEST(DeltaAttack, FrameThatIsCutOrFollowedByMore) {
  const std::string bytes = write_delta(kChanges);
  for (size_t size = 0; size < bytes.size(); ++size) {
    ChangeCollector sink;
    EXPECT_TRUE(read_delta(bytes.substr(0, size), sink).failed()) << size;
  }
  ChangeCollector sink;
  EXPECT_TRUE(read_delta(bytes + bytes, sink).failed());
}

}  // namespace
}  // namespace xsell::sync
