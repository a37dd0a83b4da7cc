#ifndef XSELL_TESTS_PLUGIN_WAIT_FOR_H_
#define XSELL_TESTS_PLUGIN_WAIT_FOR_H_

#include <poll.h>

#include <chrono>

namespace xsell::tests {

// Looks until it is so; false when it has not become so in time. The only waiting that tests do:
// for another thread's or process's work, never for time to pass.
template <typename IsSo>
bool wait_for(IsSo&& is_so, std::chrono::milliseconds longest = std::chrono::seconds(10)) {
  const auto end = std::chrono::steady_clock::now() + longest;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > end) return false;
    ::poll(nullptr, 0, 2);
  }
  return true;
}

}  // namespace xsell::tests

#endif  // XSELL_TESTS_PLUGIN_WAIT_FOR_H_
