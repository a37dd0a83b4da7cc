// How a run is written out: for people, or one JSON object a line for programs.
#ifndef XSELL_SDK_EXAMPLES_LANE_PRINTER_H_
#define XSELL_SDK_EXAMPLES_LANE_PRINTER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "step.h"
#include "till.h"

namespace lane {

// Each call writes whole lines and flushes them, so that a program can follow a run through a pipe.
class Printer {
 public:
  virtual ~Printer() = default;

  virtual void step(const Step& step, const Till& till) = 0;
  virtual void status(const Till& till) = 0;
  virtual void lines(const Till& till) = 0;
  virtual void stats(const Till& till) = 0;
  virtual void waited(std::string_view what, bool is_reached, std::int64_t elapsed_ms,
                      const Till& till) = 0;
  virtual void note(std::string_view text) = 0;
  // `place`: "demo.script:12", or empty at a terminal.
  virtual void problem(std::string_view place, std::string_view text) = 0;
};

std::unique_ptr<Printer> make_text_printer(bool use_colour);
std::unique_ptr<Printer> make_json_printer();

std::string_view connection_name(std::uint32_t connection);
std::string_view health_state_name(std::uint32_t state);
std::string_view relation_name(std::uint32_t relation);

}  // namespace lane

#endif  // XSELL_SDK_EXAMPLES_LANE_PRINTER_H_
