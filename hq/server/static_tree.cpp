#include "hq/server/static_tree.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "sync/sha256.h"

namespace xsell::hq {
namespace {

constexpr std::string_view kMetadata = "/v1/tuf/";
constexpr std::string_view kTargets = "/v1/targets/";
constexpr std::uint64_t kHashedSize = 1 << 20;
constexpr std::size_t kMostKnown = 4096;

std::string_view name_in(std::string_view path) {
  if (path.starts_with(kMetadata)) return path.substr(kMetadata.size());
  if (path.starts_with(kTargets)) return path.substr(kTargets.size());
  return {};
}

// One plain file name: nothing that a path could be hidden in.
bool is_plain_name(std::string_view name) {
  if (name.empty() || name.front() == '.') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  });
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// If-None-Match compares weakly and may list several.
bool lists_etag(std::string_view header, std::string_view etag) {
  if (header == "*") return true;
  while (!header.empty()) {
    const std::size_t comma = header.find(',');
    std::string_view entry = header.substr(0, comma);
    while (entry.starts_with(' ')) entry.remove_prefix(1);
    while (entry.ends_with(' ')) entry.remove_suffix(1);
    if (entry.starts_with("W/")) entry.remove_prefix(2);
    if (entry == etag) return true;
    if (comma == std::string_view::npos) return false;
    header.remove_prefix(comma + 1);
  }
  return false;
}

std::string content_hash(int descriptor, std::uint64_t size) {
  std::string content(size, '\0');
  std::size_t have = 0;
  while (have < content.size()) {
    const ssize_t got =
        ::pread(descriptor, content.data() + have, content.size() - have, static_cast<off_t>(have));
    if (got <= 0) return {};
    have += static_cast<std::size_t>(got);
  }
  return sync::sha256_hex(content).substr(0, 32);
}

}  // namespace

RangeKind parse_range(std::string_view header, std::uint64_t size, ByteRange& range) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return RangeKind::kNone;
  header.remove_prefix(kUnit.size());
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos || header.find(',') != std::string_view::npos)
    return RangeKind::kNone;
  const auto first = number(header.substr(0, dash));
  const auto last = number(header.substr(dash + 1));
  const bool has_last = dash + 1 < header.size();
  if (dash == 0) {  // the last n bytes
    if (!last) return RangeKind::kNone;
    if (*last == 0 || size == 0) return RangeKind::kUnsatisfiable;
    range = {size - std::min(size, *last), size - 1};
    return RangeKind::kOne;
  }
  if (!first || (has_last && !last) || (has_last && *last < *first)) return RangeKind::kNone;
  if (*first >= size) return RangeKind::kUnsatisfiable;
  range = {*first, has_last ? std::min(*last, size - 1) : size - 1};
  return RangeKind::kOne;
}

bool StaticTree::serves(std::string_view path) {
  return path.starts_with(kMetadata) || path.starts_with(kTargets);
}

HttpAnswer StaticTree::answer(const HttpRequest& request) {
  if (request.method != "GET" && request.method != "HEAD")
    return error_answer(405, "method", "only GET and HEAD");
  const std::string_view name = name_in(request.path);
  if (!is_plain_name(name)) return error_answer(404, "not_found", "no such file");
  const std::string path = tree_.string() + request.path;
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  auto file = std::make_shared<FileBody>(descriptor, 0, 0);
  struct stat status {};
  if (descriptor < 0 || ::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    return error_answer(404, "not_found", "no such file");
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const std::int64_t modified_ns = status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec;

  Known fresh{modified_ns, status.st_ino, size, {}};
  const auto known = known_.find(request.path);
  if (known != known_.end() && known->second.modified_ns == modified_ns &&
      known->second.inode == fresh.inode && known->second.size == size) {
    fresh.etag = known->second.etag;
  } else {
    const std::string hash = size <= kHashedSize ? content_hash(descriptor, size) : std::string();
    fresh.etag = hash.empty() ? fmt::format("\"{:x}-{:x}-{:x}\"", size, modified_ns, fresh.inode)
                              : "\"" + hash + "\"";
    if (known_.size() >= kMostKnown) known_.clear();
    known_[request.path] = fresh;
  }

  HttpAnswer answer;
  // Everything but the timestamp carries its version or hash in its name.
  const bool is_mutable = name == "timestamp.json";
  answer.headers = {
      {"ETag", fresh.etag},
      {"Accept-Ranges", "bytes"},
      {"Cache-Control", is_mutable ? "no-cache" : "private, max-age=31536000, immutable"},
      {"Content-Type", name.ends_with(".json") ? "application/json" : "application/octet-stream"}};
  if (const auto tags = request.header("if-none-match");
      !tags.empty() && lists_etag(tags, fresh.etag)) {
    answer.status = 304;
    return answer;
  }
  ByteRange range;
  RangeKind kind = parse_range(request.header("range"), size, range);
  // Another entity than the one begun with is sent whole.
  if (const auto condition = request.header("if-range");
      !condition.empty() && condition != fresh.etag)
    kind = RangeKind::kNone;
  if (kind == RangeKind::kUnsatisfiable) {
    answer = error_answer(416, "range", "the file is shorter");
    answer.headers.emplace_back("Content-Range", fmt::format("bytes */{}", size));
    return answer;
  }
  file->size = size;
  if (kind == RangeKind::kOne) {
    answer.status = 206;
    answer.headers.emplace_back("Content-Range",
                                fmt::format("bytes {}-{}/{}", range.first, range.last, size));
    file->offset = range.first;
    file->size = range.last - range.first + 1;
  }
  answer.file = std::move(file);
  return answer;
}

}  // namespace xsell::hq
