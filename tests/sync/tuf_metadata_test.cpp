#include "sync/tuf_metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sync/tuf_publisher.h"

namespace xsell::sync::tuf {
namespace {

using testing::HasSubstr;

// The document with one piece of text replaced.
std::string changed(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

template <typename Parse>
std::string refusal(Parse parse, const std::string& text) {
  try {
    parse(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.failure().problem, Problem::kFormat);
    return error.what();
  }
  return "accepted";
}

TEST(TufMetadata, GoesThroughSigningAndParsing) {
  Publisher hq;
  hq.add_target("rules-1.bundle.zst", "content", R"({"xsell":{"version":1}})");
  hq.publish();
  const Root root = parse_root(hq.file("1.root.json"));
  EXPECT_TRUE(root.has_consistent_snapshots);
  EXPECT_EQ(root.targets, hq.root.targets);
  EXPECT_EQ(root.expires_s, hq.root.expires_s);
  const Timestamp timestamp = parse_timestamp(hq.file("timestamp.json"));
  EXPECT_EQ(timestamp.snapshot.version, 2U);
  EXPECT_EQ(timestamp.snapshot.hashes->sha256, sha256(hq.file("2.snapshot.json")));
  const Snapshot snapshot = parse_snapshot(hq.file("2.snapshot.json"));
  EXPECT_EQ(snapshot.meta.at("targets.json").length, hq.file("2.targets.json").size());
  const Targets targets = parse_targets(hq.file("2.targets.json"));
  EXPECT_EQ(targets.files.at("rules-1.bundle.zst").hashes.sha256, sha256("content"));
  EXPECT_EQ(targets.files.at("rules-1.bundle.zst").custom, R"({"xsell":{"version":1}})");
}

TEST(TufMetadata, TimestampMayTellWhenItWasSigned) {
  Publisher hq;
  EXPECT_FALSE(parse_timestamp(hq.file("timestamp.json")).signed_at_s);
  hq.timestamp.signed_at_s = kNow_s;
  hq.put_timestamp();
  EXPECT_EQ(parse_timestamp(hq.file("timestamp.json")).signed_at_s, kNow_s);
}

TEST(TufMetadata, RefusesWhatBreaksTheFormatAndSaysWhere) {
  Publisher hq;
  const std::string timestamp = hq.file("timestamp.json");
  const auto refuse = [&](const std::string& from, const std::string& to) {
    return refusal(parse_timestamp, changed(timestamp, from, to));
  };
  EXPECT_THAT(refuse(R"("version":1}})", R"("version":0}})"), HasSubstr("version"));
  EXPECT_THAT(refuse(R"("_type":"timestamp")", R"("_type":"root")"), HasSubstr("_type"));
  EXPECT_THAT(refuse(R"("spec_version":"1.)", R"("spec_version":"2.)"), HasSubstr("spec_version"));
  EXPECT_THAT(refuse("Z\"", "\""), HasSubstr("expires"));
  EXPECT_THAT(refuse("snapshot.json", "snapshot.jsom"), HasSubstr("snapshot.json"));
  EXPECT_THAT(refuse("\"length\":", "\"length\":-"), HasSubstr("length"));
  EXPECT_THAT(refuse("\"sha256\":\"", "\"sha256\":\"0"), HasSubstr("no SHA-256"));
  EXPECT_THAT(refuse("\"version\":", "\"version\":1.5,\"v\":"), HasSubstr("line 1, column"));
  EXPECT_THAT(refuse("\"version\":", "\"version\":9007199254740992,\"v\":"), HasSubstr("range"));
  EXPECT_THAT(refuse("\"signatures\":[", "\"signatures\":[1,"), HasSubstr("signature"));
  EXPECT_THAT(refuse("{\"sign", "[{\"sign"), HasSubstr("line 1"));
  EXPECT_THAT(refusal(parse_timestamp, timestamp + "x"), HasSubstr("line 1"));
  EXPECT_THAT(refusal(parse_timestamp, timestamp + timestamp), HasSubstr("line 1"));
  EXPECT_THAT(refusal(parse_timestamp, ""), HasSubstr("line 1"));
  EXPECT_NO_THROW(parse_timestamp(timestamp + " \n"));
}

TEST(TufMetadata, RefusesRootsThatLie) {
  Publisher hq;
  const std::string root = hq.file("1.root.json");
  const auto refuse = [&](const std::string& from, const std::string& to) {
    return refusal(parse_root, changed(root, from, to));
  };
  EXPECT_THAT(refuse("\"threshold\":1", "\"threshold\":0"), HasSubstr("threshold"));
  EXPECT_THAT(refuse("\"timestamp\":{\"keyids", "\"timestomp\":{\"keyids"), HasSubstr("timestamp"));
  EXPECT_THAT(refuse("\"consistent_snapshot\":true", "\"consistent_snapshot\":1"),
              HasSubstr("consistent_snapshot"));
}

// A root in which every role has the one key.
std::string root_with_key(const std::string& id, const std::string& key) {
  const std::string role = R"({"keyids":[")" + id + R"("],"threshold":1})";
  return R"({"signatures":[],"signed":{"_type":"root","expires":"2030-01-01T00:00:00Z","keys":{")" +
         id + "\":" + key + R"(},"roles":{"root":)" + role + R"(,"snapshot":)" + role +
         R"(,"targets":)" + role + R"(,"timestamp":)" + role +
         R"(},"spec_version":"1.0.0","version":1}})";
}

TEST(TufMetadata, KeysOfUnknownKindsAreKeptButCannotSign) {
  const std::string key =
      R"({"keytype":"sphincs","keyval":{"other":"x","public":"PEM"},"scheme":"shake"})";
  const Root root = parse_root(root_with_key("any text at all", key));
  EXPECT_TRUE(root.root.key_ids.contains("any text at all"));
  EXPECT_FALSE(root.root.keys.at("any text at all").ready());
  EXPECT_EQ(root.root.keys.at("any text at all").json, key);
  EXPECT_FALSE(root.has_consistent_snapshots);
}

// A key of python-tuf's published test repository, with a field that is no longer in the standard.
TEST(TufMetadata, AgreesWithAnotherImplementationOnKeyIdentifiers) {
  const std::string id = "59a4df8af818e9ed7abe0764c0b47b4240952aa0d179b5b78346c470ac30278d";
  const std::string key =
      R"({"keytype":"ed25519","keyid_hash_algorithms":["sha256","sha512"],"scheme":"ed25519",)"
      R"("keyval":{"public":"edcd0a32a07dce33f7c7873aaffbff36d20ea30787574ead335eefd337e4dacd"}})";
  const Root root = parse_root(root_with_key(id, key));
  EXPECT_TRUE(root.root.keys.at(id).ready());
  EXPECT_EQ(sha256_hex(root.root.keys.at(id).json), id);
}

}  // namespace
}  // namespace xsell::sync::tuf
