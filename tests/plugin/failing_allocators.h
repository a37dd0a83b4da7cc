#ifndef XSELL_TESTS_PLUGIN_FAILING_ALLOCATORS_H_
#define XSELL_TESTS_PLUGIN_FAILING_ALLOCATORS_H_

#include <atomic>

namespace xsell::tests {

// The allocation with this number from now, of all threads, fails; 0: none. Counted down.
extern std::atomic<long> until_new_fails;     // operator new throws
extern std::atomic<long> until_sqlite_fails;  // SQLite's allocator returns null

bool is_sqlite_hooked();

}  // namespace xsell::tests

#endif  // XSELL_TESTS_PLUGIN_FAILING_ALLOCATORS_H_
