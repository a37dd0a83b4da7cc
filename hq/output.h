// What a command prints: text and tables for people, or with --json one document on standard
// output. Threads: one. Owns: nothing; both streams outlive it.
#ifndef XSELL_HQ_OUTPUT_H_
#define XSELL_HQ_OUTPUT_H_

#include <iosfwd>
#include <nlohmann/json.hpp>
#include <string_view>

#include "hq/table.h"

namespace xsell::hq {

using Json = nlohmann::ordered_json;

class Output {
 public:
  // `is_terminal` says whether `err` may be redrawn (progress with rate and time left).
  Output(std::ostream& out, std::ostream& err, bool is_terminal)
      : out_(out), err_(err), is_terminal_(is_terminal) {}

  bool is_json() const { return is_json_; }
  void set_json(bool is_json) { is_json_ = is_json; }
  bool is_terminal() const { return is_terminal_; }
  std::ostream& err() { return err_; }
  // Only for content that is itself the result, such as an exported file.
  std::ostream& out() { return out_; }

  // For people; says nothing under --json.
  void text(std::string_view line);
  void table(const Table& table);
  // For programs; says nothing without --json. At most one document a command.
  void json(const Json& document);
  // On standard error in both modes.
  void warning(std::string_view line);

 private:
  std::ostream& out_;
  std::ostream& err_;
  bool is_terminal_;
  bool is_json_ = false;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_OUTPUT_H_
