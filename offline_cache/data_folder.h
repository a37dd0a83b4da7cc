#ifndef XSELL_OFFLINE_CACHE_DATA_FOLDER_H_
#define XSELL_OFFLINE_CACHE_DATA_FOLDER_H_

#include <optional>
#include <string>
#include <string_view>

#include "offline_cache/storage_error.h"

namespace xsell::offline_cache {

// The lane's folder, held by one process at a time through its file `lock`.
// Owns: the lock; it is released on destruction, and by the kernel when the process dies.
// Threads: one at a time. Fails: every function throws StorageError naming path, user and mend.
class DataFolder {
 public:
  // Makes the folder (mode 2770) when only its last part is missing, locks it, and proves that it
  // is writable.
  explicit DataFolder(std::string path);
  ~DataFolder();
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string file(std::string_view name) const;

 private:
  std::string path_;
  int lock_descriptor_ = -1;
};

// Files of the folder that other processes read or write too (status, identity, off) need no lock:
// each appears whole or not at all.

// Temporary name, fsync, rename, fsync of the folder. Mode 0660, whatever the umask.
void write_file_atomically(const std::string& path, std::string_view content);

// The same without the two fsyncs, for content that is rewritten every few seconds.
void replace_file(const std::string& path, std::string_view content);

// Nothing when the file is not there; throws when it is larger than max_bytes.
std::optional<std::string> read_file(const std::string& path, size_t max_bytes);

bool file_exists(const std::string& path);
// Differs when the file is another than before: its number, size and time of change. Empty when it
// is not there.
std::string file_stamp(const std::string& path);
void remove_file(const std::string& path);  // not being there is fine

// fsyncs the folder, so that a rename or removal in it survives a power cut.
void sync_folder(const std::string& path);

// Makes the file with mode 0660 when it is missing, so that every member of the folder's group can
// write it.
void prepare_group_file(const std::string& path);

// Renames a damaged database and its log to NAME.corrupt-N, with the first N that is free; returns
// the new path.
std::string set_aside(const std::string& path);

}  // namespace xsell::offline_cache

#endif  // XSELL_OFFLINE_CACHE_DATA_FOLDER_H_
