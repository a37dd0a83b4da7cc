#include "sync/outcome_upload.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "rules/canonical_json.h"
#include "rules/strict_json.h"
#include "sync/request_signer.h"

namespace xsell::sync {
namespace {

constexpr std::string_view kPath = "/v1/outcomes";
constexpr std::string_view kProgressPath = "/v1/progress";
constexpr std::int64_t kNarrowingPause_ms = 1'000;

// Takes over what HQ says; false when the body is not such an answer.
bool read_answer(const HttpReply& reply, UploadResult& result) {
  const rules::JsonDocument document = rules::read_json(reply.body, {.max_bytes = 256 * 1024});
  const rules::JsonValue* acked = document.value.find("acked_through");
  if (acked == nullptr || !acked->is_integer() || acked->integer < 0) return false;
  result.acked_through = static_cast<std::uint64_t>(acked->integer);
  const rules::JsonValue* rejected = document.value.find("reject");
  if (rejected == nullptr) return true;
  for (const rules::JsonValue& entry : rejected->items) {
    const rules::JsonValue* sequence = entry.find("seq");
    const rules::JsonValue* reason = entry.find("reason");
    if (sequence == nullptr || !sequence->is_integer() || sequence->integer < 0) continue;
    result.rejected.push_back(
        {static_cast<std::uint64_t>(sequence->integer),
         reason != nullptr && reason->is_string() ? reason->text : std::string()});
  }
  return true;
}

std::string error_word(const HttpReply& reply) {
  const rules::JsonDocument document = rules::read_json(reply.body, {.max_bytes = 256 * 1024});
  const rules::JsonValue* error = document.value.find("error");
  return error != nullptr && error->is_string() ? error->text : std::string();
}

}  // namespace

OutcomeUpload::OutcomeUpload(HttpClient& client, const RequestSigner& signer, Dice dice,
                             BackoffSettings backoff)
    : client_(client), signer_(signer), backoff_(backoff, std::move(dice)) {}

HttpReply OutcomeUpload::post(std::string_view path, std::string_view content_type,
                              std::string body) {
  HttpRequest request;
  request.method = "POST";
  request.path = path;
  request.headers = {{"Content-Type", std::string(content_type)},
                     {std::string(kSignatureHeader), signer_.sign_post(path, body)}};
  request.body = std::move(body);
  return client_.wait(std::move(request));
}

void OutcomeUpload::wait_after(const HttpReply& reply, UploadResult& result, std::int64_t now_ms) {
  backoff_.on_unhealthy(now_ms);
  result.is_denied = reply.status == 401 || reply.status == 403;
  std::optional<std::int64_t> retry_after_ms;
  if (reply.retry_after) retry_after_ms = std::chrono::milliseconds(*reply.retry_after).count();
  not_before_ms_ = now_ms + (result.is_denied ? backoff_.after_denial()
                                              : backoff_.after_failure(retry_after_ms));
}

UploadResult OutcomeUpload::send(const OutcomeBatch& batch, std::int64_t now_ms) {
  UploadResult result;
  if (batch.records.empty()) return result;
  const BatchRecord& oldest = batch.records.front();
  if (suspect_ && (oldest.is_tombstone || suspect_->sequence != oldest.first_sequence)) {
    suspect_.reset();
  }
  EncodedBatch encoded;
  if (suspect_) {
    OutcomeBatch tombstone{batch.epoch, {oldest}};
    tombstone.records[0].is_tombstone = true;
    tombstone.records[0].outcome_json.clear();
    encoded = encode_batch(tombstone, 1);
  } else {
    encoded = encode_batch(batch, max_records_);
    if (encoded.record_count == 0) {
      // Alone it is over the caps: it can never be sent.
      result.rejected.push_back({oldest.first_sequence, "larger than a batch may be"});
      return result;
    }
  }
  const std::size_t record_count = encoded.record_count;
  const HttpReply reply = post(kPath, "application/zstd", std::move(encoded.bytes));
  result.error = reply.error;
  result.status = reply.status;
  result.detail = reply.detail;

  if (reply.is_ok() && read_answer(reply, result)) {
    backoff_.on_healthy(now_ms);
    not_before_ms_ = now_ms;
    max_records_ = std::min(kMaxBatchRecords, max_records_ * 2);
    if (suspect_) result.rejected.push_back(*std::exchange(suspect_, std::nullopt));
    return result;
  }
  if (reply.is_ok()) {
    result.error = NetError::kProtocol;
    result.detail = "HQ's answer to an outcome batch is not understood";
  }
  if (reply.error == NetError::kCancelled) return result;
  if (reply.status == 413 || reply.status == 400) {
    narrow_down(batch, record_count, reply, result, now_ms);
    return result;
  }
  if (reply.status == 409 && read_answer(reply, result)) {
    // HQ says where it stands: the lane goes on from there, or begins a new epoch.
    result.has_conflict = error_word(reply) == "conflict";
    result.has_gap = !result.has_conflict;
  }
  wait_after(reply, result, now_ms);
  return result;
}

void OutcomeUpload::narrow_down(const OutcomeBatch& batch, std::size_t record_count,
                                const HttpReply& reply, UploadResult& result, std::int64_t now_ms) {
  const BatchRecord& oldest = batch.records.front();
  if (record_count > 1) {
    max_records_ = std::max<std::size_t>(1, record_count / 2);
  } else if (!suspect_ && !oldest.is_tombstone) {
    const std::string word = error_word(reply);
    suspect_ = {oldest.first_sequence, "HQ refuses it with status " + std::to_string(reply.status) +
                                           (word.empty() ? "" : " (" + word + ")")};
  } else {
    // Not even a tombstone: it is not the record's fault.
    suspect_.reset();
    backoff_.on_unhealthy(now_ms);
    not_before_ms_ = now_ms + backoff_.after_denial();
    result.detail = "HQ refuses every outcome batch: " + reply.detail;
    return;
  }
  not_before_ms_ = now_ms + kNarrowingPause_ms;
}

UploadResult OutcomeUpload::ask_progress(std::string_view device, std::uint64_t epoch,
                                         std::int64_t now_ms) {
  std::string body = "{\"device\":";
  rules::append_json_string(body, device);
  body += ",\"epoch\":" + std::to_string(epoch) + "}";
  const HttpReply reply = post(kProgressPath, "application/json", std::move(body));
  UploadResult result;
  result.error = reply.error;
  result.status = reply.status;
  result.detail = reply.detail;
  if (reply.is_ok() && !read_answer(reply, result)) result.error = NetError::kProtocol;
  if (result.error != NetError::kNone && reply.error != NetError::kCancelled) {
    wait_after(reply, result, now_ms);
  }
  return result;
}

}  // namespace xsell::sync
