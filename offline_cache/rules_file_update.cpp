#include "offline_cache/rules_file_update.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>

#include "offline_cache/blob_text.h"
#include "offline_cache/database.h"

namespace xsell::offline_cache {
namespace {

void make_part(const std::string& folder, const std::string& base, const std::string& part,
               RulesFileUpdate::Base how) {
  if (how == RulesFileUpdate::Base::kTaken) {
    if (std::rename(base.c_str(), part.c_str()) != 0) {
      throw StorageError(StorageError::Kind::kFailed, base + ": cannot be renamed; check the disk");
    }
    // Or a power cut could leave the changed content under the old name.
    sync_folder(folder);
    return;
  }
  prepare_group_file(part);
  std::error_code error;
  std::filesystem::copy_file(base, part, std::filesystem::copy_options::overwrite_existing, error);
  if (error) {
    throw StorageError(StorageError::Kind::kFailed,
                       part + ": cannot be written: " + error.message() + "; check the disk");
  }
}

}  // namespace

struct RulesFileUpdate::Connection {
  explicit Connection(const std::string& path)
      : database(path, Database::Profile::kBulkBuild),
        transaction(database),
        put_line(database.prepare("INSERT INTO line(id, bytes) VALUES(?1, ?2) "
                                  "ON CONFLICT(id) DO UPDATE SET bytes=excluded.bytes")),
        put_digest(database.prepare("INSERT INTO digest(id, digest) VALUES(?1, ?2) "
                                    "ON CONFLICT(id) DO UPDATE SET digest=excluded.digest")),
        remove_line(database.prepare("DELETE FROM line WHERE id=?1")),
        remove_digest(database.prepare("DELETE FROM digest WHERE id=?1")) {}

  Database database;
  Transaction transaction;
  Statement put_line;
  Statement put_digest;
  Statement remove_line;
  Statement remove_digest;
};

RulesFileUpdate::RulesFileUpdate(RulesFiles& files, uint64_t base_generation, Base base)
    : files_(files), generation_(files.next_generation()), hasher_(files.new_hasher_()) {
  const std::string part = files_.part_path(generation_);
  remove_file(part);
  make_part(files_.folder_.path(), files_.path(base_generation), part, base);
  try {
    connection_ = std::make_unique<Connection>(part);
    const auto base_header = RulesFiles::read_header(connection_->database, base_generation);
    changes_ = {base_generation, base_header.state_hash, {}};
  } catch (...) {
    connection_.reset();
    ::unlink(part.c_str());
    throw;
  }
}

RulesFileUpdate::~RulesFileUpdate() {
  if (!connection_) return;
  connection_.reset();
  ::unlink(files_.part_path(generation_).c_str());
}

void RulesFileUpdate::put(std::string_view id, std::string_view bytes) {
  changes_.ids.emplace_back(id);
  const LineDigest digest = hasher_->digest_of(bytes);
  connection_->put_line.run(id, blob_of(bytes));
  connection_->put_digest.run(id, std::as_bytes(std::span(digest)));
}

void RulesFileUpdate::remove(std::string_view id) {
  changes_.ids.emplace_back(id);
  connection_->remove_line.run(id);
  connection_->remove_digest.run(id);
  if (connection_->database.changed_rows() != 1) {
    throw StorageError(StorageError::Kind::kCorrupt,
                       connection_->database.path() + ": has no line " + std::string(id) +
                           " to remove; the delta is for another base");
  }
}

RulesFileHeader RulesFileUpdate::publish(uint64_t version, const StateHash& expected,
                                         const RulesFileUse& use) {
  RulesFileHeader header = RulesFiles::add_digests(connection_->database, *hasher_);
  if (header.state_hash != expected) {
    throw StorageError(
        StorageError::Kind::kCorrupt,
        "rule set " + std::to_string(version) + ": its state hash is not the one announced");
  }
  header.generation = generation_;
  header.version = version;
  std::sort(changes_.ids.begin(), changes_.ids.end());
  if (use) use(header, RulesFileLines(connection_->database, hasher_.get(), &changes_));
  connection_->database.prepare("UPDATE header SET version=?1, line_count=?2, state_hash=?3")
      .run(version, header.line_count, std::as_bytes(std::span(expected)));
  connection_->transaction.commit();
  connection_.reset();
  files_.put_in_place(generation_);
  return header;
}

}  // namespace xsell::offline_cache
