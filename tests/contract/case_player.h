// Plays a case on a lane and reports what differs as GoogleTest failures.
#ifndef XSELL_TESTS_CONTRACT_CASE_PLAYER_H_
#define XSELL_TESTS_CONTRACT_CASE_PLAYER_H_

#include "tests/contract/case_file.h"
#include "tests/contract/lane_driver.h"

namespace xsell::contract {

void play(const Case& played, LaneDriver& lane);

}  // namespace xsell::contract

#endif  // XSELL_TESTS_CONTRACT_CASE_PLAYER_H_
