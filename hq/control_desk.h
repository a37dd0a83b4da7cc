#ifndef XSELL_HQ_CONTROL_DESK_H_
#define XSELL_HQ_CONTROL_DESK_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "hq/hq_folder.h"
#include "hq/signing_keys.h"
#include "hq/store.h"
#include "sync/control.h"

namespace xsell::hq {

// The kill switch: silences lanes, rules or campaigns at once, with the key of the role `control`
// alone; no release is needed. What it says is what lanes obey until it says otherwise. Threads:
// one at a time; several processes may. Fails: Refused, StorageError, std::runtime_error; then
// nothing has changed.
class ControlDesk {
 public:
  ControlDesk(HqStore& store, HqFolder folder, Unlock unlock = {})
      : store_(store), folder_(std::move(folder)), unlock_(std::move(unlock)) {}

  // What is switched off now.
  sync::Control now() const;
  // A switch that is off already gets the new reason.
  sync::Control disable(const sync::Kill& kill, const std::string& user, std::int64_t now_s);
  // Refused when that is not switched off.
  sync::Control enable(const sync::Kill& kill, const std::string& user, std::int64_t now_s);

 private:
  sync::Control change(const sync::Kill& kill, const std::string& action, const std::string& user,
                       std::int64_t now_s, const std::function<void(sync::Control&)>& edit);

  HqStore& store_;
  const HqFolder folder_;
  const Unlock unlock_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_CONTROL_DESK_H_
