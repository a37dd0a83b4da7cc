#include "sync/frame_writer.h"

#include <zstd.h>

#include <array>
#include <new>
#include <stdexcept>

#include "sync/limits.h"

namespace xsell::sync {

struct FrameWriter::State {
  State(FrameWriter& frame_writer, ByteSink& sink, std::string_view frame_kind, uint64_t line_count)
      : writer(frame_writer),
        out(sink),
        kind(frame_kind),
        expected_lines(line_count),
        zstd(ZSTD_createCCtx(), ZSTD_freeCCtx) {
    if (!zstd) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(zstd.get(), ZSTD_c_compressionLevel, limits::kBundleCompressionLevel);
    ZSTD_CCtx_setParameter(zstd.get(), ZSTD_c_windowLog, limits::kBundleWindowLog);
    ZSTD_CCtx_setParameter(zstd.get(), ZSTD_c_checksumFlag, 1);
  }

  void compress(std::string_view text, ZSTD_EndDirective directive) {
    inflated_bytes += text.size();
    if (inflated_bytes > limits::kBundleInflatedBytes) {
      writer.fail("it is over the inflated size allowed");
    }
    ZSTD_inBuffer in{text.data(), text.size(), 0};
    size_t left = 0;
    do {
      ZSTD_outBuffer piece{buffer.data(), buffer.size(), 0};
      left = ZSTD_compressStream2(zstd.get(), &piece, &in, directive);
      if (ZSTD_isError(left) != 0U) writer.fail(ZSTD_getErrorName(left));
      wire_bytes += piece.pos;
      if (wire_bytes > limits::kBundleWireBytes) {
        writer.fail("it is over the compressed size allowed");
      }
      if (piece.pos > 0 && !out.write({buffer.data(), piece.pos})) {
        writer.fail("the output refused it");
      }
    } while (in.pos < in.size || (directive == ZSTD_e_end && left > 0));
  }

  FrameWriter& writer;
  ByteSink& out;
  const std::string kind;
  const uint64_t expected_lines;
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> zstd;
  std::string last_id;
  uint64_t count = 0;
  uint64_t inflated_bytes = 0;
  uint64_t wire_bytes = 0;
  std::array<char, 64 * 1024> buffer;
};

FrameWriter::FrameWriter(ByteSink& out, std::string_view kind, std::string_view header,
                         uint64_t count)
    : state_(std::make_unique<State>(*this, out, kind, count)) {
  state_->compress(header, ZSTD_e_continue);
  state_->compress("\n", ZSTD_e_continue);
}

FrameWriter::~FrameWriter() = default;

void FrameWriter::fail(const std::string& what) const {
  throw std::runtime_error("cannot write the " + state_->kind + ": " + what);
}

void FrameWriter::add(std::string_view id, std::string_view line, size_t max_line_bytes) {
  if (line.size() > max_line_bytes) fail("line " + std::string(id) + " is too long");
  if (state_->count > 0 && id <= state_->last_id) {
    fail("line " + std::string(id) + " is out of order");
  }
  state_->last_id = id;
  ++state_->count;
  state_->compress(line, ZSTD_e_continue);
  state_->compress("\n", ZSTD_e_continue);
}

void FrameWriter::finish(const Sha256& state_hash) {
  if (state_->count != state_->expected_lines) fail("the number of lines is not the header's");
  state_->compress("{\"count\":" + std::to_string(state_->count) + ",\"state_hash\":\"" +
                       to_hex(state_hash) + "\"}\n",
                   ZSTD_e_end);
}

}  // namespace xsell::sync
