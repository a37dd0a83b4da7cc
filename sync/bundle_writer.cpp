#include "sync/bundle.h"

namespace xsell::sync {
namespace {

std::string header_line(const BundleHeader& header) {
  return "{\"count\":" + std::to_string(header.count) + ",\"schema\":\"" +
         std::string(kBundleSchema) + "\",\"version\":" + std::to_string(header.version) + "}";
}

}  // namespace

BundleWriter::BundleWriter(ByteSink& out, BundleHeader header)
    : frame_(out, "bundle", header_line(header), header.count) {}

void BundleWriter::add(std::string_view id, std::string_view line) {
  if (line_id(line) != id || line.find('\n') != std::string_view::npos) {
    frame_.fail("line " + std::string(id) + " does not carry its id");
  }
  frame_.add(id, line, limits::kBundleLineBytes);
  hasher_.add(id, line);
}

Sha256 BundleWriter::finish() {
  const Sha256 state_hash = hasher_.finish();
  frame_.finish(state_hash);
  return state_hash;
}

}  // namespace xsell::sync
