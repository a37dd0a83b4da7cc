#ifndef XSELL_TESTS_PLUGIN_RELEASE_TREE_H_
#define XSELL_TESTS_PLUGIN_RELEASE_TREE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sync/control.h"
#include "sync/identity.h"
#include "sync/rollout.h"
#include "sync/tuf_repository.h"
#include "tests/offline_cache/temporary_folder.h"

namespace xsell::tests {

// What HQ publishes, as a folder of files: bundles, deltas from all earlier versions, metadata, all
// really signed.
class ReleaseTree {
 public:
  static constexpr int64_t kNow_s = 1'800'000'000;
  using Lines = std::map<std::string, std::string>;  // by id

  explicit ReleaseTree(int64_t now_s = kNow_s);

  // A rule that offers CASE to who scans PHONE with `text`, and `items` items more.
  static Lines lines(const std::string& text, int items = 3);

  struct File {
    std::string name;
    std::string bytes;
    std::string custom;
  };
  // `spoil` may change what is about to be signed.
  void publish(uint64_t version, const Lines& lines,
               const std::function<void(std::vector<File>&)>& spoil = {});
  // Held back but for what roll_out() says.
  void publish_staged(uint64_t version, const Lines& lines, const std::string& salt);
  void roll_out(const sync::Rollout& rollout) {
    repository_.put_policy(sync::tuf::PolicyRole::kRollout, to_json(rollout), now_s_);
  }
  void control(const sync::Control& control) {
    repository_.put_policy(sync::tuf::PolicyRole::kControl, to_json(control), now_s_);
  }
  void resign(int64_t now_s) { repository_.resign(now_s); }

  std::string path() const { return folder_.path(); }
  int64_t now_s() const { return now_s_; }  // when all is signed
  sync::Identity identity() const;
  // Where a target with this name lies.
  std::string target(const std::string& name) const;
  sync::tuf::Repository& repository() { return repository_; }

 private:
  const int64_t now_s_;
  TemporaryFolder folder_;
  sync::tuf::RepositoryKeys keys_;
  sync::tuf::Repository repository_;
  std::map<uint64_t, Lines> published_;
};

// A delta, as HQ would make it.
std::string make_delta(uint64_t from_version, const ReleaseTree::Lines& from, uint64_t version,
                       const ReleaseTree::Lines& to);
sync::Sha256 state_hash_of(const ReleaseTree::Lines& lines);

}  // namespace xsell::tests

#endif  // XSELL_TESTS_PLUGIN_RELEASE_TREE_H_
