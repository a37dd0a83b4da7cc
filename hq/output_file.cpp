#include "hq/output_file.h"

#include "hq/errors.h"

namespace xsell::hq {

OutputFile::OutputFile(const std::string& path) : path_(path), file_(path, std::ios::binary) {
  if (!file_) throw Refused("cannot write " + path_);
}

void OutputFile::close() {
  file_.close();
  if (!file_) throw Refused("cannot write " + path_);
}

}  // namespace xsell::hq
