#include "tests/plugin/failing_allocators.h"

#include <sqlite3.h>

#include <cstdlib>
#include <new>

namespace xsell::tests {

std::atomic<long> until_new_fails{0};
std::atomic<long> until_sqlite_fails{0};

namespace {

bool runs_out(std::atomic<long>& until) {
  return until.load(std::memory_order_relaxed) > 0 && until.fetch_sub(1) == 1;
}

sqlite3_mem_methods system_memory;

void* sqlite_malloc(int size) {
  return runs_out(until_sqlite_fails) ? nullptr : system_memory.xMalloc(size);
}
void* sqlite_realloc(void* memory, int size) {
  return runs_out(until_sqlite_fails) ? nullptr : system_memory.xRealloc(memory, size);
}

// Before SQLite is used for the first time.
const bool is_hooked = [] {
  sqlite3_config(SQLITE_CONFIG_GETMALLOC, &system_memory);
  sqlite3_mem_methods hooked = system_memory;
  hooked.xMalloc = sqlite_malloc;
  hooked.xRealloc = sqlite_realloc;
  return sqlite3_config(SQLITE_CONFIG_MALLOC, &hooked) == SQLITE_OK;
}();

}  // namespace

bool is_sqlite_hooked() { return is_hooked; }

}  // namespace xsell::tests

void* operator new(std::size_t size) {
  void* memory = xsell::tests::runs_out(xsell::tests::until_new_fails)
                     ? nullptr
                     : std::malloc(size ? size : 1);
  if (!memory) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
