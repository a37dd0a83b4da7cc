#ifndef XSELL_HQ_IMPORT_IMPORT_LOG_H_
#define XSELL_HQ_IMPORT_IMPORT_LOG_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hq/store.h"

namespace xsell::hq {

// How far an import of several files has come.
struct ImportProgress {
  std::size_t file = 0;        // the one that is being read
  std::uint64_t rows = 0;      // of it that are done
  std::uint64_t checksum = 0;  // of those
  std::string counts = "{}";   // JSON
};

// One row in `imports` from begin to finish; a row without an end tells of an import that was
// interrupted.
class ImportLog {
 public:
  ImportLog(HqStore& store, std::string_view kind, std::string_view source, std::int64_t now_s);

  // Goes on with the last import if it had the same task and did not finish; `task` holds its files
  // and options.
  static ImportLog resume_or_begin(HqStore& store, std::string_view kind, std::string_view source,
                                   const std::string& task, std::int64_t now_s);

  std::int64_t import_id() const { return import_id_; }
  // Of the import that this one goes on with.
  const std::optional<ImportProgress>& resumed() const { return resumed_; }
  // Forgets that: a new import after all.
  void begin_anew(std::int64_t now_s);
  // To be called in the transaction of what has been done.
  void save(const ImportProgress& progress);
  void finish(std::int64_t now_s, std::uint64_t lines, std::uint64_t bad_lines);

 private:
  explicit ImportLog(HqStore& store) : store_(store) {}

  HqStore& store_;
  std::string kind_, source_, task_;
  std::int64_t import_id_ = 0;
  std::optional<ImportProgress> resumed_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_IMPORT_IMPORT_LOG_H_
