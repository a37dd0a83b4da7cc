#include "hq/alarm_store.h"

namespace xsell::hq {

void AlarmStore::raise(std::string_view kind, std::string_view subject, std::string_view detail,
                       std::int64_t now_s) {
  store_
      .prepare(
          "INSERT INTO alarms (kind, subject, first_at, last_at, times, detail) "
          "VALUES (?1, ?2, ?3, ?3, 1, ?4) ON CONFLICT (kind, subject) DO UPDATE SET "
          "last_at = excluded.last_at, times = times + 1, detail = excluded.detail")
      .run(kind, subject, now_s, detail);
}

std::vector<Alarm> AlarmStore::all() {
  auto rows = store_.prepare(
      "SELECT kind, subject, first_at, last_at, times, detail FROM alarms "
      "ORDER BY last_at DESC, kind, subject");
  std::vector<Alarm> alarms;
  while (rows.step()) {
    alarms.push_back({std::string(rows.column_text(0)), std::string(rows.column_text(1)),
                      rows.column_int64(2), rows.column_int64(3), rows.column_int64(4),
                      std::string(rows.column_text(5))});
  }
  return alarms;
}

std::int64_t AlarmStore::clear(std::string_view kind, std::string_view subject) {
  store_.prepare("DELETE FROM alarms WHERE kind = ?1 AND (?2 = '' OR subject = ?2)")
      .run(kind, subject);
  return store_.database().changed_rows();
}

}  // namespace xsell::hq
