#ifndef XSELL_OFFLINE_CACHE_RULES_FILE_H_
#define XSELL_OFFLINE_CACHE_RULES_FILE_H_

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "offline_cache/data_folder.h"

namespace xsell::offline_cache {

class Database;

using LineDigest = std::array<uint8_t, 32>;
using StateHash = std::array<uint8_t, 32>;

// Takes the lines' digests in id order and gives the state hash of all lines. How both are computed
// belongs to the release format, so the caller brings it.
class StateHasher {
 public:
  virtual ~StateHasher() = default;
  virtual LineDigest digest_of(std::string_view bytes) = 0;
  virtual void add(std::string_view id, const LineDigest& digest) = 0;
  virtual StateHash finish() = 0;
};

using StateHasherFactory = std::function<std::unique_ptr<StateHasher>()>;

struct RulesFileHeader {
  uint64_t generation = 0;  // counts up on this lane with every file built
  uint64_t version = 0;     // of the rule set
  uint64_t line_count = 0;
  StateHash state_hash{};
};

// In which lines a rule set differs from another that was found on disk.
struct RulesFileChanges {
  uint64_t base_generation = 0;
  StateHash base_state_hash{};
  std::vector<std::string> ids;  // in order; put or removed
};

// The lines of a rule set whose digests were found to be those of the state hash. A line that was
// on the disk before is held against its digest when it is read. Threads: one at a time. Fails:
// throws StorageError, kCorrupt for a line that is not what was published. Requires: used only
// while it is handed over.
class RulesFileLines {
 public:
  // The hasher: null when the lines are just written.
  RulesFileLines(Database& database, StateHasher* hasher, const RulesFileChanges* changes = nullptr)
      : database_(database), hasher_(hasher), changes_(changes) {}

  using Sink = std::function<void(std::string_view id, std::string_view bytes)>;
  // Those whose id begins with the prefix, in id order.
  void read(std::string_view prefix, const Sink& sink) const;
  // Those of these ids that are there, in the order given.
  void read(std::span<const std::string> ids, const Sink& sink) const;

  // Null: not made by a delta.
  const RulesFileChanges* changes() const { return changes_; }

 private:
  void check(std::string_view id, std::string_view bytes, std::string_view digest) const;

  Database& database_;
  StateHasher* hasher_;
  const RulesFileChanges* changes_;
};

// Makes of the lines what the caller needs. What it throws goes through.
using RulesFileUse = std::function<void(const RulesFileHeader&, const RulesFileLines&)>;

// rules-GEN.db files: one rule set each, disposable. The newest two stay, so that the previous
// generation is always whole. Threads: one at a time. Fails: throws StorageError. Requires: the
// DataFolder outlives it.
class RulesFiles {
 public:
  RulesFiles(const DataFolder& folder, StateHasherFactory new_hasher);

  // Generations on disk, newest first. Leftovers of an interrupted build are removed by the
  // constructor.
  std::vector<uint64_t> generations() const;

  // What a generation says of itself, its lines unread; nothing when it cannot be read.
  std::optional<RulesFileHeader> header(uint64_t generation) const;

  // Computes the state hash of the lines' digests, throws kCorrupt when it is not what was
  // published, and only then hands the lines over.
  RulesFileHeader read(uint64_t generation, const RulesFileUse& use) const;
  // Reads all lines: throws kCorrupt when one is not what was published.
  void check(uint64_t generation) const;

  // Where what is made of a generation's lines may be kept beside it; it goes when they go.
  // Compiled for this lane:
  std::string image_path(uint64_t generation) const;
  // Read, for whatever lane:
  std::string records_path(uint64_t generation) const;

  // Renames a damaged generation out of the way.
  void set_aside(uint64_t generation);
  // Deletes all other generations, and images and records without one.
  void keep_only(std::initializer_list<uint64_t> generations);

 private:
  friend class RulesFileBuilder;
  friend class RulesFileUpdate;
  std::string path(uint64_t generation) const;
  std::string path(uint64_t generation, std::string_view suffix) const;
  std::string part_path(uint64_t generation) const { return path(generation) + ".part"; }
  // Above the damaged ones too: a number is never used twice.
  uint64_t next_generation() const;
  static RulesFileHeader read_header(Database& database, uint64_t generation);
  // Their count and state hash.
  static RulesFileHeader add_digests(Database& database, StateHasher& hasher);
  // fsyncs the finished part file, renames it, fsyncs the folder.
  void put_in_place(uint64_t generation) const;

  const DataFolder& folder_;
  StateHasherFactory new_hasher_;
};

// Builds the next generation under a temporary name; it does not exist for anyone until publish()
// returns.
class RulesFileBuilder {
 public:
  explicit RulesFileBuilder(RulesFiles& files);
  ~RulesFileBuilder();  // removes what was not published
  RulesFileBuilder(const RulesFileBuilder&) = delete;
  RulesFileBuilder& operator=(const RulesFileBuilder&) = delete;

  // Ids strictly ascending in byte order.
  void add(std::string_view id, std::string_view bytes);

  // Checks the state hash against the expected one, hands the lines over, and commits: fsync,
  // rename, fsync of the folder. Throws kCorrupt, leaving nothing behind, when the hash differs;
  // nothing stays either when `use` throws.
  RulesFileHeader publish(uint64_t version, const StateHash& expected,
                          const RulesFileUse& use = {});

 private:
  struct Connection;
  RulesFiles& files_;
  uint64_t generation_;
  std::string part_path_;
  std::unique_ptr<StateHasher> hasher_;
  std::unique_ptr<Connection> connection_;
  std::string last_id_;
  uint64_t line_count_ = 0;
};

}  // namespace xsell::offline_cache

#endif  // XSELL_OFFLINE_CACHE_RULES_FILE_H_
