// Events written as JSON, one a step, as contract cases and basket files have them:
// {"scan": "pasta"}, {"void": 2}, {"customer_identified": {"segments": ["family"]}}. Docs:
// docs/explain.md.
#ifndef XSELL_HQ_EXPLAIN_EVENT_WORDS_H_
#define XSELL_HQ_EXPLAIN_EVENT_WORDS_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "rules/event.h"
#include "rules/prompt.h"

namespace xsell::hq {

using Json = nlohmann::ordered_json;

// A step's event, and the memory that its views point into.
struct EventWords {
  rules::Event event;
  std::deque<std::string> texts;  // a deque does not move what it holds
  std::vector<std::string_view> segments;
  std::vector<rules::EventLine> lines;
  std::vector<rules::RecentPurchase> recent_items;
  std::vector<rules::NearMiss> near_misses;
};

// Whether a field of a step names an event.
bool is_event_word(std::string_view word);
std::vector<std::string_view> event_words();

// next_line: what `scan` numbers with. prompt_id: the id of the prompt last seen under "rule >
// item" or a rule. Fails: std::runtime_error for an unknown event or field, and for a value of the
// wrong type.
EventWords read_event(const Json& step, std::uint64_t& next_line,
                      const std::function<std::uint64_t(const std::string&)>& prompt_id);

// What the lane made of a step's event, as the step's "result" says it.
std::string_view name_of(rules::EventResult result);

}  // namespace xsell::hq

#endif  // XSELL_HQ_EXPLAIN_EVENT_WORDS_H_
