#ifndef XSELL_HQ_IMPORT_BYTE_SOURCE_H_
#define XSELL_HQ_IMPORT_BYTE_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace xsell::hq {

// The bytes of a file, unpacked when its content (not its name) says gzip or zstd; "-" is standard
// input. Threads: one. Fails: open() and read() throw Refused with the file and what is wrong with
// it.
class ByteSource {
 public:
  static std::unique_ptr<ByteSource> open(const std::string& path);
  virtual ~ByteSource() = default;

  // Fills `out` from its front; 0 at the end.
  virtual std::size_t read(std::span<char> out) = 0;

  // Of the file as it lies on disk, for progress; total is 0 when unknown.
  virtual std::uint64_t consumed_bytes() const = 0;
  virtual std::uint64_t total_bytes() const = 0;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_IMPORT_BYTE_SOURCE_H_
