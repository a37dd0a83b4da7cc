// What a lane may send as outcomes: the batch, inside its compression, and each outcome.
#include <zstd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "rules/outcome.h"
#include "sync/outcome_batch.h"

namespace {

void check(std::string_view bytes) {
  const xsell::sync::DecodedBatch decoded = xsell::sync::decode_batch(bytes);
  if (decoded.batch.has_value() != decoded.error.empty()) std::abort();
  if (!decoded.batch) return;
  for (const auto& record : decoded.batch->records) {
    xsell::rules::Outcome outcome;
    if (record.is_tombstone || !xsell::sync::decode_outcome(record.outcome_json, outcome)) continue;
    // What is taken says itself again in the same words.
    const std::string json = xsell::sync::encode_outcome(outcome);
    xsell::rules::Outcome again;
    if (!xsell::sync::decode_outcome(json, again) || xsell::sync::encode_outcome(again) != json)
      std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check(bytes);
  std::string packed(ZSTD_compressBound(size), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), bytes.data(), bytes.size(), 1));
  check(packed);
  return 0;
}
