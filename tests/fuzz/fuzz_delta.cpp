// A delta as it came over the wire, and one whose frame is sound but whose lines are anything. What
// it puts must carry its id, as the lane's file is kept by it.
#include <zstd.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "sync/bundle.h"
#include "sync/delta.h"

namespace {

class CheckedSink : public xsell::sync::DeltaSink {
 public:
  bool on_header(const xsell::sync::DeltaHeader&) override { return true; }
  bool on_put(std::string_view id, std::string_view line) override {
    if (xsell::sync::line_id(line) != id) std::abort();
    return on_remove(id);
  }
  bool on_remove(std::string_view id) override {
    if (!xsell::sync::is_line_id(id) || (!last_.empty() && id <= last_)) std::abort();
    last_ = id;
    return true;
  }

 private:
  std::string last_;
};

void read_delta(std::string_view compressed) {
  CheckedSink sink;
  xsell::sync::DeltaReader reader(sink);
  if (reader.write(compressed.substr(0, compressed.size() / 2))) {
    reader.write(compressed.substr(compressed.size() / 2));
  }
  reader.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  read_delta({reinterpret_cast<const char*>(data), size});
  std::string frame(ZSTD_compressBound(size), '\0');
  frame.resize(ZSTD_compress(frame.data(), frame.size(), data, size, 1));
  read_delta(frame);
  return 0;
}
