#include "sync/http_fetcher.h"

#include <string>

#include "sync/limits.h"

namespace xsell::sync {
namespace {

// What a broken network may cut off, so that the rest is worth asking for.
bool is_interruption(NetError error) {
  return error == NetError::kClosed || error == NetError::kSlow;
}

}  // namespace

HttpFetcher::HttpFetcher(HttpClient& client) : HttpFetcher(client, Options()) {}

HttpFetcher::HttpFetcher(HttpClient& client, Options options)
    : client_(client), options_(options) {}

Failure HttpFetcher::fetch(std::string_view path, uint64_t max_bytes, ByteSink& sink) {
  uint64_t taken = 0;
  std::string etag;
  HeldDocument* const held = path == HeldDocument::kPath ? options_.held : nullptr;
  std::string fresh;
  was_unchanged_ = false;
  for (int attempt = 0;; ++attempt) {
    HttpRequest request;
    request.path = "/" + std::string(path);
    request.body_cap = max_bytes;
    request.deadline = max_bytes > limits::kMib ? options_.large_deadline : options_.small_deadline;
    request.resume_at = taken;
    request.resume_etag = etag;
    if (held != nullptr && taken == 0) request.if_none_match = held->etag;
    request.on_body = [&](std::string_view bytes) {
      taken += bytes.size();
      bytes_received_ += bytes.size();
      if (held != nullptr) fresh += bytes;
      return sink.write(bytes);
    };
    const HttpReply reply = client_.wait(std::move(request));
    last_status_ = reply.status;
    retry_after_ = reply.retry_after;
    if (reply.is_ok() && reply.status == 304) {
      was_unchanged_ = true;
      return sink.write(held->body)
                 ? Failure{}
                 : Failure{Problem::kTransport, NetError::kCancelled, "refused by the receiver"};
    }
    if (reply.is_ok()) {
      if (held != nullptr) *held = {reply.etag, std::move(fresh)};
      return {};
    }
    if (reply.error == NetError::kStatus && reply.status == 404)
      return {Problem::kNotFound, NetError::kNone, reply.detail};
    if (reply.error == NetError::kTooLarge)
      return {Problem::kTooLarge, NetError::kNone, reply.detail};

    if (taken > 0 && etag.empty()) etag = reply.etag;
    const bool has_strong_etag = etag.starts_with('"');
    if (!is_interruption(reply.error) || taken == 0 || !has_strong_etag ||
        attempt >= options_.resumes) {
      return {Problem::kTransport, reply.error, reply.detail};
    }
  }
}

}  // namespace xsell::sync
