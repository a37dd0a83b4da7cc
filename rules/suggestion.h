// "Did you mean ...?" for a word that is not known.
#ifndef XSELL_RULES_SUGGESTION_H_
#define XSELL_RULES_SUGGESTION_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace xsell::rules {

// Insertions, deletions, replacements and swaps of neighbours that turn a into b (optimal string
// alignment).
std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate nearest to the word, or empty when none is near enough to be meant.
std::string_view nearest_word(std::string_view word,
                              const std::vector<std::string_view>& candidates);

// A sentence for Finding::mend: the nearest candidate, else a few of those there are, else nothing.
std::string suggest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace xsell::rules

#endif  // XSELL_RULES_SUGGESTION_H_
