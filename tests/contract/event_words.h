// A step's event, and the memory that its views point into.
#ifndef XSELL_TESTS_CONTRACT_EVENT_WORDS_H_
#define XSELL_TESTS_CONTRACT_EVENT_WORDS_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/event.h"
#include "tests/contract/case_file.h"

namespace xsell::contract {

struct EventWords {
  rules::Event event;
  bool lines_begin_anew = false;
  std::deque<std::string> texts;  // a deque does not move what it holds
  std::vector<std::string_view> segments;
  std::vector<rules::EventLine> lines;
  std::vector<rules::NearMiss> near_misses;
};

// next_line: what `scan` numbers with. prompt_id: the id of the prompt last seen under "rule >
// item" or a rule. Throws std::runtime_error for an unknown event or field.
EventWords read_event(const Json& step, std::uint64_t& next_line,
                      const std::function<std::uint64_t(const std::string&)>& prompt_id);

}  // namespace xsell::contract

#endif  // XSELL_TESTS_CONTRACT_EVENT_WORDS_H_
