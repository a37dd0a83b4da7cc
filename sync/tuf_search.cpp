// What the client does beyond the top-level roles: delegated ones, and the targets themselves.
#include <set>

#include "sync/limits.h"
#include "sync/tuf_checks.h"
#include "sync/tuf_client.h"

namespace xsell::sync::tuf {
namespace {

// Passes a target on, never more than was signed, and keeps its hashes.
class TargetVerifier : public ByteSink {
 public:
  TargetVerifier(const TargetFile& file, ByteSink& out)
      : file_(file), out_(out), hashes_(file.hashes) {}

  bool write(std::string_view bytes) override {
    length_ += bytes.size();
    if (length_ > file_.length) return false;
    hashes_.add(bytes);
    return out_.write(bytes);
  }

  void require_whole() {
    if (length_ != file_.length) {
      throw Error(Problem::kLength, file_.name + " has " + std::to_string(length_) +
                                        " bytes instead of " + std::to_string(file_.length));
    }
    hashes_.require_match(file_.name);
  }

  bool is_too_long() const { return length_ > file_.length; }

 private:
  const TargetFile& file_;
  ByteSink& out_;
  HashCheck hashes_;
  uint64_t length_ = 0;
};

}  // namespace

const Targets* Client::delegated(const std::string& followed_role) const {
  const auto found = delegated_.find(followed_role);
  return found == delegated_.end() ? nullptr : &found->second;
}

void Client::load_followed() {
  delegated_.clear();
  if (!targets_) return;
  for (const std::string& role : followed_) {
    const Delegation* delegation = targets_->find_delegation(role);
    if (delegation == nullptr) continue;
    auto document = load_role(store_, role, delegation->signers, parse_targets);
    if (document) delegated_.emplace(role, std::move(*document));
  }
}

void Client::update_followed(int64_t now_s, RefreshReport& report) {
  load_followed();  // once more: new targets may have taken a role's keys away
  for (const std::string& role : followed_) {
    const Delegation* delegation = targets_->find_delegation(role);
    if (delegation == nullptr || !snapshot_->meta.contains(role + ".json")) continue;
    Failure failure = guarded([&] {
      Targets document = fetch_delegated(*delegation, now_s);
      const Targets* before = delegated(role);
      if (before == nullptr || before->document_sha256 != document.document_sha256) {
        report.changed_roles.push_back(role);
      }
      delegated_.insert_or_assign(role, std::move(document));
    });
    if (failure.failed()) report.role_failures.push_back({role, std::move(failure)});
  }
}

// 5.6.1 to 5.6.6 for a delegated role, under the keys of this very delegation: what another path to
// the role has proved is worth nothing here.
Targets Client::fetch_delegated(const Delegation& delegation, int64_t now_s) {
  const auto wanted = snapshot_->meta.find(delegation.role + ".json");
  if (wanted == snapshot_->meta.end()) {
    throw Error(Problem::kNotFound,
                with_version("snapshot", snapshot_->version) + " does not list " + delegation.role);
  }
  auto stored = load_role(store_, delegation.role, delegation.signers, parse_targets);
  if (stored && matches(*stored, wanted->second)) {
    require_fresh(*stored, now_s, delegation.role);
    return std::move(*stored);
  }
  const std::string bytes = fetch_named(delegation.role, wanted->second, limits::kTargetsBytes);
  Targets offered = parse_targets(bytes);
  require_signatures(offered, delegation.signers, with_version(delegation.role, offered.version));
  require_version(offered, wanted->second, delegation.role);
  require_fresh(offered, now_s, delegation.role);
  store_.save(delegation.role, bytes);
  return offered;
}

// 5.6.7: pre-order, depth first. A role is looked into once, so that circles end.
std::optional<TargetFile> Client::search(const std::string& name, int64_t now_s) {
  std::set<std::string> seen;
  std::vector<Delegation> next;  // the last one comes first
  const auto look_into = [&](const Targets& document) -> std::optional<TargetFile> {
    if (const auto file = document.files.find(name); file != document.files.end()) {
      return file->second;
    }
    std::vector<Delegation> children;
    for (const Delegation& delegation : document.delegations) {
      if (!delegation.covers(name)) continue;
      children.push_back(delegation);
      if (delegation.is_terminating) {
        next.clear();
        break;
      }
    }
    next.insert(next.end(), children.rbegin(), children.rend());
    return std::nullopt;
  };

  auto found = look_into(*targets_);
  while (!found && !next.empty()) {
    const Delegation delegation = std::move(next.back());
    next.pop_back();
    if (!seen.insert(delegation.role).second) continue;
    if (seen.size() > limits::kDelegationsPerSearch) break;
    found = look_into(fetch_delegated(delegation, now_s));
  }
  return found;
}

Failure Client::find_target(const std::string& name, int64_t now_s, TargetFile& found) {
  return guarded([&] {
    if (!snapshot_ || !targets_) throw Error(Problem::kNoTrust, "there are no trusted targets yet");
    auto file = search(name, now_s);
    if (!file) throw Error(Problem::kNotFound, "no role vouches for a target \"" + name + '"');
    found = std::move(*file);
  });
}

Failure Client::download(const TargetFile& file, ByteSink& sink) {
  return guarded([&] {
    if (!is_safe_target_name(file.name)) {
      throw Error(Problem::kUntrustedName, "target name \"" + file.name + "\" is not usable");
    }
    const std::string prefix = file.hashes.prefix();
    if (prefix.empty()) {
      throw Error(Problem::kHash, file.name + " was signed with hashes of unknown kinds only");
    }
    std::string path = file.name;
    if (root_ && root_->has_consistent_snapshots) {
      const size_t slash = path.rfind('/');
      path.insert(slash == std::string::npos ? 0 : slash + 1, prefix + '.');
    }
    TargetVerifier verifier(file, sink);
    const Failure failure = fetcher_.fetch(paths_.targets + path, file.length, verifier);
    if (failure.problem == Problem::kTooLarge || verifier.is_too_long()) {
      throw Error(Problem::kLength, file.name + " is longer than its signed length of " +
                                        std::to_string(file.length) + " bytes");
    }
    if (failure.failed()) throw Error(failure);
    verifier.require_whole();
  });
}

}  // namespace xsell::sync::tuf
