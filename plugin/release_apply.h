#ifndef XSELL_PLUGIN_RELEASE_APPLY_H_
#define XSELL_PLUGIN_RELEASE_APPLY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "offline_cache/rules_file.h"
#include "sync/problem.h"
#include "sync/release.h"
#include "sync/tuf_client.h"

namespace xsell::plugin {

struct AppliedRelease {
  sync::Failure failure;  // then nothing else counts, and no file of it is there
  offline_cache::RulesFileHeader header;
  bool is_by_delta = false;
  std::vector<std::string> notices;  // why a delta could not be used
};

enum class Transfer : uint8_t { kDeltaIfOneFits, kWhole };

// Fetches a release and makes it the next generation on disk: by a delta onto a generation that
// nobody needs any more, or onto a copy of `generation_in_use` (0: none), or, when no delta fits or
// its result is not what was signed, as a whole bundle. `use` gets its lines once they are
// verified; the release is not taken when it throws. A network that fails ends the try. Threads:
// one at a time. Fails: by value.
AppliedRelease apply_release(sync::tuf::Client& client, const sync::Release& release,
                             offline_cache::RulesFiles& files, uint64_t generation_in_use,
                             Transfer transfer, const std::string& part_file,
                             const offline_cache::RulesFileUse& use);

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_RELEASE_APPLY_H_
