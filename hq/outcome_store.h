// Outcomes as they come home: each (device, epoch, sequence) takes effect once.
// Threads: those of its HqStore; one OutcomeStore for each. Fails: StorageError.
#ifndef XSELL_HQ_OUTCOME_STORE_H_
#define XSELL_HQ_OUTCOME_STORE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hq/incoming_batch.h"
#include "hq/store.h"

namespace xsell::hq {

struct AppendResult {
  enum class Kind {
    kStored,    // all of it is stored, now or before
    kGap,       // it begins after what is stored; nothing was stored
    kConflict,  // other bytes are stored under the same numbers: a cloned disk, or an older image
                // of one; nothing was stored
  };
  struct Rejected {
    std::uint64_t sequence = 0;
    std::string reason;
  };
  Kind kind = Kind::kStored;
  std::uint64_t acked_through = 0;  // what is stored of this epoch; kConflict: and is the same
  std::vector<Rejected> rejected;   // counted as received, but not what an outcome looks like
};

class OutcomeStore {
 public:
  explicit OutcomeStore(HqStore& store);
  ~OutcomeStore();
  OutcomeStore(const OutcomeStore&) = delete;
  OutcomeStore& operator=(const OutcomeStore&) = delete;

  // Stores what is new of a batch, and its high-water mark, in one transaction. What comes again is
  // compared with what is stored: the same bytes change nothing.
  AppendResult append(std::string_view device, const IncomingBatch& batch, std::int64_t now_s);

  // The same within a transaction of the caller's, which several batches may share. A gap or a
  // conflict has changed nothing.
  AppendResult append_within(offline_cache::Transaction& transaction, std::string_view device,
                             const IncomingBatch& batch, std::int64_t now_s);

  std::uint64_t acked_through(std::string_view device, std::uint64_t epoch);

 private:
  struct Statements;
  enum class Known { kNew, kSame, kRejected, kLost, kOther };
  Known compare(std::string_view device, std::uint64_t epoch, const IncomingRecord& record);
  std::string reason_of_rejected(std::string_view device, std::uint64_t epoch,
                                 std::uint64_t sequence);
  void add(std::string_view device, std::uint64_t epoch, const IncomingRecord& record,
           std::int64_t now_s, AppendResult& result);

  HqStore& store_;
  std::unique_ptr<Statements> use_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_OUTCOME_STORE_H_
