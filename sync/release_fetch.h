#ifndef XSELL_SYNC_RELEASE_FETCH_H_
#define XSELL_SYNC_RELEASE_FETCH_H_

#include <filesystem>

#include "sync/bundle.h"
#include "sync/delta.h"
#include "sync/problem.h"
#include "sync/release.h"
#include "sync/tuf_client.h"

namespace xsell::sync {

// Downloads a release to `part_file` (removed in any case), verifies length and SHA-256, and only
// then streams its lines to the sink. Success means that the sink got every line and the state hash
// is the signed one. Threads: one at a time. Fails: with values.
Failure fetch_release(tuf::Client& client, const Release& release,
                      const std::filesystem::path& part_file, BundleSink& sink);

// The same with one of its deltas. What the sink made of the changes must have the release's state
// hash before it is used.
Failure fetch_delta(tuf::Client& client, const Release& release, const ReleaseDelta& delta,
                    const std::filesystem::path& part_file, DeltaSink& sink);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_RELEASE_FETCH_H_
