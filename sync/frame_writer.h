#ifndef XSELL_SYNC_FRAME_WRITER_H_
#define XSELL_SYNC_FRAME_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sync/fetcher.h"
#include "sync/sha256.h"

namespace xsell::sync {

// Writes what FrameReader reads: header, lines in the order of their ids, footer. Fails: throws
// std::runtime_error (a line out of order, too long or too many, a sink that refuses).
class FrameWriter {
 public:
  // `kind` names what is written in messages; `count` lines must follow.
  FrameWriter(ByteSink& out, std::string_view kind, std::string_view header, uint64_t count);
  ~FrameWriter();
  FrameWriter(const FrameWriter&) = delete;
  FrameWriter& operator=(const FrameWriter&) = delete;

  void add(std::string_view id, std::string_view line, size_t max_line_bytes);
  void finish(const Sha256& state_hash);
  [[noreturn]] void fail(const std::string& what) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_FRAME_WRITER_H_
