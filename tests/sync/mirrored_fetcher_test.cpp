#include "sync/mirrored_fetcher.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "sync/limits.h"

namespace xsell::sync {
namespace {

// A way to files that has some, or fails.
class Way : public Fetcher {
 public:
  Failure fetch(std::string_view path, uint64_t, ByteSink& sink) override {
    asked.emplace_back(path);
    sink.write(first_bytes);
    if (failure.failed()) return failure;
    const auto file = files.find(std::string(path));
    if (file == files.end()) return {Problem::kNotFound, NetError::kNone, "no such file"};
    sink.write(file->second);
    return {};
  }

  std::map<std::string, std::string> files;
  Failure failure;
  std::string first_bytes;  // given before it fails
  std::vector<std::string> asked;
};

Failure broken(NetError error) { return {Problem::kTransport, error, "broken"}; }

class MirroredFetcherTest : public ::testing::Test {
 protected:
  MirroredFetcherTest() {
    hq_.files = {{kHead, "head of HQ"}, {kBundle, "bundle"}};
    mirror_.files = {{kHead, "older head"}, {kBundle, "bundle"}};
  }

  // What came, or why nothing did.
  std::string fetch(const std::string& path) {
    MirroredFetcher fetcher(hq_, mirror_, state_, now_ms_);
    std::string body;
    const Failure failure = fetcher.fetch_all(path, 1000, body);
    return failure.failed() ? "failed: " + std::string(failure.name()) : body;
  }

  static constexpr const char* kHead = "v1/tuf/timestamp.json";
  static constexpr const char* kBundle = "v1/targets/abc.bundle";
  Way hq_, mirror_;
  std::int64_t now_ms_ = 1'000'000;
  MirrorState state_{[](std::int64_t) { return 0; }};
};

TEST_F(MirroredFetcherTest, takes_metadata_from_hq_and_bundles_from_the_mirror) {
  EXPECT_EQ(fetch(kHead), "head of HQ");
  EXPECT_EQ(fetch(kBundle), "bundle");
  EXPECT_EQ(hq_.asked, std::vector<std::string>{kHead});
  EXPECT_EQ(mirror_.asked, std::vector<std::string>{kBundle});
}

TEST_F(MirroredFetcherTest, A42_leaves_a_mirror_aside_for_five_minutes_whatever_is_wrong_with_it) {
  for (const Failure& failure :
       {broken(NetError::kRefused), broken(NetError::kTlsAuthority), broken(NetError::kSlow),
        broken(NetError::kStatus), Failure{Problem::kNotFound, NetError::kNone, "dropped"}}) {
    mirror_.failure = failure;
    mirror_.asked.clear();
    EXPECT_EQ(fetch(kBundle), "bundle");
    EXPECT_EQ(state_.trouble().substr(0, failure.name().size()), failure.name());
    now_ms_ += limits::kMirrorPause_ms - 1;
    EXPECT_EQ(fetch(kBundle), "bundle");
    EXPECT_EQ(mirror_.asked.size(), 1U) << failure.name();
    now_ms_ += 1;
    mirror_.failure = {};
    EXPECT_EQ(fetch(kBundle), "bundle");
    EXPECT_EQ(mirror_.asked.size(), 2U) << failure.name();
    EXPECT_EQ(state_.trouble(), "");
  }
}

TEST_F(MirroredFetcherTest, never_splices_two_sources) {
  mirror_.first_bytes = "half of it";
  mirror_.failure = broken(NetError::kClosed);
  EXPECT_EQ(fetch(kBundle), "failed: closed");
  EXPECT_TRUE(hq_.asked.empty());
  mirror_.first_bytes.clear();
  EXPECT_EQ(fetch(kBundle), "bundle") << "the next cycle goes to HQ";
  EXPECT_EQ(hq_.asked.size(), 1U);
}

TEST_F(MirroredFetcherTest, takes_metadata_from_the_mirror_only_while_hq_cannot_be_reached) {
  for (const NetError error : {NetError::kDns, NetError::kRefused, NetError::kConnectSlow,
                               NetError::kClosed, NetError::kPortal, NetError::kTlsAuthority}) {
    hq_.failure = broken(error);
    EXPECT_EQ(fetch(kHead), "older head") << name_of(error);
  }
  // HQ's own word counts: a revoked lane, a file that is not there.
  hq_.failure = broken(NetError::kStatus);
  EXPECT_EQ(fetch(kHead), "failed: status");
  hq_.failure = {Problem::kNotFound, NetError::kNone, ""};
  EXPECT_EQ(fetch(kHead), "failed: not_found");
}

TEST_F(MirroredFetcherTest, tells_of_hqs_absence_when_neither_serves) {
  hq_.failure = broken(NetError::kDns);
  mirror_.failure = broken(NetError::kRefused);
  EXPECT_EQ(fetch(kHead), "failed: dns");
  EXPECT_EQ(fetch(kBundle), "failed: dns");
}

TEST_F(MirroredFetcherTest, a_stop_is_nobodys_fault) {
  mirror_.failure = broken(NetError::kCancelled);
  EXPECT_EQ(fetch(kBundle), "failed: cancelled");
  EXPECT_TRUE(state_.is_usable(now_ms_));
  EXPECT_TRUE(hq_.asked.empty());
}

}  // namespace
}  // namespace xsell::sync
