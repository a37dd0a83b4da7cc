// Metadata, whatever the bytes: read or refused with an Error, nothing else. What was read is used
// as a lane uses it: its keys, its delegations, its policies; and it is written and read again.
#include <string_view>

#include "sync/tuf_metadata.h"
#include "sync/tuf_policy.h"
#include "sync/tuf_signing.h"

namespace {

using namespace xsell::sync::tuf;

void use(const Metadata& metadata, const RoleKeys& keys) {
  count_signers(metadata.signed_bytes, metadata.signatures, keys);
}

void use_root(std::string_view bytes) {
  const Root root = parse_root(bytes);
  use(root, root.root);
  use(root, root.targets);
  if (!(parse_root(sign_document(root, {})).targets == root.targets)) __builtin_trap();
}

void use_targets(std::string_view bytes) {
  const Targets targets = parse_targets(bytes);
  for (const Delegation& delegation : targets.delegations) {
    use(targets, delegation.signers);
    for (const auto& [name, file] : targets.files) delegation.covers(name);
  }
  for (const PolicyRole role : kPolicyRoles) read_policy(targets, role);
  const Targets again = parse_targets(sign_document(targets, {}));
  if (again.files.size() != targets.files.size()) __builtin_trap();
  if (again.delegations.size() != targets.delegations.size()) __builtin_trap();
}

template <typename Parse>
void read_or_refuse(Parse parse, std::string_view bytes) {
  try {
    parse(bytes);
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_or_refuse(use_root, bytes);
  read_or_refuse(parse_timestamp, bytes);
  read_or_refuse(parse_snapshot, bytes);
  read_or_refuse(use_targets, bytes);
  return 0;
}
