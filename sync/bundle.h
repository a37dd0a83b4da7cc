#ifndef XSELL_SYNC_BUNDLE_H_
#define XSELL_SYNC_BUNDLE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sync/fetcher.h"
#include "sync/limits.h"
#include "sync/problem.h"
#include "sync/sha256.h"

// A bundle is a whole rule set: one zstd frame over lines of JSON. The header line
// {"count":n,"schema":"xsell.bundle/1","version":N}, then n lines, each a canonical JSON object
// with a string "id", sorted by id in byte order, then the footer line
// {"count":n,"state_hash":"<hex>"}. Every line ends with a newline.
namespace xsell::sync {

struct BundleHeader {
  uint64_t version = 0;
  uint64_t count = 0;
};

struct BundleLimits {
  uint64_t wire_bytes = limits::kBundleWireBytes;
  uint64_t inflated_bytes = limits::kBundleInflatedBytes;
  size_t line_bytes = limits::kBundleLineBytes;
  int window_log = limits::kBundleWindowLog;
};

// Writes a bundle as it is told its lines. Fails: throws std::runtime_error (a line out of order,
// too long or too many, a sink that refuses).
class BundleWriter {
 public:
  BundleWriter(ByteSink& out, BundleHeader header);
  ~BundleWriter();
  BundleWriter(const BundleWriter&) = delete;
  BundleWriter& operator=(const BundleWriter&) = delete;

  void add(std::string_view id, std::string_view line);
  // Ends the frame and gives the state hash. Requires: exactly header.count lines were added.
  Sha256 finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Takes the lines of a bundle, in order. Until finish() of the reader has succeeded they are not to
// be used.
class BundleSink {
 public:
  virtual ~BundleSink() = default;
  virtual bool on_header(const BundleHeader& header) = 0;
  // False refuses the bundle (the sink knows why); the views are valid for the call.
  virtual bool on_line(std::string_view id, std::string_view line) = 0;
};

// Reads a bundle as its compressed bytes arrive, in bounded memory whatever they are. The content
// of a line other than its id is the receiver's to judge. Threads: one at a time. Fails: with
// values.
class BundleReader : public ByteSink {
 public:
  explicit BundleReader(BundleSink& sink, const BundleLimits& bounds = {});
  ~BundleReader() override;
  BundleReader(const BundleReader&) = delete;
  BundleReader& operator=(const BundleReader&) = delete;

  // False once it has failed; failure() says why.
  bool write(std::string_view compressed) override;
  // To be called after the last byte: the frame is whole, counts agree and the state hash is the
  // footer's.
  Failure finish();

  const Failure& failure() const;
  const BundleHeader& header() const;  // once on_header was called
  const Sha256& state_hash() const;    // once finish() succeeded

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The "id" of a release line: a top-level string member without escapes, of at most 255 bytes.
// Empty if there is none.
std::string_view line_id(std::string_view line);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_BUNDLE_H_
