#include "hq/import/import_log.h"

namespace xsell::hq {

using offline_cache::Statement;

ImportLog::ImportLog(HqStore& store, std::string_view kind, std::string_view source,
                     std::int64_t now_s)
    : store_(store), kind_(kind), source_(source) {
  begin_anew(now_s);
}

ImportLog ImportLog::resume_or_begin(HqStore& store, std::string_view kind, std::string_view source,
                                     const std::string& task, std::int64_t now_s) {
  ImportLog log(store);
  log.kind_ = kind;
  log.source_ = source;
  log.task_ = task;
  Statement last = store.prepare(
      "SELECT import_id, file, file_rows, checksum, counts FROM import_progress "
      "JOIN imports USING (import_id) WHERE finished_at IS NULL AND task = ? AND import_id ="
      " (SELECT max(import_id) FROM imports WHERE kind = ?)");
  last.bind_all(task, kind);
  if (!last.step()) {
    log.begin_anew(now_s);
    return log;
  }
  log.import_id_ = last.column_int64(0);
  log.resumed_ = {.file = static_cast<std::size_t>(last.column_int64(1)),
                  .rows = static_cast<std::uint64_t>(last.column_int64(2)),
                  .checksum = static_cast<std::uint64_t>(last.column_int64(3)),
                  .counts = std::string(last.column_text(4))};
  return log;
}

void ImportLog::begin_anew(std::int64_t now_s) {
  resumed_.reset();
  store_.prepare("INSERT INTO imports (kind, source, started_at) VALUES (?, ?, ?)")
      .run(kind_, source_, now_s);
  import_id_ = store_.database().last_insert_id();
}

void ImportLog::save(const ImportProgress& progress) {
  store_
      .prepare(
          "INSERT OR REPLACE INTO import_progress (import_id, task, file, file_rows, checksum,"
          " counts) VALUES (?, ?, ?, ?, ?, ?)")
      .run(import_id_, task_, static_cast<std::int64_t>(progress.file), progress.rows,
           static_cast<std::int64_t>(progress.checksum), progress.counts);
}

void ImportLog::finish(std::int64_t now_s, std::uint64_t lines, std::uint64_t bad_lines) {
  offline_cache::Transaction transaction(store_.database());
  store_.prepare("UPDATE imports SET finished_at = ?, lines = ?, bad_lines = ? WHERE import_id = ?")
      .run(now_s, lines, bad_lines, import_id_);
  store_.prepare("DELETE FROM import_progress WHERE import_id = ?").run(import_id_);
  transaction.commit();
}

}  // namespace xsell::hq
