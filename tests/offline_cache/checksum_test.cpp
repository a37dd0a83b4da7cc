#include "offline_cache/checksum.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace xsell::offline_cache {
namespace {

int64_t sum_of(std::string_view bytes, size_t step) {
  BulkChecksum sum;
  for (; bytes.size() > step; bytes.remove_prefix(step)) sum.add(bytes.substr(0, step));
  sum.add(bytes);
  return sum.finish();
}

std::string some_bytes(size_t size) {
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 37 + i / 7);
  return bytes;
}

TEST(BulkChecksum, IsTheSameHoweverTheBytesAreCut) {
  const std::string bytes = some_bytes(1000);
  for (size_t step = 1; step < 100; ++step) EXPECT_EQ(sum_of(bytes, step), sum_of(bytes, 1000));
}

TEST(BulkChecksum, IsAnotherWithAnyBitFlipped) {
  std::string bytes = some_bytes(100);
  const int64_t whole = sum_of(bytes, 100);
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    EXPECT_NE(sum_of(bytes, 100), whole) << bit;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
  }
}

TEST(BulkChecksum, TellsHowManyZerosThereAre) {
  EXPECT_NE(sum_of(std::string(31, '\0'), 31), sum_of(std::string(32, '\0'), 32));
  EXPECT_NE(sum_of(std::string_view(), 1), sum_of(std::string(1, '\0'), 1));
}

}  // namespace
}  // namespace xsell::offline_cache
