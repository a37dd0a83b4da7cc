#ifndef XSELL_HQ_APPROVAL_REQUEST_H_
#define XSELL_HQ_APPROVAL_REQUEST_H_

#include <string>
#include <string_view>
#include <vector>

#include "hq/change_desk.h"
#include "hq/output.h"
#include "hq/pending_change.h"
#include "sync/signing_key.h"

// The two files of an approval: a request that goes to approvers' own machines, and the signatures
// that come back. Neither holds a secret.
namespace xsell::hq {

struct ApprovalRequest {
  std::string purpose, drafted_by;
  sync::tuf::Draft draft;
  sync::tuf::PresentState present;
};

// "xsell.approval-request/1": what is to be signed, with the root and targets documents in force.
std::string write_request(const PendingChange& change, const std::string& root_document,
                          const std::string& targets_document);
// Fails: Refused. The documents in force must be signed as their root says.
ApprovalRequest read_request(std::string_view text);

// What the change would change, one line each, from the documents themselves: the request's own
// words prove nothing.
std::vector<std::string> describe_changes(const ApprovalRequest& request);

// "xsell.approval/1". Refused if the key may sign nothing of it.
std::string sign_request(const ApprovalRequest& request, const sync::SigningKey& key);
std::vector<ChangeDesk::Approval> read_approval(std::string_view text,
                                                const sync::tuf::Draft& draft);

}  // namespace xsell::hq

#endif  // XSELL_HQ_APPROVAL_REQUEST_H_
