#include "sync/outcome_upload.h"

#include <algorithm>
#include <chrono>

#include "rules/strict_json.h"
#include "sync/request_signer.h"

namespace xsell::sync {
namespace {

constexpr std::string_view kPath = "/v1/outcomes";

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

UploadResult OutcomeUpload::send(const OutcomeBatch& batch, std::int64_t now_ms) {
  UploadResult result;
  EncodedBatch encoded = encode_batch(batch, max_records_);
  if (encoded.record_count == 0) return result;
  HttpRequest request;
  request.method = "POST";
  request.path = kPath;
  request.headers = {{"Content-Type", "application/zstd"},
                     {std::string(kSignatureHeader), signer_.sign_post(kPath, encoded.bytes)}};
  request.body = std::move(encoded.bytes);
  const HttpReply reply = client_.wait(std::move(request));
  result.error = reply.error;
  result.status = reply.status;
  result.detail = reply.detail;

  if (reply.is_ok() && read_answer(reply, result)) {
    backoff_.on_healthy(now_ms);
    not_before_ms_ = now_ms;
    max_records_ = std::min(kMaxBatchRecords, max_records_ * 2);
    return result;
  }
  if (reply.is_ok()) {
    result.error = NetError::kProtocol;
    result.detail = "HQ's answer to an outcome batch is not understood";
  }
  if (reply.error == NetError::kCancelled) return result;
  backoff_.on_unhealthy(now_ms);
  if (reply.status == 409) {
    // HQ says where it stands. What is behind that is sent again, or a new epoch begins.
    read_answer(reply, result);
    result.has_conflict = error_word(reply) == "conflict";
  }
  if (reply.status == 413) max_records_ = std::max<std::size_t>(1, encoded.record_count / 2);
  result.is_denied = reply.status == 401 || reply.status == 403;
  std::optional<std::int64_t> retry_after_ms;
  if (reply.retry_after) retry_after_ms = std::chrono::milliseconds(*reply.retry_after).count();
  not_before_ms_ = now_ms + (result.is_denied ? backoff_.after_denial()
                                              : backoff_.after_failure(retry_after_ms));
  return result;
}

}  // namespace xsell::sync
