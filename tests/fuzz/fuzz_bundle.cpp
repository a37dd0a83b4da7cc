// A bundle as it came over the wire, and one whose frame is sound but whose lines are anything.
#include <zstd.h>

#include <string>
#include <string_view>

#include "sync/bundle.h"

namespace {

class AnySink : public xsell::sync::BundleSink {
 public:
  bool on_header(const xsell::sync::BundleHeader&) override { return true; }
  bool on_line(std::string_view, std::string_view) override { return true; }
};

void read_bundle(std::string_view compressed) {
  AnySink sink;
  xsell::sync::BundleReader reader(sink);
  if (reader.write(compressed.substr(0, compressed.size() / 2))) {
    reader.write(compressed.substr(compressed.size() / 2));
  }
  reader.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  read_bundle({reinterpret_cast<const char*>(data), size});
  std::string frame(ZSTD_compressBound(size), '\0');
  frame.resize(ZSTD_compress(frame.data(), frame.size(), data, size, 1));
  read_bundle(frame);
  return 0;
}
