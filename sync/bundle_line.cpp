#include <string_view>

#include "sync/bundle.h"

namespace xsell::sync {
namespace {

constexpr size_t kMaxIdBytes = 255;

// Walks over a canonical JSON object without building anything. A line that is not canonical may be
// misread, but never read beyond its end; the receiver parses it in full.
class LineScanner {
 public:
  explicit LineScanner(std::string_view line) : line_(line) {}

  bool take(char c) {
    if (at_ >= line_.size() || line_[at_] != c) return false;
    ++at_;
    return true;
  }

  // The content of a string, escapes as they are; false if there is none.
  bool take_string(std::string_view& content) {
    if (!take('"')) return false;
    const size_t from = at_;
    for (; at_ < line_.size() && line_[at_] != '"'; ++at_) {
      if (line_[at_] == '\\') ++at_;
    }
    if (at_ >= line_.size()) return false;
    content = line_.substr(from, at_ - from);
    ++at_;
    return true;
  }

  bool skip_value() {
    int depth = 0;
    std::string_view ignored;
    while (at_ < line_.size()) {
      const char c = line_[at_];
      if (c == '"') {
        if (!take_string(ignored)) return false;
        continue;
      }
      if (depth == 0 && (c == ',' || c == '}')) return true;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
    }
    return false;
  }

 private:
  std::string_view line_;
  size_t at_ = 0;
};

}  // namespace

bool is_line_id(std::string_view id) {
  if (id.empty() || id.size() > kMaxIdBytes) return false;
  for (const char c : id) {
    if (c == '\\' || c == '"' || (c >= 0 && c < ' ')) return false;
  }
  return true;
}

std::string_view line_id(std::string_view line) {
  LineScanner scanner(line);
  if (!scanner.take('{')) return {};
  do {
    std::string_view name;
    if (!scanner.take_string(name) || !scanner.take(':')) return {};
    if (name == "id") {
      std::string_view id;
      return scanner.take_string(id) && is_line_id(id) ? id : std::string_view();
    }
    if (!scanner.skip_value()) return {};
  } while (scanner.take(','));
  return {};
}

}  // namespace xsell::sync
