// Counts what a program allocates: linking it in replaces operator new.
#ifndef XSELL_TESTS_RULES_COUNTING_ALLOCATOR_H_
#define XSELL_TESTS_RULES_COUNTING_ALLOCATOR_H_

#include <cstdint>

namespace xsell::tests {

std::uint64_t allocation_count();

}  // namespace xsell::tests

#endif  // XSELL_TESTS_RULES_COUNTING_ALLOCATOR_H_
