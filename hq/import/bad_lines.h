#ifndef XSELL_HQ_IMPORT_BAD_LINES_H_
#define XSELL_HQ_IMPORT_BAD_LINES_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "hq/output.h"

namespace xsell::hq {

// Lines that an import could not use: counted by reason, the first few of each reason kept to be
// shown.
class BadLines {
 public:
  static constexpr std::size_t kSamplesPerReason = 3;

  // `reason` is one of a few fixed texts; what varies stands in `raw`, the line itself.
  void add(std::string_view file, std::uint64_t line, std::string_view reason,
           std::string_view raw);

  std::uint64_t count() const { return count_; }
  Json to_json() const;
  // Adds what to_json() told of earlier lines.
  void add(const Json& reasons);
  // Says nothing when there are none.
  void print(Output& output) const;

 private:
  struct Sample {
    std::string file;
    std::uint64_t line = 0;
    std::string raw;
  };
  struct Reason {
    std::uint64_t count = 0;
    std::vector<Sample> samples;
  };
  std::uint64_t count_ = 0;
  std::map<std::string, Reason, std::less<>> reasons_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_IMPORT_BAD_LINES_H_
