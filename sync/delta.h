#ifndef XSELL_SYNC_DELTA_H_
#define XSELL_SYNC_DELTA_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "sync/frame_reader.h"
#include "sync/frame_writer.h"
#include "sync/sha256.h"

// A delta makes one rule set out of another: the frame of a bundle, with the header line
// {"count":n,"from_state_hash":"<hex>","from_version":M,"schema":"xsell.delta/1","version":N}, n
// changes sorted by id, {"put":LINE} with the new line's bytes or {"del":"ID"}, and the footer
// {"count":n,"state_hash":"<hex>"} with the state hash that results. What it fits is told by the
// state hash of its base; the version numbers are for people.
namespace xsell::sync {

inline constexpr std::string_view kDeltaSchema = "xsell.delta/1";

struct DeltaHeader {
  uint64_t from_version = 0;
  uint64_t version = 0;
  uint64_t count = 0;
  Sha256 from_state_hash{};
};

// Writes a delta as it is told its changes, in id order. Fails like FrameWriter.
class DeltaWriter {
 public:
  DeltaWriter(ByteSink& out, const DeltaHeader& header);

  void put(std::string_view id, std::string_view line);
  void remove(std::string_view id);
  // Requires: exactly header.count changes were told.
  void finish(const Sha256& state_hash);

 private:
  FrameWriter frame_;
};

// Takes the changes of a delta, in order. What they make must have the footer's state hash before
// it is used.
class DeltaSink {
 public:
  virtual ~DeltaSink() = default;
  // False refuses the delta (the sink knows why); the views are valid for the call.
  virtual bool on_header(const DeltaHeader& header) = 0;
  virtual bool on_put(std::string_view id, std::string_view line) = 0;
  virtual bool on_remove(std::string_view id) = 0;
};

class DeltaReader : public FrameReader {
 public:
  explicit DeltaReader(DeltaSink& sink, const FrameLimits& bounds = kBounds);

  const DeltaHeader& header() const { return header_; }     // once on_header was called
  const Sha256& state_hash() const { return state_hash_; }  // once finish() succeeded

  // Room for a line of a bundle and what is around it.
  static constexpr FrameLimits kBounds{.line_bytes = limits::kBundleLineBytes + 16};

 private:
  void take_header(const rules::JsonValue& header, uint64_t count) override;
  std::string_view id_of(std::string_view line) const override;
  bool take_line(std::string_view id, std::string_view line) override;
  void take_footer(const Sha256& state_hash) override;

  DeltaSink& sink_;
  DeltaHeader header_;
  Sha256 state_hash_{};
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_DELTA_H_
