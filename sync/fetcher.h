#ifndef XSELL_SYNC_FETCHER_H_
#define XSELL_SYNC_FETCHER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "sync/problem.h"

namespace xsell::sync {

// Takes the bytes of a document in order.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  // False ends the transfer (the sink knows why).
  virtual bool write(std::string_view bytes) = 0;
};

// Where published files come from: HQ over HTTPS, a mirror, or a folder. Untrusted: whatever it
// gives is verified. Threads: one at a time. Fails: with a value, never an exception.
class Fetcher {
 public:
  virtual ~Fetcher() = default;

  // Gives the whole document at `path` ("v1/tuf/timestamp.json", relative to the publisher's
  // address) to the sink; returns when that has ended. More than `max_bytes` fails with kTooLarge,
  // a document that does not exist with kNotFound, a sink that refuses with kTransport/kCancelled.
  // A broken transfer may be resumed, but two documents are never spliced.
  virtual Failure fetch(std::string_view path, uint64_t max_bytes, ByteSink& sink) = 0;

  // The same, collected; `body` is meaningful only on success.
  Failure fetch_all(std::string_view path, uint64_t max_bytes, std::string& body);
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_FETCHER_H_
