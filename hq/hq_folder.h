// The paths of one HQ folder: database, keys, TLS files and the tree that lanes download from.
// Fails: create() throws Refused with the path and the mend.
#ifndef XSELL_HQ_HQ_FOLDER_H_
#define XSELL_HQ_HQ_FOLDER_H_

#include <filesystem>

namespace xsell::hq {

class HqFolder {
 public:
  static constexpr const char* kDefaultPath = "/var/lib/xsell-hq";

  explicit HqFolder(std::filesystem::path path) : path_(std::move(path)) {}

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path database() const { return path_ / "hq.db"; }
  std::filesystem::path keys() const { return path_ / "keys"; }
  std::filesystem::path tls() const { return path_ / "tls"; }
  // The document root of /v1: what a lane, a CDN or a USB stick gets.
  std::filesystem::path tree() const { return path_ / "tree"; }
  std::filesystem::path tuf() const { return tree() / "v1" / "tuf"; }
  std::filesystem::path targets() const { return tree() / "v1" / "targets"; }

  bool is_initialised() const;

  // Makes the folder and its parts, all of mode 0700. Harmless when they exist.
  void create() const;

 private:
  std::filesystem::path path_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_HQ_FOLDER_H_
