#ifndef XSELL_TESTS_INTEGRATION_FREE_PORT_H_
#define XSELL_TESTS_INTEGRATION_FREE_PORT_H_

#include <cstdint>

namespace xsell::tests {

// For programs that cannot take port 0: of 127.0.0.1, free a moment ago.
std::uint16_t free_port();

}  // namespace xsell::tests

#endif  // XSELL_TESTS_INTEGRATION_FREE_PORT_H_
