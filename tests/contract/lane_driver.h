// A lane under test: something that takes a rule set and events, and answers with prompts.
#ifndef XSELL_TESTS_CONTRACT_LANE_DRIVER_H_
#define XSELL_TESTS_CONTRACT_LANE_DRIVER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rules/event.h"
#include "rules/lane_scope.h"

namespace xsell::contract {

// A prompt as the cases see it: its fields as text.
struct SeenPrompt {
  std::uint64_t prompt_id = 0;
  std::map<std::string, std::string> fields;  // "rule", "item", "operator_text", ...
};

struct SeenAnswer {
  std::optional<std::string> result;  // nothing: this lane does not tell
  std::vector<SeenPrompt> prompts;
};

struct SeenOutcome {
  std::map<std::string, std::string> fields;  // "kind", "rule", "item", ...
};

class LaneDriver {
 public:
  virtual ~LaneDriver() = default;

  // Documents as text. Throws std::runtime_error when the lane refuses them.
  virtual void start(const rules::LaneScope& scope, const std::string& rules,
                     const std::string& items) = 0;
  virtual SeenAnswer on_event(const rules::Event& event) = 0;

  // Takes rules that no check has passed.
  virtual bool takes_any_rules() const { return false; }

  // What not every lane can do or show: false, or nothing.
  virtual bool adopt(const std::string& rules, const std::string& items);
  virtual bool restart();
  virtual bool kill(bool is_disabled);
  virtual bool kill_rule(const std::string& rule, bool is_disabled);
  virtual std::optional<std::vector<SeenOutcome>> outcomes();
  virtual std::optional<std::uint64_t> count(const std::string& rule, const std::string& reason);
};

inline bool LaneDriver::adopt(const std::string&, const std::string&) { return false; }
inline bool LaneDriver::restart() { return false; }
inline bool LaneDriver::kill(bool) { return false; }
inline bool LaneDriver::kill_rule(const std::string&, bool) { return false; }
inline std::optional<std::vector<SeenOutcome>> LaneDriver::outcomes() { return std::nullopt; }
inline std::optional<std::uint64_t> LaneDriver::count(const std::string&, const std::string&) {
  return std::nullopt;
}

std::unique_ptr<LaneDriver> make_engine_driver();
std::unique_ptr<LaneDriver> make_module_driver();

}  // namespace xsell::contract

#endif  // XSELL_TESTS_CONTRACT_LANE_DRIVER_H_
