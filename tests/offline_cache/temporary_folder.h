#ifndef XSELL_TESTS_OFFLINE_CACHE_TEMPORARY_FOLDER_H_
#define XSELL_TESTS_OFFLINE_CACHE_TEMPORARY_FOLDER_H_

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace xsell::tests {

// A folder of its own for one test, gone with it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = std::filesystem::temp_directory_path() / "xsell-test-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline void write_text(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

inline std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Flips one bit of the first place where `text` stands in the file; false when it is not there.
inline bool flip_bit_at(const std::string& path, const std::string& text) {
  std::string content = read_text(path);
  const size_t at = content.find(text);
  if (at == std::string::npos) return false;
  content[at] = static_cast<char>(content[at] ^ 1);
  write_text(path, content);
  return true;
}

}  // namespace xsell::tests

#endif  // XSELL_TESTS_OFFLINE_CACHE_TEMPORARY_FOLDER_H_
