// The audit trail: one row for every command that changes something; rows are never changed or
// deleted.
#ifndef XSELL_HQ_AUDIT_H_
#define XSELL_HQ_AUDIT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hq/output.h"
#include "hq/store.h"

namespace xsell::hq {

struct AuditEntry {
  std::int64_t entry = 0;
  std::int64_t at_s = 0;
  std::string user;
  std::string action;
  std::string detail;  // a JSON object
};

class Audit {
 public:
  explicit Audit(HqStore& store) : store_(store) {}

  // Call it inside the transaction of the change itself. `detail` must hold no secret.
  void record(std::int64_t now_s, std::string_view user, std::string_view action,
              const Json& detail);
  // The newest `limit` entries, newest first.
  std::vector<AuditEntry> latest(std::int64_t limit);

 private:
  HqStore& store_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_AUDIT_H_
