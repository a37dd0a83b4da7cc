#include "sync/folder_fetcher.h"

#include <cstdio>
#include <memory>
#include <system_error>
#include <vector>

#include "sync/tuf_metadata.h"

namespace xsell::sync {

FolderFetcher::FolderFetcher(std::filesystem::path folder) : folder_(std::move(folder)) {}

Failure FolderFetcher::fetch(std::string_view path, uint64_t max_bytes, ByteSink& sink) {
  const std::filesystem::path file = folder_ / path;
  const auto fail = [&](Problem problem, const std::string& why) {
    return Failure{problem, NetError::kNone, file.string() + ": " + why};
  };
  if (!tuf::is_safe_target_name(path)) return fail(Problem::kUntrustedName, "leaves its folder");

  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status)) return fail(Problem::kNotFound, "is not there");
  // A pipe or a device in a file's place would hang or never end.
  if (!std::filesystem::is_regular_file(status)) return fail(Problem::kStorage, "is not a file");

  const std::unique_ptr<FILE, int (*)(FILE*)> stream(std::fopen(file.c_str(), "rbe"), std::fclose);
  if (!stream) return fail(Problem::kStorage, "cannot be opened");
  std::vector<char> buffer(64 * 1024);
  uint64_t total = 0;
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), stream.get())) {
    total += count;
    if (total > max_bytes) return fail(Problem::kTooLarge, "is over " + std::to_string(max_bytes));
    if (!sink.write({buffer.data(), count})) {
      return {Problem::kTransport, NetError::kCancelled, file.string()};
    }
  }
  if (std::ferror(stream.get()) != 0) return fail(Problem::kStorage, "cannot be read");
  return {};
}

}  // namespace xsell::sync
