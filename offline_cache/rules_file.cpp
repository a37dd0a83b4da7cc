#include "offline_cache/rules_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <utility>

#include "offline_cache/blob_text.h"
#include "offline_cache/database.h"
#include "offline_cache/schemas.h"

namespace xsell::offline_cache {
namespace {

constexpr std::string_view kPrefix = "rules-";
constexpr std::string_view kSuffix = ".db";
constexpr std::string_view kImageSuffix = ".image";
constexpr std::string_view kRecordsSuffix = ".records";
constexpr std::string_view kPart = ".part";

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  DIR* entries = ::opendir(folder.c_str());
  if (!entries)
    throw StorageError(StorageError::Kind::kNotFound, folder + ": cannot list the data folder");
  while (const dirent* entry = ::readdir(entries)) {
    if (std::string_view(entry->d_name).starts_with(kPrefix)) names.emplace_back(entry->d_name);
  }
  ::closedir(entries);
  return names;
}

// Of "rules-7.db" and its like; nothing when the name has another form.
std::optional<uint64_t> generation_of(std::string_view name, std::string_view suffix) {
  if (!name.ends_with(suffix)) return std::nullopt;
  const char* const last = name.data() + name.size() - suffix.size();
  uint64_t generation = 0;
  const auto [end, error] = std::from_chars(name.data() + kPrefix.size(), last, generation);
  if (error != std::errc() || end != last) return std::nullopt;
  return generation;
}

std::string_view text_of(const LineDigest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

RulesFiles::RulesFiles(const DataFolder& folder, StateHasherFactory new_hasher)
    : folder_(folder), new_hasher_(std::move(new_hasher)) {
  for (const std::string& name : names_in(folder_.path())) {
    if (std::string_view(name).ends_with(kPart)) remove_file(folder_.file(name));
  }
}

std::string RulesFiles::path(uint64_t generation, std::string_view suffix) const {
  return folder_.file(std::string(kPrefix) + std::to_string(generation) + std::string(suffix));
}

std::string RulesFiles::path(uint64_t generation) const { return path(generation, kSuffix); }

std::string RulesFiles::image_path(uint64_t generation) const {
  return path(generation, kImageSuffix);
}

std::string RulesFiles::records_path(uint64_t generation) const {
  return path(generation, kRecordsSuffix);
}

std::vector<uint64_t> RulesFiles::generations() const {
  std::vector<uint64_t> found;
  for (const std::string& name : names_in(folder_.path())) {
    if (const auto generation = generation_of(name, kSuffix)) found.push_back(*generation);
  }
  std::sort(found.begin(), found.end(), std::greater<>());
  return found;
}

uint64_t RulesFiles::next_generation() const {
  uint64_t next = 1;
  for (const std::string& name : names_in(folder_.path())) {
    uint64_t taken = 0;
    std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), taken);
    next = std::max(next, taken + 1);
  }
  return next;
}

RulesFileHeader RulesFiles::read_header(Database& database, uint64_t generation) {
  const auto corrupt = [&](const std::string& what) {
    return StorageError(StorageError::Kind::kCorrupt, database.path() + ": " + what);
  };
  Statement number = database.prepare("PRAGMA user_version");
  number.step();
  if (number.column_int64(0) != static_cast<int64_t>(kRulesMigrations.size())) {
    throw corrupt("schema " + std::to_string(number.column_int64(0)) + " is not this version's");
  }
  Statement head = database.prepare("SELECT version, line_count, state_hash FROM header");
  if (!head.step()) throw corrupt("no header");
  RulesFileHeader header;
  header.generation = generation;
  header.version = static_cast<uint64_t>(head.column_int64(0));
  header.line_count = static_cast<uint64_t>(head.column_int64(1));
  const std::span<const std::byte> hash = head.column_blob(2);
  if (hash.size() != header.state_hash.size()) throw corrupt("no state hash");
  std::transform(hash.begin(), hash.end(), header.state_hash.begin(),
                 [](std::byte byte) { return static_cast<uint8_t>(byte); });
  return header;
}

void RulesFileLines::read(std::string_view prefix, const Sink& sink) const {
  // The first id after all that begin so; an id is UTF-8 and never holds this byte.
  const std::string end = std::string(prefix) + '\xff';
  Statement lines =
      database_.prepare("SELECT id, bytes FROM line WHERE id>=?1 AND id<?2 ORDER BY id");
  lines.bind_all(prefix, end);
  if (hasher_ == nullptr) {
    while (lines.step()) sink(lines.column_text(0), text_of(lines.column_blob(1)));
    return;
  }
  Statement digests =
      database_.prepare("SELECT id, digest FROM digest WHERE id>=?1 AND id<?2 ORDER BY id");
  digests.bind_all(prefix, end);
  while (digests.step()) {
    const std::string_view id = digests.column_text(0);
    const bool is_there = lines.step() && lines.column_text(0) == id;
    const std::string_view bytes = is_there ? text_of(lines.column_blob(1)) : std::string_view();
    check(id, bytes, text_of(digests.column_blob(1)));
    sink(id, bytes);
  }
}

void RulesFileLines::read(std::span<const std::string> ids, const Sink& sink) const {
  Statement line = database_.prepare(
      "SELECT digest, bytes FROM digest LEFT JOIN line USING(id) WHERE digest.id=?1");
  for (const std::string& id : ids) {
    line.bind_all(id);
    if (!line.step()) continue;
    const std::string_view bytes = text_of(line.column_blob(1));
    check(id, bytes, text_of(line.column_blob(0)));
    sink(id, bytes);
  }
}

