#ifndef XSELL_OFFLINE_CACHE_STORAGE_ERROR_H_
#define XSELL_OFFLINE_CACHE_STORAGE_ERROR_H_

#include <stdexcept>
#include <string>

namespace xsell::offline_cache {

// What every function of this folder throws; the message names the file and the mend.
class StorageError : public std::runtime_error {
 public:
  enum class Kind {
    kNotFound,     // the file or folder is not there
    kNotWritable,  // permissions or a read-only file system
    kInUse,        // another process holds it
    kCorrupt,      // damaged content; set it aside
    kTooNew,       // written by a later version of the program
    kFull,         // no space, or the quota is reached
    kConstraint,   // a row breaks a rule of the schema
    kFailed,       // anything else
  };

  StorageError(Kind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

}  // namespace xsell::offline_cache

#endif  // XSELL_OFFLINE_CACHE_STORAGE_ERROR_H_
