// Sends outcome batches to HQ and says what to do with the answer; when to try is the Backoff's to
// say. Threads: one, that which runs the HttpClient's io_context.
#ifndef XSELL_SYNC_OUTCOME_UPLOAD_H_
#define XSELL_SYNC_OUTCOME_UPLOAD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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
  // What HQ has stored of this epoch, as it says itself: forget all through here, or after a gap
  // (409) send again from here. After a conflict: what it has that is the same as here.
  std::optional<std::uint64_t> acked_through;
  std::vector<RejectedOutcome> rejected;  // to the dead letters
  bool has_gap = false;                   // HQ has less than it once acknowledged
  bool has_conflict =
      false;  // HQ holds other bytes under these numbers (a cloned disk): begin a new epoch
  bool is_denied = false;  // 401 or 403: this lane's key or token is not accepted any more
};

// A batch that HQ refuses for its size or form is halved until one record is left. Should HQ take
// that record's tombstone, the record was to blame and is rejected; should it not, nothing is.
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
  // io_context. The batch must begin with the oldest record that HQ has not acknowledged.
  UploadResult send(const OutcomeBatch& batch, std::int64_t now_ms);

  // How far HQ has another device's epoch: asked by a lane that was enrolled anew, before it sends
  // what waits under its new name.
  UploadResult ask_progress(std::string_view device, std::uint64_t epoch, std::int64_t now_ms);

 private:
  HttpReply post(std::string_view path, std::string_view content_type, std::string body);
  void wait_after(const HttpReply& reply, UploadResult& result, std::int64_t now_ms);
  void narrow_down(const OutcomeBatch& batch, std::size_t record_count, const HttpReply& reply,
                   UploadResult& result, std::int64_t now_ms);

  HttpClient& client_;
  const RequestSigner& signer_;
  Backoff backoff_;
  std::size_t max_records_ = kMaxBatchRecords;
  // Refused although it came alone: its tombstone is tried next.
  std::optional<RejectedOutcome> suspect_;
  std::int64_t not_before_ms_ = 0;
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_OUTCOME_UPLOAD_H_
