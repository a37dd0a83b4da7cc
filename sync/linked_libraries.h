#ifndef XSELL_SYNC_LINKED_LIBRARIES_H_
#define XSELL_SYNC_LINKED_LIBRARIES_H_

#include <string>
#include <utility>
#include <vector>

namespace xsell::sync {

// Names and versions of the libraries that the network and the release format run on: what a
// security notice is compared with.
std::vector<std::pair<std::string, std::string>> linked_libraries();

}  // namespace xsell::sync

#endif  // XSELL_SYNC_LINKED_LIBRARIES_H_
