#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

#include "hq/passphrase.h"
#include "hq/program.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  xsell::hq::Output output(std::cout, std::cerr, isatty(STDERR_FILENO) == 1);
  xsell::hq::Environment environment;
  environment.variable = [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
  environment.now_s = [] {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::int64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
  };
  environment.ask_secret = xsell::hq::ask_at_terminal;
  return xsell::hq::run_program({argv + 1, argv + argc}, output, std::move(environment));
}
