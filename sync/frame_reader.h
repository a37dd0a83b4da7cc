#ifndef XSELL_SYNC_FRAME_READER_H_
#define XSELL_SYNC_FRAME_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "rules/strict_json.h"
#include "sync/fetcher.h"
#include "sync/limits.h"
#include "sync/problem.h"
#include "sync/sha256.h"

namespace xsell::sync {

struct FrameLimits {
  uint64_t wire_bytes = limits::kBundleWireBytes;
  uint64_t inflated_bytes = limits::kBundleInflatedBytes;
  size_t line_bytes = limits::kBundleLineBytes;
  int window_log = limits::kBundleWindowLog;
};

// What bundles and deltas share: exactly one zstd frame over lines of JSON, each ended by a
// newline. A header with "schema" and "count", as many lines in the byte order of their ids, and a
// footer with the count again and a "state_hash". Reads it as the compressed bytes arrive, in
// bounded memory whatever they are. Threads: one at a time. Fails: with values; the derived readers
// throw Broken within the base's calls.
class FrameReader : public ByteSink {
 public:
  ~FrameReader() override;
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;

  // False once it has failed; failure() says why.
  bool write(std::string_view compressed) override;
  // To be called after the last byte: the frame is whole and the footer was accepted.
  Failure finish();
  const Failure& failure() const;

 protected:
  // `kind` names what is read in messages.
  FrameReader(std::string_view kind, std::string_view schema, const FrameLimits& bounds);

  struct Broken {
    Problem problem;
    std::string detail;
  };
  [[noreturn]] void fail(const std::string& what, Problem problem = Problem::kBundle) const;
  [[noreturn]] void refuse(const std::string& what) const { fail(what, Problem::kRefused); }
  uint64_t number(const rules::JsonValue& object, std::string_view name) const;
  Sha256 hash(const rules::JsonValue& object, std::string_view name) const;

  virtual void take_header(const rules::JsonValue& header, uint64_t count) = 0;
  // The id of a line between header and footer; empty if it has none.
  virtual std::string_view id_of(std::string_view line) const = 0;
  // False: the receiver refuses it.
  virtual bool take_line(std::string_view id, std::string_view line) = 0;
  virtual void take_footer(const Sha256& state_hash) = 0;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_FRAME_READER_H_
