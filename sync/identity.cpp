#include "sync/identity.h"

#include <stdexcept>

#include "rules/canonical_json.h"
#include "rules/strict_json.h"

namespace xsell::sync {
namespace {

constexpr std::string_view kSchema = "xsell.identity/1";

struct Field {
  const char* name;
  std::string Identity::*member;
};

constexpr Field kFields[] = {
    {"device", &Identity::device}, {"hq", &Identity::hq_url},
    {"store", &Identity::store},   {"lane", &Identity::lane},
    {"token", &Identity::bearer},  {"lane_key", &Identity::lane_key_pem},
    {"ca", &Identity::ca_pem},     {"root", &Identity::root_json},
};

}  // namespace

std::string to_json(const Identity& identity) {
  std::string json = "{\n  \"schema\": \"" + std::string(kSchema) + "\"";
  for (const Field& field : kFields) {
    json += ",\n  \"" + std::string(field.name) + "\": ";
    rules::append_json_string(json, identity.*field.member);
  }
  return json + "\n}\n";
}

Identity parse_identity(std::string_view json) {
  const auto fail = [](const std::string& what) {
    throw std::runtime_error("identity.json: " + what + "; enrol this lane again");
  };
  const rules::JsonDocument document =
      rules::read_json(json, {.max_bytes = 1 << 20, .max_depth = 2});
  if (document.error) {
    fail("line " + std::to_string(document.error->line) + ": " + document.error->message);
  }
  const rules::JsonValue* schema = document.value.find("schema");
  if (schema == nullptr || schema->text != kSchema) fail("schema is not " + std::string(kSchema));
  Identity identity;
  for (const Field& field : kFields) {
    const rules::JsonValue* value = document.value.find(field.name);
    if (value == nullptr || !value->is_string() || value->text.empty())
      fail(std::string(field.name) + " is missing");
    identity.*field.member = value->text;
  }
  return identity;
}

HqEndpoint endpoint_of(const Identity& identity) {
  HqEndpoint endpoint;
  endpoint.url = identity.hq_url;
  endpoint.ca_pem = identity.ca_pem;
  endpoint.bearer = identity.bearer;
  return endpoint;
}

}  // namespace xsell::sync
