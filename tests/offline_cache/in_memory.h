#ifndef XSELL_TESTS_OFFLINE_CACHE_IN_MEMORY_H_
#define XSELL_TESTS_OFFLINE_CACHE_IN_MEMORY_H_

#include <stdlib.h>

#include <filesystem>

namespace xsell::tests {

// While one lives, temporary folders are made in memory where the system has a place for that:
// for tests that sync thousands of times and do not ask how a disk does it.
class InMemory {
 public:
  InMemory() {
    if (std::filesystem::is_directory("/dev/shm")) ::setenv("TMPDIR", "/dev/shm", 1);
  }
  ~InMemory() { ::unsetenv("TMPDIR"); }
  InMemory(const InMemory&) = delete;
  InMemory& operator=(const InMemory&) = delete;
};

}  // namespace xsell::tests

#endif  // XSELL_TESTS_OFFLINE_CACHE_IN_MEMORY_H_
