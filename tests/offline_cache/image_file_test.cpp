#include "offline_cache/image_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include "tests/offline_cache/temporary_folder.h"

namespace xsell::offline_cache {
namespace {

class ImageFile : public testing::Test {
 protected:
  bool write(std::string_view key, std::string_view first, std::string_view second = "") {
    return write_image_file(path_, key, [&](const ContentSink& sink) {
      sink(first);
      sink(second);
    });
  }
  std::optional<std::string> read(std::string_view key) {
    std::string content;
    const bool is_read =
        read_image_file(path_, key, [&](uint64_t size, const ContentSource& source) {
          content.resize(size);
          return source(content.data(), content.size()) && !source(content.data(), 9);
        });
    return is_read ? std::optional(content) : std::nullopt;
  }

  tests::TemporaryFolder folder_;
  const std::string path_ = folder_.file("rules-3.image");
};

TEST_F(ImageFile, ComesBackWholeUnderItsKeyOnly) {
  EXPECT_EQ(read("a"), std::nullopt);
  ASSERT_TRUE(write("a", "one ", std::string(100'000, 'x')));
  EXPECT_EQ(read("a"), "one " + std::string(100'000, 'x'));
  EXPECT_EQ(read("b"), std::nullopt);
  ASSERT_TRUE(write("b", ""));
  EXPECT_EQ(read("b"), "");
  EXPECT_EQ(read("a"), std::nullopt);
}

TEST_F(ImageFile, NoBitMayBeWrongAndNoByteMissing) {
  ASSERT_TRUE(write("key", "content"));
  const std::string whole = tests::read_text(path_);
  for (size_t byte = 0; byte < whole.size(); ++byte) {
    std::string damaged = whole;
    damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << byte % 8));
    tests::write_text(path_, damaged);
    ASSERT_EQ(read("key"), std::nullopt) << byte;
  }
  for (size_t size = 0; size < whole.size(); ++size) {
    tests::write_text(path_, whole.substr(0, size));
    ASSERT_EQ(read("key"), std::nullopt) << size;
  }
}

TEST_F(ImageFile, WhatOthersMayHaveWrittenIsNotRead) {
  ASSERT_TRUE(write("key", "content"));
  std::filesystem::permissions(path_, std::filesystem::perms::group_write,
                               std::filesystem::perm_options::add);
  EXPECT_EQ(read("key"), std::nullopt);
  ASSERT_TRUE(write("key", "content"));
  EXPECT_EQ(read("key"), "content");
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  ASSERT_EQ(::chown(path_.c_str(), 12345, 12345), 0);
  EXPECT_EQ(read("key"), std::nullopt);
}

TEST_F(ImageFile, WhereItCannotBeWrittenThereIsNone) {
  EXPECT_FALSE(write_image_file(folder_.file("missing/x"), "key", [](const ContentSink&) {}));
  ASSERT_TRUE(write("key", "content"));
  std::filesystem::create_directory(path_ + ".part");
  EXPECT_FALSE(write("key", "newer"));
  EXPECT_EQ(read("key"), std::nullopt) << "what is out of date goes";
}

}  // namespace
}  // namespace xsell::offline_cache
