#ifndef XSELL_HQ_SIGNING_KEYS_H_
#define XSELL_HQ_SIGNING_KEYS_H_

#include <filesystem>

#include "sync/tuf_repository.h"

namespace xsell::hq {

// The private keys of one HQ: files ROLE*.pem of mode 0600 in its keys folder. A role whose files
// were taken away (to a safe, to another machine) has no keys here, and what it must sign is
// refused. Fails: Refused with the file and the mend.
sync::tuf::RepositoryKeys load_signing_keys(const std::filesystem::path& folder);

// One new key for each role.
sync::tuf::RepositoryKeys make_signing_keys(const std::filesystem::path& folder);

}  // namespace xsell::hq

#endif  // XSELL_HQ_SIGNING_KEYS_H_
