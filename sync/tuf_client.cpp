#include "sync/tuf_client.h"

#include <algorithm>
#include <utility>

#include "sync/limits.h"

// Step numbers in comments are those of the specification's section 5.
namespace xsell::sync::tuf {
namespace {

std::string with_version(std::string_view what, uint64_t version) {
  return std::string(what) + " version " + std::to_string(version);
}

// Runs what may throw and gives its failure as a value.
template <typename Work>
Failure guarded(Work work) {
  try {
    work();
    return {};
  } catch (const Error& error) {
    return error.failure();
  } catch (const std::exception& error) {
    return {Problem::kStorage, NetError::kNone, error.what()};
  }
}

void require_fresh(const Metadata& metadata, int64_t now_s, std::string_view what) {
  if (metadata.expires_s <= now_s) {
    throw Error(Problem::kExpired, with_version(what, metadata.version) + " expired at " +
                                       format_utc_time(metadata.expires_s));
  }
}

// Every old key is still among the new ones: nothing was revoked.
bool keeps_keys(const RoleKeys& before, const RoleKeys& after) {
  return std::includes(after.key_ids.begin(), after.key_ids.end(), before.key_ids.begin(),
                       before.key_ids.end());
}

bool matches(const Metadata& metadata, const MetaFile& wanted) {
  return metadata.version == wanted.version &&
         (!wanted.sha256 || metadata.document_sha256 == *wanted.sha256);
}

// 5.5.5: no role disappears or goes back.
void require_no_rollback(const Snapshot& trusted, const Snapshot& offered) {
  for (const auto& [name, file] : trusted.meta) {
    const auto found = offered.meta.find(name);
    const std::string place = with_version("snapshot", offered.version);
    if (found == offered.meta.end()) {
      throw Error(Problem::kRoleRemoved, place + " no longer lists " + name);
    }
    if (found->second.version < file.version) {
      throw Error(Problem::kRollback, place + " goes back from " + name + " version " +
                                          std::to_string(file.version) + " to " +
                                          std::to_string(found->second.version));
    }
  }
}

// A stored document that no longer reads or verifies is as good as none: it will be fetched again.
template <typename Role>
std::optional<Role> load_role(MetadataStore& store, std::string_view role, const RoleKeys& signers,
                              Role (*parse)(std::string_view)) {
  const auto bytes = store.load(role);
  if (!bytes) return std::nullopt;
  try {
    Role document = parse(*bytes);
    require_signatures(document, signers, role);
    return document;
  } catch (const Error&) {
    return std::nullopt;
  }
}

// Passes a target on, never more than was signed, and keeps its hash.
class TargetVerifier : public ByteSink {
 public:
  TargetVerifier(const TargetFile& file, ByteSink& out) : file_(file), out_(out) {}

  bool write(std::string_view bytes) override {
    length_ += bytes.size();
    if (length_ > file_.length) return false;
    hasher_.add(bytes);
    return out_.write(bytes);
  }

  void require_whole() {
    if (length_ != file_.length) {
      throw Error(Problem::kLength, file_.name + " has " + std::to_string(length_) +
                                        " bytes instead of " + std::to_string(file_.length));
    }
    const Sha256 digest = hasher_.finish();
    if (digest != file_.sha256) {
      throw Error(Problem::kHash, file_.name + " has SHA-256 " + to_hex(digest) + " instead of " +
                                      to_hex(file_.sha256));
    }
  }

  bool is_too_long() const { return length_ > file_.length; }

