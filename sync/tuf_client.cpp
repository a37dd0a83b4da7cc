#include "sync/tuf_client.h"

#include <algorithm>
#include <utility>

#include "sync/limits.h"
#include "sync/percent_encoding.h"
#include "sync/tuf_checks.h"

// Step numbers in comments are those of the specification's section 5.
namespace xsell::sync::tuf {

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
  });
  if (report.failure.failed() || report.has_more_roots) return report;

  report.failure = guarded([&] { update_targets(now_s, report); });
  // Where the network has just failed there is no use in asking it for more.
  if (targets_ && report.failure.problem != Problem::kTransport) {
    const Failure failure = guarded([&] { update_followed(now_s, report); });
    if (!report.failure.failed()) report.failure = failure;
  }
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
  load_followed();
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
  const std::string what = with_version("timestamp", offered.version);
  require_signatures(offered, root_->timestamp, what);

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
  const auto& hashes = offered.snapshot.hashes;
  if (snapshot_ && snapshot_->version == offered.snapshot.version && hashes && hashes->sha256 &&
      *hashes->sha256 != snapshot_->document_sha256) {
    throw Error(Problem::kEquivocation,
                with_version("snapshot", snapshot_->version) + " exists twice: trusted SHA-256 " +
                    to_hex(snapshot_->document_sha256) + ", offered " + to_hex(*hashes->sha256));
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
    require_version(offered, wanted, "snapshot");
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
    require_version(offered, wanted, "targets");
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
  std::string name = percent_encoded(role) + ".json";
  if (root_->has_consistent_snapshots) name.insert(0, std::to_string(wanted.version) + '.');
  // A signed length is an upper bound (5.5.1, 5.6.1); the hashes, where there are any, are exact.
  std::string bytes = fetch_metadata(name, std::min(max_bytes, wanted.length.value_or(max_bytes)));
  if (wanted.hashes) {
    HashCheck check(*wanted.hashes);
    check.add(bytes);
    check.require_match(name);
  }
  return bytes;
}

}  // namespace xsell::sync::tuf
