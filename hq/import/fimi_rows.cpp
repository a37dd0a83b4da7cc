#include "hq/import/fimi_rows.h"

#include <cstring>
#include <filesystem>
#include <unordered_set>
#include <utility>

#include "hq/import/fimi_line.h"

namespace xsell::hq {
namespace {

constexpr std::size_t kChunkBytes = 256 * 1024;
constexpr std::size_t kMaxLineBytes = 1024 * 1024;

}  // namespace

FimiRows::FimiRows(std::unique_ptr<ByteSource> source, const std::string& path, std::string day)
    : source_(std::move(source)),
      file_(std::filesystem::path(path).filename().string()),
      day_(std::move(day)) {}

bool FimiRows::read_line() {
  begin_ = next_;
  is_too_long_ = false;
  std::size_t searched = begin_;
  while (true) {
    const void* const found = std::memchr(buffer_.data() + searched, '\n', filled_ - searched);
    if (found != nullptr) {
      end_ = static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data());
      next_ = end_ + 1;
      return true;
    }
    if (filled_ - begin_ > kMaxLineBytes) {
      is_too_long_ = true;
      begin_ = filled_;  // what was read of it is of no use
    }
    buffer_.erase(0, begin_);
    filled_ -= begin_;
    begin_ = 0;
    searched = filled_;
    buffer_.resize(filled_ + kChunkBytes);
    const std::size_t size = source_->read({buffer_.data() + filled_, kChunkBytes});
    filled_ += size;
    if (size > 0) continue;
    end_ = next_ = filled_;
    return end_ > begin_ || is_too_long_;
  }
}

bool FimiRows::take_line() {
  items_.clear();
  given_ = 0;
  const char* const begin = buffer_.data() + begin_;
  const char* const end = buffer_.data() + end_;
  raw_ = {begin, end_ - begin_};
  bad_reason_ = is_too_long_ ? "the line is longer than 1 MiB" : kBadFimiLine;
  const auto take = [&](std::uint32_t item) { items_.push_back(item); };
  if (is_too_long_ || !read_fimi_line(begin, end, take)) {
    items_.clear();
    return false;
  }
  basket_ = file_ + ':' + std::to_string(line_);
  // Once each, in the order they first came.
  std::unordered_set<std::uint32_t> seen;
  std::erase_if(items_, [&](std::uint32_t item) { return !seen.insert(item).second; });
  return true;
}

BasketRows::Row FimiRows::next() {
  while (given_ == items_.size()) {
    if (!read_line()) return Row::kEnd;
    ++line_;
    if (!take_line()) return Row::kBad;
  }
  item_ = std::to_string(items_[given_++]);
  return Row::kRead;
}

std::string_view FimiRows::field(BasketRole role) const {
  switch (role) {
    case kBasket:
      return basket_;
    case kTime:
      return day_;
    case kItem:
      return item_;
    default:
      return {};
  }
}

}  // namespace xsell::hq
