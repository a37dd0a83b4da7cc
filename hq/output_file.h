#ifndef XSELL_HQ_OUTPUT_FILE_H_
#define XSELL_HQ_OUTPUT_FILE_H_

#include <fstream>
#include <ostream>
#include <string>

namespace xsell::hq {

// A file that a command writes. Fails: Refused, when it cannot be made, and, on close(), when not
// all of it could be written.
class OutputFile {
 public:
  explicit OutputFile(const std::string& path);

  std::ostream& stream() { return file_; }
  void close();

 private:
  std::string path_;
  std::ofstream file_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_OUTPUT_FILE_H_
