// A till in C++17 on an installed xsell: till PLUGIN [ITEM]... prints the offered items.
#include <iostream>
#include <xsell/host.hpp>

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  std::string error;
  xsell::HostOptions options;
  options.name = "consumer";
  const auto lane = xsell::Lane::open(argv[1], options, error);
  if (!lane) {
    std::cerr << error << '\n';
    return 1;
  }
  lane->begin_transaction(1, {});
  for (int i = 2; i < argc; ++i) {
    xsell::Line line;
    line.line = static_cast<std::uint64_t>(i) - 1;
    line.item = argv[i];
    for (const xsell::Prompt prompt : lane->line_added(line)) std::cout << prompt.item() << '\n';
  }
  lane->finalise_transaction(0, {});
}
