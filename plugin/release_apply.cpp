#include "plugin/release_apply.h"

#include <exception>
#include <optional>

#include "offline_cache/rules_file_update.h"
#include "sync/release_fetch.h"

namespace xsell::plugin {
namespace {

using offline_cache::RulesFileBuilder;
using offline_cache::RulesFiles;
using offline_cache::RulesFileUpdate;
using offline_cache::RulesFileUse;
using offline_cache::StorageError;
using sync::Failure;
using sync::NetError;
using sync::Problem;

struct Base {
  uint64_t generation = 0;
  RulesFileUpdate::Base how = RulesFileUpdate::Base::kTaken;
  const sync::ReleaseDelta* delta = nullptr;
};

// The older file before a copy of the one in use: only the pages that change are written then.
std::optional<Base> find_base(const sync::Release& release, const RulesFiles& files,
                              uint64_t generation_in_use) {
  std::optional<Base> copied;
  for (const uint64_t generation : files.generations()) {
    const auto header = files.header(generation);
    const auto* delta = header ? release.delta_from(header->state_hash) : nullptr;
    if (delta == nullptr) continue;
    if (generation != generation_in_use) {
      return Base{generation, RulesFileUpdate::Base::kTaken, delta};
    }
    copied = {generation, RulesFileUpdate::Base::kCopied, delta};
  }
  return copied;
}

Failure failure_of(const std::exception& error) {
  if (const auto* known = dynamic_cast<const sync::tuf::Error*>(&error)) return known->failure();
  return {Problem::kStorage, NetError::kNone, error.what()};
}

// The receivers' exceptions, kept over the reader's "refused".
class Guard {
 public:
  template <typename Work>
  bool run(Work work) {
    try {
      work();
      return true;
    } catch (const std::exception& error) {
      failure_ = failure_of(error);
      return false;
    }
  }
  Failure instead_of(const Failure& failure) const {
    return failure_.failed() ? failure_ : failure;
  }

 private:
  Failure failure_;
};

// A bundle's lines, onto the disk.
class BundleReceiver : public sync::BundleSink {
 public:
  explicit BundleReceiver(RulesFiles& files) : file_(files) {}
  bool on_header(const sync::BundleHeader&) override { return true; }
  bool on_line(std::string_view id, std::string_view line) override {
    return guard_.run([&] { file_.add(id, line); });
  }
  RulesFileBuilder& file() { return file_; }
  const Guard& guard() const { return guard_; }

 private:
  RulesFileBuilder file_;
  Guard guard_;
};

// A delta's changes, onto its base.
class DeltaReceiver : public sync::DeltaSink {
 public:
  DeltaReceiver(RulesFiles& files, const Base& base) : files_(files), base_(base) {}
  bool on_header(const sync::DeltaHeader&) override {
    return guard_.run([&] { file_.emplace(files_, base_.generation, base_.how); });
  }
  bool on_put(std::string_view id, std::string_view line) override {
    return guard_.run([&] { file_->put(id, line); });
  }
  bool on_remove(std::string_view id) override {
    return guard_.run([&] { file_->remove(id); });
  }
  RulesFileUpdate& file() { return *file_; }
  const Guard& guard() const { return guard_; }

 private:
  RulesFiles& files_;
  const Base& base_;
  std::optional<RulesFileUpdate> file_;
  Guard guard_;
};

Failure apply_bundle(sync::tuf::Client& client, const sync::Release& release, RulesFiles& files,
                     const std::string& part_file, const RulesFileUse& use,
                     AppliedRelease& applied) {
  BundleReceiver receiver(files);
  const Failure failure = sync::fetch_release(client, release, part_file, receiver);
  if (failure.failed()) return receiver.guard().instead_of(failure);
  applied.header = receiver.file().publish(release.version, release.state_hash, use);
  return {};
}

Failure apply_delta(sync::tuf::Client& client, const sync::Release& release, RulesFiles& files,
                    const Base& base, const std::string& part_file, const RulesFileUse& use,
                    AppliedRelease& applied) {
  DeltaReceiver receiver(files, base);
  const Failure failure = sync::fetch_delta(client, release, *base.delta, part_file, receiver);
  if (failure.failed()) return receiver.guard().instead_of(failure);
  applied.header = receiver.file().publish(release.version, release.state_hash, use);
  return {};
}

template <typename Work>
Failure guarded(Work work) {
  try {
    return work();
  } catch (const std::exception& error) {
    return failure_of(error);
  }
}

}  // namespace

AppliedRelease apply_release(sync::tuf::Client& client, const sync::Release& release,
                             RulesFiles& files, uint64_t generation_in_use, Transfer transfer,
                             const std::string& part_file, const RulesFileUse& use) {
  AppliedRelease applied;
  const auto base =
      transfer == Transfer::kWhole ? std::nullopt : find_base(release, files, generation_in_use);
  if (base) {
    applied.failure = guarded(
        [&] { return apply_delta(client, release, files, *base, part_file, use, applied); });
    applied.is_by_delta = !applied.failure.failed();
    if (applied.is_by_delta || applied.failure.problem == Problem::kTransport ||
        applied.failure.problem == Problem::kRefused) {
      return applied;
    }
    applied.notices.push_back("the delta from version " +
                              std::to_string(base->delta->from_version) + " could not be used (" +
                              std::string(applied.failure.name()) + "): " + applied.failure.detail +
                              "; the whole bundle is fetched");
  }
  applied.failure =
      guarded([&] { return apply_bundle(client, release, files, part_file, use, applied); });
  return applied;
}

}  // namespace xsell::plugin
