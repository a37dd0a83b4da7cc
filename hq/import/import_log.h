#ifndef XSELL_HQ_IMPORT_IMPORT_LOG_H_
#define XSELL_HQ_IMPORT_IMPORT_LOG_H_

#include <cstdint>
#include <string_view>

#include "hq/store.h"

namespace xsell::hq {

// One row in `imports` from begin to finish; a row without an end tells of an import that was
// interrupted.
class ImportLog {
 public:
  ImportLog(HqStore& store, std::string_view kind, std::string_view source, std::int64_t now_s);

  std::int64_t import_id() const { return import_id_; }
  void finish(std::int64_t now_s, std::uint64_t lines, std::uint64_t bad_lines);

 private:
  HqStore& store_;
  std::int64_t import_id_ = 0;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_IMPORT_IMPORT_LOG_H_
