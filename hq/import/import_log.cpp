#include "hq/import/import_log.h"

namespace xsell::hq {

ImportLog::ImportLog(HqStore& store, std::string_view kind, std::string_view source,
                     std::int64_t now_s)
    : store_(store) {
  store_.prepare("INSERT INTO imports (kind, source, started_at) VALUES (?, ?, ?)")
      .run(kind, source, now_s);
  import_id_ = store_.database().last_insert_id();
}

void ImportLog::finish(std::int64_t now_s, std::uint64_t lines, std::uint64_t bad_lines) {
  store_.prepare("UPDATE imports SET finished_at = ?, lines = ?, bad_lines = ? WHERE import_id = ?")
      .run(now_s, lines, bad_lines, import_id_);
}

}  // namespace xsell::hq