void RulesFileLines::check(std::string_view id, std::string_view bytes,
                           std::string_view digest) const {
  if (hasher_ == nullptr || text_of(hasher_->digest_of(bytes)) == digest) return;
  throw StorageError(StorageError::Kind::kCorrupt,
                     database_.path() + ": line " + std::string(id) +
                         " is not what was published; check the disk");
}

RulesFileHeader RulesFiles::add_digests(Database& database, StateHasher& hasher) {
  RulesFileHeader found;
  Statement digests = database.prepare("SELECT id, digest FROM digest ORDER BY id");
  while (digests.step()) {
    const std::string_view id = digests.column_text(0);
    const std::span<const std::byte> bytes = digests.column_blob(1);
    LineDigest digest;
    if (bytes.size() != digest.size()) {
      throw StorageError(StorageError::Kind::kCorrupt,
                         database.path() + ": no digest of line " + std::string(id));
    }
    std::memcpy(digest.data(), bytes.data(), digest.size());
    hasher.add(id, digest);
    ++found.line_count;
  }
  found.state_hash = hasher.finish();
  return found;
}

std::optional<RulesFileHeader> RulesFiles::header(uint64_t generation) const {
  try {
    Database database(path(generation), Database::Profile::kReadOnly);
    return read_header(database, generation);
  } catch (const StorageError&) {
    return std::nullopt;
  }
}

RulesFileHeader RulesFiles::read(uint64_t generation, const RulesFileUse& use) const {
  Database database(path(generation), Database::Profile::kReadOnly);
  const RulesFileHeader header = read_header(database, generation);
  const std::unique_ptr<StateHasher> hasher = new_hasher_();
  const RulesFileHeader found = add_digests(database, *hasher);
  if (found.line_count != header.line_count || found.state_hash != header.state_hash) {
    throw StorageError(StorageError::Kind::kCorrupt,
                       database.path() + ": its state hash is not that of its lines");
  }
  use(header, RulesFileLines(database, hasher.get()));
  return header;
}

void RulesFiles::check(uint64_t generation) const {
  read(generation, [](const RulesFileHeader&, const RulesFileLines& lines) {
    lines.read("", [](std::string_view, std::string_view) {});
  });
}

void RulesFiles::put_in_place(uint64_t generation) const {
  const std::string part = part_path(generation);
  const int file = ::open(part.c_str(), O_RDONLY | O_CLOEXEC);
  const bool is_synced = file >= 0 && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  const std::string target = path(generation);
  if (!is_synced || std::rename(part.c_str(), target.c_str()) != 0) {
    ::unlink(part.c_str());
    throw StorageError(StorageError::Kind::kFailed, target + ": cannot be written; check the disk");
  }
  sync_folder(folder_.path());
}

void RulesFiles::set_aside(uint64_t generation) {
  offline_cache::set_aside(path(generation));
  remove_file(image_path(generation));
  remove_file(records_path(generation));
}

void RulesFiles::keep_only(std::initializer_list<uint64_t> kept) {
  for (const std::string& name : names_in(folder_.path())) {
    for (const std::string_view suffix : {kSuffix, kImageSuffix, kRecordsSuffix}) {
      const auto generation = generation_of(name, suffix);
      if (generation && std::find(kept.begin(), kept.end(), *generation) == kept.end()) {
        remove_file(folder_.file(name));
      }
    }
  }
}

struct RulesFileBuilder::Connection {
  explicit Connection(const std::string& path)
      : database((prepare_group_file(path), path), Database::Profile::kBulkBuild),
        migrated((apply_migrations(database, kRulesMigrations), true)),
        transaction(database),
        insert_line(database.prepare("INSERT INTO line(id, bytes) VALUES(?1, ?2)")),
        insert_digest(database.prepare("INSERT INTO digest(id, digest) VALUES(?1, ?2)")) {}

  Database database;
  bool migrated;
  Transaction transaction;
  Statement insert_line;
  Statement insert_digest;
};

RulesFileBuilder::RulesFileBuilder(RulesFiles& files) : files_(files) {
  generation_ = files_.next_generation();
  part_path_ = files_.part_path(generation_);
  remove_file(part_path_);
  hasher_ = files_.new_hasher_();
  connection_ = std::make_unique<Connection>(part_path_);
}

RulesFileBuilder::~RulesFileBuilder() {
  if (!connection_) return;
  connection_.reset();
  ::unlink(part_path_.c_str());
}

void RulesFileBuilder::add(std::string_view id, std::string_view bytes) {
  if (line_count_ != 0 && id <= last_id_) {
    throw StorageError(StorageError::Kind::kCorrupt,
                       "rule set line " + std::string(id) + " does not come after " + last_id_);
  }
  last_id_ = id;
  ++line_count_;
  const LineDigest digest = hasher_->digest_of(bytes);
  hasher_->add(id, digest);
  connection_->insert_line.run(id, blob_of(bytes));
  connection_->insert_digest.run(id, std::as_bytes(std::span(digest)));
}

RulesFileHeader RulesFileBuilder::publish(uint64_t version, const StateHash& expected,
                                          const RulesFileUse& use) {
  if (hasher_->finish() != expected) {
    connection_.reset();
    remove_file(part_path_);
    throw StorageError(
        StorageError::Kind::kCorrupt,
        "rule set " + std::to_string(version) + ": its state hash is not the one announced");
  }
  const RulesFileHeader header = {generation_, version, line_count_, expected};
  if (use) use(header, RulesFileLines(connection_->database, nullptr));
  connection_->database.prepare("INSERT INTO header VALUES(1, ?1, ?2, ?3)")
      .run(version, line_count_, std::as_bytes(std::span(expected)));
  connection_->transaction.commit();
  connection_.reset();
  files_.put_in_place(generation_);
  return header;
}

}  // namespace xsell::offline_cache
