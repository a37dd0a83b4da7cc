// Sends outcome batches to HQ and says what to do with the answer; when to try is the Backoff's to
// say. Threads: one, that which runs the HttpClient's io_context.
#ifndef XSELL_SYNC_OUTCOME_UPLOAD_H_
#define XSELL_SYNC_OUTCOME_UPLOAD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sync/backoff.h"
#include "sync/http_client.h"
#include "sync/outcome_batch.h"

namespace xsell::sync {

class RequestSigner;

struct RejectedOutcome {
  std::uint64_t sequence = 0;
  std::string reason;
};

struct UploadResult {
  NetError error = NetError::kNone;
  int status = 0;
  std::string detail;
  // What HQ has stored of this epoch, as it says itself: forget all through here. Set after a gap
  // (409) too.
  std::optional<std::uint64_t> acked_through;
  std::vector<RejectedOutcome> rejected;  // to the dead letters, each below acked_through
  bool has_conflict =
      false;  // HQ holds other bytes under these numbers (a cloned disk): begin a new epoch
  bool is_denied = false;  // 401 or 403: this lane's key or token is not accepted any more
};

class OutcomeUpload {
 public:
  // Requires: client and signer outlive it.
  OutcomeUpload(HttpClient& client, const RequestSigner& signer, Dice dice,
                BackoffSettings backoff = {});

  bool is_due(std::int64_t now_ms) const { return now_ms >= not_before_ms_; }
  std::int64_t due_at_ms() const { return not_before_ms_; }
  std::size_t max_records() const {
    return max_records_;
  }  // smaller after a 413, growing again with success

  // Sends one request with the longest head of the batch that fits; waits for it on the client's
  // io_context.
  UploadResult send(const OutcomeBatch& batch, std::int64_t now_ms);

 private:
  HttpClient& client_;
  const RequestSigner& signer_;
  Backoff backoff_;
  std::size_t max_records_ = kMaxBatchRecords;
  std::int64_t not_before_ms_ = 0;
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_OUTCOME_UPLOAD_H_
