// The peer to beat: the same rules in SQLite, as a careful engineer would put them there. Indexes
// in the order of the score, prepared statements, one read transaction that stays open, and no row
// looked at that cannot win a place.
#ifndef XSELL_TESTS_TOOLS_BENCH_SQLITE_PEER_H_
#define XSELL_TESTS_TOOLS_BENCH_SQLITE_PEER_H_

#include <memory>

#include "tests/tools/bench/lane_under_test.h"

namespace xsell::bench {

std::unique_ptr<LaneUnderTest> make_sqlite_peer(const Workload& workload);

}  // namespace xsell::bench

#endif  // XSELL_TESTS_TOOLS_BENCH_SQLITE_PEER_H_
