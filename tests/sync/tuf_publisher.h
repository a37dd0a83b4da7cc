#ifndef XSELL_TESTS_SYNC_TUF_PUBLISHER_H_
#define XSELL_TESTS_SYNC_TUF_PUBLISHER_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sync/fetcher.h"
#include "sync/signing_key.h"
#include "sync/tuf_client.h"
#include "sync/tuf_metadata.h"
#include "tests/sync/memory_store.h"

namespace xsell::sync::tuf {

constexpr int64_t kNow_s = 1'800'000'000;
constexpr int64_t kDay_s = 86400;

// A publisher in memory that can be told to lie: every field of every document is at hand, keys
// come and go, and the served bytes can be replaced. The tests' attacker and honest HQ alike.
class Publisher : public Fetcher {
 public:
  Publisher();

  // Documents as they will be signed next; versions are counted up by the caller or by publish().
  Root root;
  Timestamp timestamp;
  Snapshot snapshot;
  Targets targets;
  std::map<std::string, Targets> delegated;  // by role

  // Keys that sign each role.
  std::map<std::string, std::vector<SigningKey>> keys;

  // Writes the document with its present fields, signed by the role's keys.
  void put_root();
  void put_timestamp();
  void put_snapshot();
  void put_targets();
  // The next version of targets, snapshot and timestamp, each naming the one below.
  void publish();
  // The next version of every delegated role, each listed in the snapshot to come.
  void publish_delegated();
  std::vector<Delegation>& delegations_of(const std::string& role) {
    return role == "targets" ? targets.delegations : delegated.at(role).delegations;
  }
  // The next root version, signed by the old and the new root keys; roles take the keys that sign
  // them now.
  void publish_root();
  // New keys for a role in place of the old; publish_root() makes it known.
  void rotate(const std::string& role, size_t count = 1);

  void add_target(const std::string& name, const std::string& bytes,
                  const std::string& custom = {});

  const std::string& file(const std::string& name) const { return files.at("v1/tuf/" + name); }

  // What is served, by path, and every path that was asked for.
  std::map<std::string, std::string> files;
  std::vector<std::string> requests;
  std::map<std::string, Failure> failures;  // answers instead of a file
  size_t piece_bytes = 1000;

  Failure fetch(std::string_view path, uint64_t max_bytes, ByteSink& sink) override;

 private:
  std::vector<const SigningKey*> signers(const std::string& role) const;
  MetaFile describe(const std::string& name, uint64_t version) const;

  std::vector<SigningKey> retired_root_keys_;
};

// A lane that trusts the publisher's first root.
struct Lane {
  explicit Lane(Publisher& publisher) : client(store, publisher) {
    pinned = client.pin_root(publisher.file("1.root.json"));
  }

  RefreshReport refresh(int64_t now_s = kNow_s) { return client.refresh(now_s); }
  // The versions of root, timestamp, snapshot, targets that the lane trusts; 0 for none.
  std::vector<uint64_t> trusted();

  MemoryStore store;
  Client client;
  Failure pinned;
};

}  // namespace xsell::sync::tuf

#endif  // XSELL_TESTS_SYNC_TUF_PUBLISHER_H_
