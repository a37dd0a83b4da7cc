// Outcomes as they come home: each (device, epoch, sequence) takes effect once.
// Threads: those of its HqStore. Fails: StorageError.
#ifndef XSELL_HQ_OUTCOME_STORE_H_
#define XSELL_HQ_OUTCOME_STORE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hq/store.h"
#include "sync/outcome_batch.h"

namespace xsell::hq {

struct AppendResult {
  enum class Kind {
    kStored,    // all of it is stored, now or before
    kGap,       // it begins after what is stored; nothing was stored
    kConflict,  // other bytes are stored under the same numbers: a cloned disk; nothing was stored
  };
  struct Rejected {
    std::uint64_t sequence = 0;
    std::string reason;
  };
  Kind kind = Kind::kStored;
  std::uint64_t acked_through = 0;  // what is stored of this epoch
  std::vector<Rejected> rejected;   // counted as received, but not what an outcome looks like
};

class OutcomeStore {
 public:
  explicit OutcomeStore(HqStore& store) : store_(store) {}

  // Stores what is new of a decoded batch, and its high-water mark, in one transaction.
  AppendResult append(std::string_view device, const sync::OutcomeBatch& batch, std::int64_t now_s);

  std::uint64_t acked_through(std::string_view device, std::uint64_t epoch);

 private:
  HqStore& store_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_OUTCOME_STORE_H_
