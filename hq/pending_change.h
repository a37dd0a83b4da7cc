#ifndef XSELL_HQ_PENDING_CHANGE_H_
#define XSELL_HQ_PENDING_CHANGE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "hq/hq_folder.h"
#include "hq/output.h"
#include "hq/release_log.h"
#include "sync/tuf_draft.h"

namespace xsell::hq {

// A release or a change of keys that is signed by not enough people yet. There is one at a time, in
// pending.json of the HQ folder.
struct PendingChange {
  sync::tuf::Draft draft;
  std::string action;   // as the audit trail will name it: publish, rollback, keys, renew
  std::string purpose;  // for people: "release 7"
  std::string drafted_by;
  std::int64_t drafted_at_s = 0;
  Json audit_detail = Json::object();
  std::optional<ReleaseEntry> release;  // for the release log, once it is out
};

std::optional<PendingChange> load_pending(const HqFolder& folder);
void save_pending(const HqFolder& folder, const PendingChange& change);
void remove_pending(const HqFolder& folder);
// Throws Refused if there is one.
void require_none_pending(const HqFolder& folder);

Json draft_to_json(const sync::tuf::Draft& draft);
sync::tuf::Draft draft_from_json(const Json& json);

}  // namespace xsell::hq

#endif  // XSELL_HQ_PENDING_CHANGE_H_
