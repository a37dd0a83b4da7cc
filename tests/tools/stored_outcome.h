#ifndef XSELL_TESTS_TOOLS_STORED_OUTCOME_H_
#define XSELL_TESTS_TOOLS_STORED_OUTCOME_H_

#include <cstdint>

#include "offline_cache/database.h"
#include "rules/outcome.h"

namespace xsell::tests {

// A row of HQ's table outcomes as the record it was made from.
struct StoredOutcome {
  std::uint64_t sequence = 0;
  std::int64_t digest = 0;
  rules::Outcome outcome;
};

// `SELECT` kStoredColumns `FROM outcomes ...`
extern const char* const kStoredColumns;
StoredOutcome read_stored(const offline_cache::Statement& row);

}  // namespace xsell::tests

#endif  // XSELL_TESTS_TOOLS_STORED_OUTCOME_H_
