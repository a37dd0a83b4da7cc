#include "sync/enrolment.h"

#include <boost/asio/io_context.hpp>
#include <memory>
#include <stdexcept>

#include "rules/canonical_json.h"
#include "rules/strict_json.h"
#include "sync/base64.h"
#include "sync/enrolment_token.h"
#include "sync/http_client.h"
#include "sync/limits.h"
#include "sync/sha256.h"
#include "sync/signing_key.h"
#include "sync/tls_context.h"

namespace xsell::sync {
namespace {

constexpr auto kDeadline = std::chrono::seconds(30);

std::string request_body(const EnrolmentToken& token, const PublicKey& key) {
  rules::JsonValue body = rules::JsonValue::object();
  const std::string_view raw(reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size());
  body.set("lane", rules::JsonValue::of(token.lane));
  body.set("public_key", rules::JsonValue::of(to_base64(raw)));
  body.set("root_sha256", rules::JsonValue::of(token.root_sha256));
  body.set("secret", rules::JsonValue::of(token.secret));
  body.set("store", rules::JsonValue::of(token.store));
  return rules::to_canonical_json(body);
}

std::string text_of(const rules::JsonValue& object, std::string_view name) {
  const rules::JsonValue* value = object.find(name);
  return value != nullptr && value->is_string() ? value->text : std::string();
}

std::string refusal(const HttpReply& reply) {
  if (is_tls_failure(reply.error)) {
    return "the server does not prove to be the HQ of this token (" + reply.detail +
           "); nothing was sent. Check the network and the token";
  }
  if (reply.error != NetError::kStatus) return "HQ cannot be reached: " + reply.detail;
  const rules::JsonDocument answer = rules::read_json(reply.body, {.max_bytes = 64 * 1024});
  const std::string message = text_of(answer.value, "message");
  return message.empty() ? "HQ refuses: " + reply.detail : "HQ refuses: " + message;
}

EnrolmentResult fail(NetError error, std::string reason) { return {error, std::move(reason), {}}; }

EnrolmentResult exchange(const EnrolmentToken& token, const EnrolmentOptions& options) {
  const SigningKey key = SigningKey::generate();
  HqEndpoint endpoint;
  endpoint.url = token.url;
  endpoint.name_servers = options.name_servers;
  const std::shared_ptr<TlsContext> tls = TlsContext::with_ca_sha256(token.ca_sha256);

  boost::asio::io_context io;
  HttpClient client(io, endpoint, tls);
  HttpRequest request;
  request.method = "POST";
  request.path = "/v1/enroll";
  request.headers = {{"Content-Type", "application/json"}};
  request.body = request_body(token, key.public_key());
  request.deadline = kDeadline;
  const HttpReply reply = client.wait(std::move(request));
  if (!reply.is_ok()) return fail(reply.error, refusal(reply));

  const rules::JsonDocument answer = rules::read_json(reply.body);
  EnrolmentResult result;
  Identity& identity = result.identity;
  identity.device = text_of(answer.value, "device");
  identity.bearer = text_of(answer.value, "token");
  if (identity.device.empty() || identity.bearer.empty()) {
    return fail(NetError::kProtocol, "HQ's answer is not understood; is it newer than this lane?");
  }
  const auto root = from_base64(text_of(answer.value, "root"));
  if (!root || root->size() > limits::kRootBytes || sha256_hex(*root) != token.root_sha256) {
    return fail(NetError::kProtocol,
                "HQ's root of trust is not the one of this token; ask HQ for a new token");
  }
  identity.root_json = *root;
  identity.hq_url = token.url;
  identity.ca_pem = tls->ca_pem();
  identity.lane_key_pem = key.to_pem();
  identity.store = token.store;
  identity.lane = token.lane;
  return result;
}

}  // namespace

EnrolmentResult enroll(std::string_view token, const EnrolmentOptions& options) {
  try {
    return exchange(decode_token(token), options);
  } catch (const std::exception& error) {
    return fail(NetError::kProtocol, error.what());
  }
}

}  // namespace xsell::sync
