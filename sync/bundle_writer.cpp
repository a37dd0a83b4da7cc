#include <zstd.h>

#include <array>
#include <stdexcept>

#include "sync/bundle.h"
#include "sync/state_hash.h"

namespace xsell::sync {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error("cannot write the bundle: " + what);
}

}  // namespace

struct BundleWriter::State {
  State(ByteSink& sink, const BundleHeader& bundle_header)
      : out(sink), header(bundle_header), zstd(ZSTD_createCCtx(), ZSTD_freeCCtx) {
    if (!zstd) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(zstd.get(), ZSTD_c_compressionLevel, limits::kBundleCompressionLevel);
    ZSTD_CCtx_setParameter(zstd.get(), ZSTD_c_windowLog, limits::kBundleWindowLog);
    ZSTD_CCtx_setParameter(zstd.get(), ZSTD_c_checksumFlag, 1);
  }

  void compress(std::string_view text, ZSTD_EndDirective directive) {
    inflated_bytes += text.size();
    if (inflated_bytes > limits::kBundleInflatedBytes) fail("it is over the inflated size allowed");
    ZSTD_inBuffer in{text.data(), text.size(), 0};
    size_t left = 0;
    do {
      ZSTD_outBuffer piece{buffer.data(), buffer.size(), 0};
      left = ZSTD_compressStream2(zstd.get(), &piece, &in, directive);
      if (ZSTD_isError(left) != 0U) fail(ZSTD_getErrorName(left));
      wire_bytes += piece.pos;
      if (wire_bytes > limits::kBundleWireBytes) fail("it is over the compressed size allowed");
      if (piece.pos > 0 && !out.write({buffer.data(), piece.pos})) fail("the output refused it");
    } while (in.pos < in.size || (directive == ZSTD_e_end && left > 0));
  }

  ByteSink& out;
  const BundleHeader header;
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> zstd;
  StateHasher hasher;
  std::string last_id;
  uint64_t count = 0;
  uint64_t inflated_bytes = 0;
  uint64_t wire_bytes = 0;
  std::array<char, 64 * 1024> buffer;
};

BundleWriter::BundleWriter(ByteSink& out, BundleHeader header)
    : state_(std::make_unique<State>(out, header)) {
  state_->compress(
      "{\"count\":" + std::to_string(header.count) +
          ",\"schema\":\"xsell.bundle/1\",\"version\":" + std::to_string(header.version) + "}\n",
      ZSTD_e_continue);
}

BundleWriter::~BundleWriter() = default;

void BundleWriter::add(std::string_view id, std::string_view line) {
  if (line_id(line) != id || line.find('\n') != std::string_view::npos) {
    fail("line " + std::string(id) + " does not carry its id");
  }
  if (line.size() > limits::kBundleLineBytes) fail("line " + std::string(id) + " is too long");
  if (state_->count > 0 && id <= state_->last_id) {
    fail("line " + std::string(id) + " is out of order");
  }
  state_->last_id = id;
  ++state_->count;
  state_->hasher.add(id, line);
  state_->compress(line, ZSTD_e_continue);
  state_->compress("\n", ZSTD_e_continue);
}

Sha256 BundleWriter::finish() {
  if (state_->count != state_->header.count) fail("the number of lines is not the header's");
  const Sha256 state_hash = state_->hasher.finish();
  state_->compress("{\"count\":" + std::to_string(state_->count) + ",\"state_hash\":\"" +
                       to_hex(state_hash) + "\"}\n",
                   ZSTD_e_end);
  return state_hash;
}

}  // namespace xsell::sync
