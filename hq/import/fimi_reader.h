#ifndef XSELL_HQ_IMPORT_FIMI_READER_H_
#define XSELL_HQ_IMPORT_FIMI_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hq/import/bad_lines.h"
#include "hq/import/byte_source.h"

namespace xsell::hq {

// Baskets as numbers: the dense numbers stand for ids, in the order they first came.
struct FimiTable {
  std::vector<std::uint32_t> ids;  // dense number -> the number in the file
  std::vector<std::uint32_t> items;
  std::vector<std::size_t> begins = {0};
  std::uint64_t lines = 0;
};

// The format of the FIMI repository (Goethals and Zaki 2003): one basket a line, items as whole
// numbers with spaces between them. Items that a line repeats are kept once; empty lines are no
// baskets. Threads: one. Fails: Refused from the source.
class FimiReader {
 public:
  explicit FimiReader(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  // A line with anything else goes to `bad` as a whole.
  FimiTable read(const std::string& file, BadLines& bad);

 private:
  std::unique_ptr<ByteSource> source_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_IMPORT_FIMI_READER_H_
