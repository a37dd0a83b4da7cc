#ifndef XSELL_OFFLINE_CACHE_RULES_FILE_UPDATE_H_
#define XSELL_OFFLINE_CACHE_RULES_FILE_UPDATE_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "offline_cache/rules_file.h"

namespace xsell::offline_cache {

// Makes the next generation out of an older one by its changes alone, under a temporary name; it
// does not exist for anyone until publish() returns. Only the pages that change are written.
// Threads: one at a time. Fails: throws StorageError. Requires: the RulesFiles outlive it.
class RulesFileUpdate {
 public:
  enum class Base {
    kTaken,   // the older file itself becomes the new one; it is gone whatever happens next
    kCopied,  // it stays
  };
  // Throws kCorrupt when the base cannot be read.
  RulesFileUpdate(RulesFiles& files, uint64_t base_generation, Base base);
  ~RulesFileUpdate();  // removes what was not published
  RulesFileUpdate(const RulesFileUpdate&) = delete;
  RulesFileUpdate& operator=(const RulesFileUpdate&) = delete;

  void put(std::string_view id, std::string_view bytes);
  // Throws kCorrupt when there is no such line: the base is another one.
  void remove(std::string_view id);

  // Computes the state hash of the digests of all lines, and only if it is the expected one hands
  // the lines over, with what has changed in them, and commits: fsync, rename, fsync of the folder.
  // Throws kCorrupt otherwise; nothing is committed either when `use` throws. Lines of the base
  // that `use` does not read stay unread: see RulesFiles::check().
  RulesFileHeader publish(uint64_t version, const StateHash& expected,
                          const RulesFileUse& use = {});

 private:
  struct Connection;
  RulesFiles& files_;
  uint64_t generation_;
  std::unique_ptr<StateHasher> hasher_;
  RulesFileChanges changes_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace xsell::offline_cache

#endif  // XSELL_OFFLINE_CACHE_RULES_FILE_UPDATE_H_
