#include "hq/import/fimi_reader.h"

#include <cstring>
#include <string_view>
#include <unordered_map>

#include "hq/import/fimi_line.h"

namespace xsell::hq {
namespace {

constexpr std::size_t kChunkBytes = 256 * 1024;
constexpr std::uint32_t kDirectIds = 1U << 20;  // looked up in an array, higher ones by hash
constexpr std::uint64_t kUsualItemBytes = 4;

class FimiLines {
 public:
  FimiLines(const std::string& file, std::uint64_t bytes, BadLines& bad) : file_(file), bad_(bad) {
    table_.items.reserve(bytes / kUsualItemBytes);
  }

  // A whole line, without its end.
  void take(const char* begin, const char* end) {
    ++table_.lines;
    ++stamp_;
    const std::size_t start = table_.items.size();
    const auto add_item = [&](std::uint32_t id) {
      const std::uint32_t item = number_of(id);
      if (seen_[item] == stamp_) return;
      seen_[item] = stamp_;
      table_.items.push_back(item);
    };
    if (!read_fimi_line(begin, end, add_item)) {
      table_.items.resize(start);
      bad_.add(file_, table_.lines, kBadFimiLine,
               std::string_view(begin, static_cast<std::size_t>(end - begin)));
      return;
    }
    if (table_.items.size() > start) table_.begins.push_back(table_.items.size());
  }

  FimiTable finish() { return std::move(table_); }

 private:
  std::uint32_t number_of(std::uint32_t id) {
    if (id < direct_.size() && direct_[id] != 0) return direct_[id] - 1;
    if (id < kDirectIds) {
      if (id >= direct_.size()) direct_.resize(id + id / 2 + 1, 0);
      direct_[id] = add(id) + 1;
      return direct_[id] - 1;
    }
    const auto [at, is_new] = hashed_.emplace(id, static_cast<std::uint32_t>(table_.ids.size()));
    if (is_new) add(id);
    return at->second;
  }
  std::uint32_t add(std::uint32_t id) {
    table_.ids.push_back(id);
    seen_.push_back(0);
    return static_cast<std::uint32_t>(table_.ids.size() - 1);
  }

  const std::string& file_;
  BadLines& bad_;
  FimiTable table_;
  std::vector<std::uint32_t> direct_;  // id -> dense number + 1
  std::unordered_map<std::uint32_t, std::uint32_t> hashed_;
  std::vector<std::uint64_t> seen_;  // by dense number: the last line with it
  std::uint64_t stamp_ = 0;
};

}  // namespace

FimiTable FimiReader::read(const std::string& file, BadLines& bad) {
  FimiLines lines(file, source_->total_bytes(), bad);
  std::string buffer;
  std::size_t end = 0;  // of what was read
  while (true) {
    if (buffer.size() < end + kChunkBytes) buffer.resize(end + kChunkBytes);
    const std::size_t size = source_->read({buffer.data() + end, kChunkBytes});
    end += size;
    const char* at = buffer.data();
    const char* const stop = buffer.data() + end;
    while (const void* found = std::memchr(at, '\n', static_cast<std::size_t>(stop - at))) {
      const char* const line_end = static_cast<const char*>(found);
      lines.take(at, line_end);
      at = line_end + 1;
    }
    if (size == 0) {
      if (at < stop) lines.take(at, stop);
      return lines.finish();
    }
    end = static_cast<std::size_t>(stop - at);
    std::memmove(buffer.data(), at, end);
  }
}

}  // namespace xsell::hq