 private:
  const TargetFile& file_;
  ByteSink& out_;
  Sha256Hasher hasher_;
  uint64_t length_ = 0;
};

}  // namespace

Client::Client(MetadataStore& store, Fetcher& fetcher, RepositoryPaths paths)
    : store_(store), fetcher_(fetcher), paths_(std::move(paths)) {}

Failure Client::pin_root(std::string_view root_bytes) {
  return guarded([&] {
    if (store_.load("root")) return;
    Root root = parse_root(root_bytes);
    require_signatures(root, root.root, "the first root");
    store_.save("root", root_bytes);
    root_ = std::move(root);
  });
}

Failure Client::load() {
  return guarded([&] { load_trusted(); });
}

RefreshReport Client::refresh(int64_t now_s) {
  RefreshReport report;
  report.failure = guarded([&] {
    load_trusted();
    update_root(now_s, report);
    if (report.has_more_roots) return;
    update_timestamp(now_s, report);
    update_snapshot(now_s);
    update_targets(now_s, report);
  });
  return report;
}

void Client::load_trusted() {
  const auto bytes = store_.load("root");
  if (!bytes) throw Error(Problem::kNoTrust, "there is no trusted root: enrol first");
  Root root = parse_root(*bytes);
  require_signatures(root, root.root, "the trusted root");
  root_ = std::move(root);
  timestamp_ = load_role(store_, "timestamp", root_->timestamp, parse_timestamp);
  snapshot_ = load_role(store_, "snapshot", root_->snapshot, parse_snapshot);
  targets_ = load_role(store_, "targets", root_->targets, parse_targets);
}

void Client::update_root(int64_t now_s, RefreshReport& report) {
  for (int count = 0;; ++count) {
    const uint64_t next = root_->version + 1;
    std::string bytes;
    const std::string path = paths_.metadata + std::to_string(next) + ".root.json";
    const Failure failure = fetcher_.fetch_all(path, limits::kRootBytes, bytes);
    if (failure.problem == Problem::kNotFound) break;
    if (failure.failed()) throw Error(failure);
    if (count == limits::kRootsPerCycle) {
      report.has_more_roots = true;
      return;
    }
    accept_root(parse_root(bytes), bytes);
  }
  require_fresh(*root_, now_s, "root");  // 5.3.10
}

void Client::accept_root(Root root, std::string_view bytes) {
  const std::string what = with_version("root", root_->version + 1);
  require_signatures(root, root_->root, what + " under the keys of the version before it");
  require_signatures(root, root.root, what + " under its own keys");
  if (root.version != root_->version + 1) {
    throw Error(Problem::kRollback, what + " calls itself version " + std::to_string(root.version));
  }

  // 5.3.11, here rather than after the whole chain: a cycle that ends early must not lose it.
  if (keeps_keys(root_->timestamp, root.timestamp) && keeps_keys(root_->snapshot, root.snapshot)) {
    store_.save("root", bytes);
  } else {
    store_.save_rotated_root(bytes);
    timestamp_.reset();
    snapshot_.reset();
  }
  root_ = std::move(root);
}

void Client::update_timestamp(int64_t now_s, RefreshReport& report) {
  const std::string bytes = fetch_metadata("timestamp.json", limits::kTimestampBytes);
  Timestamp offered = parse_timestamp(bytes);
  require_signatures(offered, root_->timestamp, with_version("timestamp", offered.version));
  const std::string what = with_version("timestamp", offered.version);

  if (timestamp_ && offered.version == timestamp_->version) {
    // 5.4.3.1 keeps the trusted one. The rest of the cycle still runs: an earlier one may have been
    // cut short.
    if (offered.signed_bytes != timestamp_->signed_bytes) {
      report.notices.push_back(what + " exists twice: trusted SHA-256 " +
                               to_hex(timestamp_->document_sha256) + ", offered " +
                               to_hex(offered.document_sha256));
    }
    require_fresh(*timestamp_, now_s, "timestamp");
    return;
  }
  if (timestamp_ && offered.version < timestamp_->version) {
    throw Error(Problem::kRollback,
                what + " is older than the trusted version " + std::to_string(timestamp_->version));
  }
  if (timestamp_ && offered.snapshot.version < timestamp_->snapshot.version) {
    throw Error(Problem::kRollback, what + " goes back from snapshot version " +
                                        std::to_string(timestamp_->snapshot.version) + " to " +
                                        std::to_string(offered.snapshot.version));
  }
  require_fresh(offered, now_s, "timestamp");
  store_.save("timestamp", bytes);
  timestamp_ = std::move(offered);
}

void Client::update_snapshot(int64_t now_s) {
  const MetaFile& wanted = timestamp_->snapshot;
  if (!snapshot_ || !matches(*snapshot_, wanted)) {
    const std::string bytes = fetch_named("snapshot", wanted, limits::kSnapshotBytes);
    Snapshot offered = parse_snapshot(bytes);
    require_signatures(offered, root_->snapshot, with_version("snapshot", offered.version));
    if (offered.version != wanted.version) {
      throw Error(Problem::kVersion, with_version("snapshot", offered.version) +
                                         " came instead of " + std::to_string(wanted.version));
    }
    if (snapshot_) require_no_rollback(*snapshot_, offered);
    require_fresh(offered, now_s, "snapshot");
    store_.save("snapshot", bytes);
    snapshot_ = std::move(offered);
  }
  require_fresh(*snapshot_, now_s, "snapshot");
}

void Client::update_targets(int64_t now_s, RefreshReport& report) {
  const MetaFile& wanted = snapshot_->meta.at("targets.json");
  if (!targets_ || !matches(*targets_, wanted)) {
    const std::string bytes = fetch_named("targets", wanted, limits::kTargetsBytes);
    Targets offered = parse_targets(bytes);
    require_signatures(offered, root_->targets, with_version("targets", offered.version));
    if (offered.version != wanted.version) {
      throw Error(Problem::kVersion, with_version("targets", offered.version) +
                                         " came instead of " + std::to_string(wanted.version));
    }
    require_fresh(offered, now_s, "targets");
    store_.save("targets", bytes);
    targets_ = std::move(offered);
    report.has_new_targets = true;
  }
  require_fresh(*targets_, now_s, "targets");
}

std::string Client::fetch_metadata(const std::string& name, uint64_t max_bytes) {
  std::string bytes;
  const Failure failure = fetcher_.fetch_all(paths_.metadata + name, max_bytes, bytes);
  if (failure.failed()) throw Error(failure);
  return bytes;
}

std::string Client::fetch_named(std::string_view role, const MetaFile& wanted, uint64_t max_bytes) {
  std::string name(role);
  name += ".json";
  if (root_->has_consistent_snapshots) name.insert(0, std::to_string(wanted.version) + '.');
  // A signed length is an upper bound (5.5.1, 5.6.1); the hash, where there is one, is exact.
  std::string bytes = fetch_metadata(name, std::min(max_bytes, wanted.length.value_or(max_bytes)));
  if (wanted.sha256 && sha256(bytes) != *wanted.sha256) {
    throw Error(Problem::kHash, name + " has SHA-256 " + sha256_hex(bytes) + " instead of " +
                                    to_hex(*wanted.sha256));
  }
  return bytes;
}

Failure Client::download(const TargetFile& file, ByteSink& sink) {
  return guarded([&] {
    if (!is_safe_target_name(file.name)) {
      throw Error(Problem::kUntrustedName, "target name \"" + file.name + "\" is not usable");
    }
    std::string path = file.name;
    if (root_ && root_->has_consistent_snapshots) {
      const size_t slash = path.rfind('/');
      path.insert(slash == std::string::npos ? 0 : slash + 1, to_hex(file.sha256) + '.');
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
