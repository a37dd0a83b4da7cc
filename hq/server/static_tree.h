// The published files, /v1/tuf/* and /v1/targets/*, as plain files of a web server: ETag and 304,
// Range and If-Range, caching. Threads: one. Fails: with answers.
#ifndef XSELL_HQ_SERVER_STATIC_TREE_H_
#define XSELL_HQ_SERVER_STATIC_TREE_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "hq/server/http_message.h"

namespace xsell::hq {

// One range of a Range header, made absolute. Several ranges, other units and nonsense count as no
// range.
struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};
enum class RangeKind { kNone, kOne, kUnsatisfiable };
RangeKind parse_range(std::string_view header, std::uint64_t size, ByteRange& range);

class StaticTree {
 public:
  explicit StaticTree(std::filesystem::path tree) : tree_(std::move(tree)) {}

  // Whether the path is one of the tree's, be there such a file or not.
  static bool serves(std::string_view path);

  HttpAnswer answer(const HttpRequest& request);

 private:
  struct Known {
    std::int64_t modified_ns = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::string etag;
  };

  std::filesystem::path tree_;
  std::map<std::string, Known, std::less<>>
      known_;  // entity tags of small files, which are hashes of their content
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_SERVER_STATIC_TREE_H_
