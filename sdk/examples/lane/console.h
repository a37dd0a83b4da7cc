// The lane's commands: the same ones typed at a terminal, read from a script, and sent by the web
// page.
#ifndef XSELL_SDK_EXAMPLES_LANE_CONSOLE_H_
#define XSELL_SDK_EXAMPLES_LANE_CONSOLE_H_

#include <chrono>
#include <functional>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "printer.h"
#include "till.h"

namespace lane {

class Console {
 public:
  // Both must outlive the console. `stop`: asked now and then during a wait; true ends it.
  Console(Till& till, Printer& printer, std::function<bool()> stop);

  enum class Result { kDone, kFailed, kQuit };

  // Runs one command. Takes the till's mutex itself.
  Result run(std::string_view line, std::string_view place);

  struct ScriptResult {
    bool is_good = true;  // no command failed
    bool has_quit = false;
  };
  // Runs them all, failed ones or not, to the end or to `quit`. `name`: for the place of a problem.
  ScriptResult run_script(std::istream& input, const std::string& name);

  // The commands, as --help and `help` print them.
  static std::string_view help();

 private:
  using Words = std::vector<std::string_view>;
  using Problem = Till::Problem;

  Result run_words(std::string_view line, const Words& words, std::string_view place);
  Problem run_sale_command(std::string_view command, const Words& words, bool& is_known);
  Problem run_lane_command(std::string_view command, const Words& words, bool& is_known);
  Problem run_time_command(std::string_view command, const Words& words, bool& is_known);
  Problem find_and_scan(std::string_view text);
  Problem wait(const Words& words);
  Problem expect(const Words& words);
  void after_scan();

  Till& till_;
  Printer& printer_;
  std::function<bool()> stop_;
  std::chrono::milliseconds pace_{0};
};

}  // namespace lane

#endif  // XSELL_SDK_EXAMPLES_LANE_CONSOLE_H_
