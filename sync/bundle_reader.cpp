#include "sync/bundle.h"

namespace xsell::sync {

BundleReader::BundleReader(BundleSink& sink, const FrameLimits& bounds)
    : FrameReader("bundle", kBundleSchema, bounds), sink_(sink) {}

void BundleReader::take_header(const rules::JsonValue& header, uint64_t count) {
  header_ = {.version = number(header, "version"), .count = count};
  if (!sink_.on_header(header_)) refuse("the header was refused");
}

std::string_view BundleReader::id_of(std::string_view line) const { return line_id(line); }

bool BundleReader::take_line(std::string_view id, std::string_view line) {
  hasher_.add(id, line);
  return sink_.on_line(id, line);
}

void BundleReader::take_footer(const Sha256& state_hash) {
  state_hash_ = hasher_.finish();
  if (state_hash_ != state_hash) {
    fail("state hash " + to_hex(state_hash_) + " instead of " + to_hex(state_hash),
         Problem::kStateHash);
  }
}

}  // namespace xsell::sync
