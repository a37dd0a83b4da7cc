#include "hq/commands/key_ceremony.h"

#include <fmt/format.h>

#include "hq/local_time.h"

namespace xsell::hq {
namespace {

constexpr const char* kSteps = R"(
BEFORE
[ ] Two people at least; each has a machine of their own with xsell-hq, off the network.
[ ] A stick for files that go from one machine to another: FILE.pub, requests, approvals. No key.
[ ] A safe place for each key file and, apart from it, for its passphrase (paper, sealed).

A. NEW KEYS (each holder, on their own machine)
[ ] xsell-hq keys new my-root.pem            the passphrase is asked for twice
[ ] xsell-hq keys new my-targets.pem         releases are approved with this one
[ ] Read the key identifiers aloud and write them below; copy the two .pub files to the stick.
[ ] Copy my-root.pem to a second stick for the safe; try it: xsell-hq keys show my-root.pem

B. PUT THEM IN FORCE (at HQ, an admin)
[ ] xsell-hq keys change root --add A.pub --add B.pub --add C.pub --threshold 2 --remove OLD
[ ] xsell-hq keys change targets --add A.pub --add B.pub --add C.pub --threshold 2 --remove OLD
    One after the other: each waits for its signatures before the next can begin.
[ ] xsell-hq approval export request.json    to the stick

C. APPROVE (each holder)
[ ] xsell-hq approval sign request.json --key my-root.pem --out mine.json
    Compare what it shows with this sheet before you give the passphrase.
[ ] Back at HQ: xsell-hq approval add mine.json
    The last signature that is needed puts the change in force at once.

D. AFTERWARDS
[ ] xsell-hq keys list shows the new keys "elsewhere" and no warnings.
[ ] The old keys' files (keys/*.retired) are destroyed, their copies too.
[ ] A lane is seen to take the next release: xsell-hq status
[ ] The next renewal stands in two calendars, three months before the root's end.
)";

}  // namespace

std::string key_ceremony(const TrustState& state, std::int64_t now_s) {
  std::string text = fmt::format(
      "KEY CEREMONY                                   printed {} UTC\n\n"
      "IN FORCE: root version {}\n",
      format_time(now_s), state.root_version);
  for (const TrustState::RoleState& role : state.roles) {
    text += fmt::format("  {:<10} {} of {}   {}\n", role.role, role.threshold, role.keys.size(),
                        role.expires_s ? "until " + format_date(*role.expires_s) : "");
    for (const TrustState::KeyState& key : role.keys) text += fmt::format("    {}\n", key.id);
  }
  text += kSteps;
  text += "\nNAME                      KEY IDENTIFIER (first 16 digits)      SIGNATURE AND DATE\n";
  for (int line = 0; line < 3; ++line)
    text += "\n______________________    ________________________    ____________________\n";
  return text;
}

}  // namespace xsell::hq
