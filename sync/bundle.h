#ifndef XSELL_SYNC_BUNDLE_H_
#define XSELL_SYNC_BUNDLE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "sync/frame_reader.h"
#include "sync/frame_writer.h"
#include "sync/sha256.h"
#include "sync/state_hash.h"

// A bundle is a whole rule set: one zstd frame over lines of JSON. The header line
// {"count":n,"schema":"xsell.bundle/1","version":N}, then n lines, each a canonical JSON object
// with a string "id", sorted by id in byte order, then the footer line
// {"count":n,"state_hash":"<hex>"}. Every line ends with a newline.
namespace xsell::sync {

inline constexpr std::string_view kBundleSchema = "xsell.bundle/1";

struct BundleHeader {
  uint64_t version = 0;
  uint64_t count = 0;
};

// Writes a bundle as it is told its lines. Fails: throws std::runtime_error (a line out of order,
// too long or too many, a sink that refuses).
class BundleWriter {
 public:
  BundleWriter(ByteSink& out, BundleHeader header);

  void add(std::string_view id, std::string_view line);
  // Ends the frame and gives the state hash. Requires: exactly header.count lines were added.
  Sha256 finish();

 private:
  FrameWriter frame_;
  StateHasher hasher_;
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

// Reads a bundle. The content of a line other than its id is the receiver's to judge. finish()
// fails unless the lines have the footer's state hash.
class BundleReader : public FrameReader {
 public:
  explicit BundleReader(BundleSink& sink, const FrameLimits& bounds = {});

  const BundleHeader& header() const { return header_; }    // once on_header was called
  const Sha256& state_hash() const { return state_hash_; }  // once finish() succeeded

 private:
  void take_header(const rules::JsonValue& header, uint64_t count) override;
  std::string_view id_of(std::string_view line) const override;
  bool take_line(std::string_view id, std::string_view line) override;
  void take_footer(const Sha256& state_hash) override;

  BundleSink& sink_;
  StateHasher hasher_;
  BundleHeader header_;
  Sha256 state_hash_{};
};

// The "id" of a release line: a top-level string member without escapes, of at most 255 bytes.
// Empty if there is none.
std::string_view line_id(std::string_view line);

// True for what line_id() gives: no escapes, no control characters, 1 to 255 bytes.
bool is_line_id(std::string_view id);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_BUNDLE_H_
