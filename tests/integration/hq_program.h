#ifndef XSELL_TESTS_INTEGRATION_HQ_PROGRAM_H_
#define XSELL_TESTS_INTEGRATION_HQ_PROGRAM_H_

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/integration/child_process.h"
#include "tests/offline_cache/temporary_folder.h"

namespace xsell::tests {

// A real headquarters: the program xsell-hq in a folder of its own, serving on loopback.
class HqProgram {
 public:
  // Makes the folder, its keys, a store 0217 with lanes 1 to 3, and `item_count` items ITEM-1,
  // ITEM-2, ...
  explicit HqProgram(int item_count = 20);

  void serve();                                         // on the same port as before
  void kill();                                          // -9
  pid_t process() const { return server_->process(); }  // that serves
  std::string url() const { return "https://127.0.0.1:" + std::to_string(port_); }

  // Runs xsell-hq as the admin; throws when it fails. The result is what --json printed.
  nlohmann::json run(std::vector<std::string> arguments) const;

  // `rule_count` rules: who scans ITEM-n is offered ITEM-(n+1), with `text`. Returns the version.
  uint64_t publish(const std::string& text, int rule_count = 1,
                   const std::vector<std::string>& more = {});
  std::string enrolment_token(const std::string& lane = "1");
  // Rows of the store that HQ keeps of its lanes.
  int64_t count_rows(const std::string& table) const;
  std::string file(const std::string& name) const { return folder_.file(name); }

 private:
  TemporaryFolder folder_;
  std::string token_;
  int port_ = 0;
  std::unique_ptr<ChildProcess> server_;
};

}  // namespace xsell::tests

#endif  // XSELL_TESTS_INTEGRATION_HQ_PROGRAM_H_
