// A published rule set as sorted lines, each one canonical JSON object with an "id": category/CODE,
// item/KEY, pair/A>B, policy, rule/ID, set/NAME. Deltas, state hashes and the lane's rules file
// work on these lines alone. The fields are those of the authored document; decimals are written as
// strings ("0.31"), so that a line holds integers only.
#ifndef XSELL_RULES_RELEASE_LINES_H_
#define XSELL_RULES_RELEASE_LINES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/catalogue.h"
#include "rules/model.h"

namespace xsell::rules {

inline constexpr std::size_t kMaxReleaseLineBytes = std::size_t{64} << 10;

struct ReleaseLine {
  std::string id;
  std::string bytes;  // no line break
  bool operator==(const ReleaseLine&) const = default;
};

// Sorted by the bytes of the ids. Requires: validate() finds no error (ids are unique, lines within
// the cap).
std::vector<ReleaseLine> to_release_lines(const RuleSet& rule_set, const Catalogue& catalogue);

ReleaseLine to_release_line(const Rule& rule);

enum class LineResult : std::uint8_t {
  added,
  skipped,  // of a kind, or a rule with a field, that this version does not know: left out and
            // counted
  refused,  // broken: the release must not be used
};

// Builds the model from lines in any order. Threads: one at a time. Fails: by value; after a
// refusal the message says why.
class RuleSetBuilder {
 public:
  LineResult add(std::string_view bytes);

  // What the last refused or skipped line suffered from.
  const std::string& message() const { return message_; }
  std::uint64_t skipped_count() const { return skipped_count_; }

  // Hands over, one by one, what was added since the last time, but for policy and item sets.
  template <typename Visit>
  void drain(Visit visit) {
    const auto hand_over = [&](auto& values) {
      for (const auto& value : values) visit(value);
      values.clear();
    };
    hand_over(catalogue_.categories);
    hand_over(catalogue_.items);
    hand_over(rule_set_.pairs);
    hand_over(rule_set_.rules);
  }
  const Policy& policy() const { return rule_set_.policy; }

  // Hands the model over, in order. The builder is empty afterwards.
  RuleSet take_rule_set();
  Catalogue take_catalogue();

 private:
  LineResult refuse(std::string message);
  LineResult skip(std::string message);

  RuleSet rule_set_;
  Catalogue catalogue_;
  std::string message_;
  std::uint64_t skipped_count_ = 0;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_RELEASE_LINES_H_
