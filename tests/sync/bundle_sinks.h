#ifndef XSELL_TESTS_SYNC_BUNDLE_SINKS_H_
#define XSELL_TESTS_SYNC_BUNDLE_SINKS_H_

#include <zstd.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sync/bundle.h"

namespace xsell::sync {

using Lines = std::vector<std::pair<std::string, std::string>>;

struct Bytes : ByteSink {
  bool write(std::string_view bytes) override {
    body.append(bytes);
    return true;
  }
  std::string body;
};

struct LineCollector : BundleSink {
  bool on_header(const BundleHeader& bundle_header) override {
    header = bundle_header;
    return true;
  }
  bool on_line(std::string_view id, std::string_view line) override {
    if (id == refused_id) return false;
    lines.emplace_back(id, line);
    return true;
  }
  BundleHeader header;
  Lines lines;
  std::string refused_id;
};

inline std::string line_of(const std::string& id, const std::string& more = {}) {
  return "{\"id\":\"" + id + '"' + more + '}';
}

inline std::string write_bundle(uint64_t version, const Lines& lines) {
  Bytes out;
  BundleWriter writer(out, {.version = version, .count = lines.size()});
  for (const auto& [id, line] : lines) writer.add(id, line);
  writer.finish();
  return out.body;
}

// Any text as a bundle would carry it.
inline std::string compress(const std::string& text, int window_log = 0) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  if (window_log != 0) ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress2(context, out.data(), out.size(), text.data(), text.size()));
  ZSTD_freeCCtx(context);
  return out;
}

inline Failure read_bundle(const std::string& bytes, BundleSink& sink, size_t piece_bytes = 1 << 16,
                           const FrameLimits& bounds = {}) {
  BundleReader reader(sink, bounds);
  for (size_t at = 0; at < bytes.size(); at += piece_bytes) {
    if (!reader.write(std::string_view(bytes).substr(at, piece_bytes))) break;
  }
  return reader.finish();
}

}  // namespace xsell::sync

#endif  // XSELL_TESTS_SYNC_BUNDLE_SINKS_H_
