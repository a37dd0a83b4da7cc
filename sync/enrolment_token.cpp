#include "sync/enrolment_token.h"

#include <algorithm>
#include <stdexcept>

#include "rules/canonical_json.h"
#include "rules/strict_json.h"
#include "sync/base64.h"
#include "sync/hq_endpoint.h"
#include "sync/sha256.h"

namespace xsell::sync {
namespace {

constexpr std::string_view kPrefix = "xsell1.";
constexpr std::size_t kLongestToken = 4096;

struct Field {
  const char* name;
  std::string EnrolmentToken::*member;
};

constexpr Field kFields[] = {
    {"ca_sha256", &EnrolmentToken::ca_sha256},
    {"lane", &EnrolmentToken::lane},
    {"root_sha256", &EnrolmentToken::root_sha256},
    {"secret", &EnrolmentToken::secret},
    {"store", &EnrolmentToken::store},
    {"url", &EnrolmentToken::url},
};

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error("enrolment token: " + what + "; copy it whole, or ask HQ for a new one");
}

}  // namespace

std::string encode_token(const EnrolmentToken& token) {
  rules::JsonValue object = rules::JsonValue::object();
  for (const Field& field : kFields)
    object.set(field.name, rules::JsonValue::of(token.*field.member));
  return std::string(kPrefix) + to_base64url(rules::to_canonical_json(object));
}

EnrolmentToken decode_token(std::string_view text) {
  std::string packed(text);
  std::erase_if(packed, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
  if (!packed.starts_with(kPrefix)) fail("it does not begin with " + std::string(kPrefix));
  if (packed.size() > kLongestToken) fail("it is too long");
  const auto json = from_base64url(std::string_view(packed).substr(kPrefix.size()));
  if (!json) fail("a character is wrong or the end is missing");
  const rules::JsonDocument document =
      rules::read_json(*json, {.max_bytes = kLongestToken, .max_depth = 2});
  if (document.error || !document.value.is_object()) fail("its content is damaged");
  EnrolmentToken token;
  for (const Field& field : kFields) {
    const rules::JsonValue* value = document.value.find(field.name);
    if (value == nullptr || !value->is_string() || value->text.empty())
      fail(std::string(field.name) + " is missing");
    token.*field.member = value->text;
  }
  if (!parse_hq_url(token.url)) fail("the address " + token.url + " is not an https address");
  if (!sha256_from_hex(token.ca_sha256)) fail("ca_sha256 is no SHA-256");
  if (!sha256_from_hex(token.root_sha256)) fail("root_sha256 is no SHA-256");
  return token;
}

}  // namespace xsell::sync
