#include "tests/integration/free_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace xsell::tests {

std::uint16_t free_port() {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof where;
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ::bind(descriptor, reinterpret_cast<const sockaddr*>(&where), sizeof where);
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&where), &size);
  ::close(descriptor);
  return ntohs(where.sin_port);
}

}  // namespace xsell::tests
