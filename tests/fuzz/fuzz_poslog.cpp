// POSLog files, whatever they hold: rows have all that they promise, reading ends, and memory stays
// bounded.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "hq/import/poslog_reader.h"

namespace {

using namespace xsell::hq;

class Memory : public ByteSource {
 public:
  explicit Memory(std::string_view bytes) : rest_(bytes), total_(bytes.size()) {}
  // In small pieces, so that every boundary lies somewhere else.
  std::size_t read(std::span<char> out) override {
    const std::size_t size = std::min({out.size(), rest_.size(), std::size_t{61}});
    if (size > 0) std::memcpy(out.data(), rest_.data(), size);
    rest_.remove_prefix(size);
    return size;
  }
  std::uint64_t consumed_bytes() const override { return total_ - rest_.size(); }
  std::uint64_t total_bytes() const override { return total_; }

 private:
  std::string_view rest_;
  const std::size_t total_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  PoslogReader reader(std::make_unique<Memory>(bytes), {});
  for (auto row = reader.next(); row != BasketRows::Row::kEnd; row = reader.next()) {
    if (reader.line() == 0) std::abort();
    if (row == BasketRows::Row::kBad) {
      if (reader.bad_reason().empty()) std::abort();
    } else if (reader.field(kBasket).empty()) {
      std::abort();
    } else if (!reader.is_void() && reader.field(kQuantity).empty()) {
      std::abort();
    }
  }
  return 0;
}
