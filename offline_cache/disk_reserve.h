#ifndef XSELL_OFFLINE_CACHE_DISK_RESERVE_H_
#define XSELL_OFFLINE_CACHE_DISK_RESERVE_H_

#include <cstdint>
#include <string>

namespace xsell::offline_cache {

// A file of real bytes that is given up when the disk is full: deleting rows needs space too.
// Threads: one at a time. Fails: never; without room there is no reserve.
class DiskReserve {
 public:
  DiskReserve(std::string path, uint64_t bytes);

  // Lays it in again if it is gone and the disk has room. True: it is there.
  bool restore();
  // The same, but looks at the disk with every 64th call only.
  bool restore_in_time();
  // False when there was nothing to give up.
  bool give_up();

 private:
  bool lay_in() const;

  const std::string path_;
  const uint64_t bytes_;
  bool is_there_ = false;
  unsigned calls_ = 0;
};

}  // namespace xsell::offline_cache

#endif  // XSELL_OFFLINE_CACHE_DISK_RESERVE_H_
