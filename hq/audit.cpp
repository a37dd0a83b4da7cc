#include "hq/audit.h"

namespace xsell::hq {

using offline_cache::Statement;

void Audit::record(std::int64_t now_s, std::string_view user, std::string_view action,
                   const Json& detail) {
  store_.prepare("INSERT INTO audit (at, user, action, detail) VALUES (?, ?, ?, ?)")
      .run(now_s, user, action, detail.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::vector<AuditEntry> Audit::latest(std::int64_t limit) {
  std::vector<AuditEntry> entries;
  Statement query = store_.prepare(
      "SELECT entry, at, user, action, detail FROM audit ORDER BY entry DESC LIMIT ?");
  query.bind_all(limit);
  while (query.step()) {
    entries.push_back({query.column_int64(0), query.column_int64(1),
                       std::string(query.column_text(2)), std::string(query.column_text(3)),
                       std::string(query.column_text(4))});
  }
  return entries;
}

}  // namespace xsell::hq
