#ifndef XSELL_TESTS_OFFLINE_CACHE_TINY_DISK_H_
#define XSELL_TESTS_OFFLINE_CACHE_TINY_DISK_H_

#include <functional>
#include <string>

namespace xsell::tests {

// A real file system of a few megabytes (tmpfs in a mount namespace of its own), on which `work`
// runs in a child process.
class TinyDisk {
 public:
  struct Result {
    bool is_possible = true;  // false: this machine forbids it, `why` says what
    std::string why;          // or what `work` found wrong; empty: nothing
  };
  // `work` gets the disk's folder and returns what is wrong, or nothing.
  static Result run(int megabytes, const std::function<std::string(const std::string&)>& work);

  // For `work`: takes all space but `left_bytes`, in a file `ballast`.
  static void fill(const std::string& folder, size_t left_bytes);
  static void free(const std::string& folder);
  static bool make_read_only(const std::string& folder, bool is_read_only);
};

}  // namespace xsell::tests

#endif  // XSELL_TESTS_OFFLINE_CACHE_TINY_DISK_H_
