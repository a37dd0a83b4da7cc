#include "tests/offline_cache/recording_vfs.h"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <string>

#include "tests/offline_cache/crash_disk.h"
#include "tests/offline_cache/outside_calls.h"

namespace xsell::tests {
namespace {

using Call = CrashDisk::Call;

struct File {
  sqlite3_file base;
  sqlite3_file* real;
  std::string* path;  // null: not watched
  bool is_new_log;    // whose first sync syncs the folder too, as the system's VFS does
};

File* self(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* real(sqlite3_file* file) { return self(file)->real; }

int code_of(int error, int io_code) {
  switch (error) {
    case ENOSPC:
      return SQLITE_FULL;
    case EROFS:
      return SQLITE_READONLY;
    default:
      return io_code;
  }
}

// What the present disk says, as SQLite's code; SQLITE_OK: go on.
int fault(Call call, sqlite3_file* file, int io_code) {
  if (!self(file)->path || !CrashDisk::present()) return SQLITE_OK;
  const int error = CrashDisk::present()->fault(call, *self(file)->path);
  return error == 0 ? SQLITE_OK : code_of(error, io_code);
}

int x_close(sqlite3_file* file) {
  const OutsideCalls quiet;
  const int code = real(file)->pMethods ? real(file)->pMethods->xClose(real(file)) : SQLITE_OK;
  delete self(file)->path;
  ::operator delete(self(file)->real);
  return code;
}

int x_read(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
  return real(file)->pMethods->xRead(real(file), to, size, offset);
}

int x_write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  if (const int code = fault(Call::kWrite, file, SQLITE_IOERR_WRITE); code != SQLITE_OK)
    return code;
  const OutsideCalls quiet;
  const int code = real(file)->pMethods->xWrite(real(file), from, size, offset);
  if (code == SQLITE_OK && self(file)->path && CrashDisk::present()) {
    CrashDisk::present()->wrote(*self(file)->path, static_cast<uint64_t>(offset),
                                {static_cast<const char*>(from), static_cast<size_t>(size)});
  }
  return code;
}

int x_truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (const int code = fault(Call::kTruncate, file, SQLITE_IOERR_TRUNCATE); code != SQLITE_OK)
    return code;
  const OutsideCalls quiet;
  const int code = real(file)->pMethods->xTruncate(real(file), size);
  if (code == SQLITE_OK && self(file)->path && CrashDisk::present()) {
    CrashDisk::present()->truncated(*self(file)->path, static_cast<uint64_t>(size));
  }
  return code;
}

int x_sync(sqlite3_file* file, int flags) {
  if (const int code = fault(Call::kSync, file, SQLITE_IOERR_FSYNC); code != SQLITE_OK) return code;
  const OutsideCalls quiet;
  const int code = real(file)->pMethods->xSync(real(file), flags);
  if (code == SQLITE_OK && self(file)->path && CrashDisk::present()) {
    CrashDisk::present()->synced(*self(file)->path);
    if (self(file)->is_new_log) CrashDisk::present()->folder_synced();
    self(file)->is_new_log = false;
  }
  return code;
}

int x_file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int x_lock(sqlite3_file* file, int level) { return real(file)->pMethods->xLock(real(file), level); }
int x_unlock(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}
int x_check_reserved(sqlite3_file* file, int* out) {
  return real(file)->pMethods->xCheckReservedLock(real(file), out);
}
int x_control(sqlite3_file* file, int operation, void* argument) {
  // A hint to reserve space would change the file behind our back.
  if (operation == SQLITE_FCNTL_SIZE_HINT) return SQLITE_NOTFOUND;
  return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
int x_sector_size(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
int x_device(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

const sqlite3_io_methods kMethods = {1,         x_close,       x_read,   x_write,  x_truncate,
                                     x_sync,    x_file_size,   x_lock,   x_unlock, x_check_reserved,
                                     x_control, x_sector_size, x_device, nullptr,  nullptr,
                                     nullptr,   nullptr,       nullptr,  nullptr};

sqlite3_vfs* system_vfs = nullptr;
sqlite3_vfs recording_vfs;

int x_open(sqlite3_vfs*, const char* name, sqlite3_file* out, int flags, int* out_flags) {
  File* file = self(out);
  file->base.pMethods = nullptr;
  file->path = nullptr;
  file->is_new_log = false;
  CrashDisk* disk = name && CrashDisk::present() && CrashDisk::present()->watches(name)
                        ? CrashDisk::present()
                        : nullptr;
  if (disk && disk->fault(Call::kOpen, name) != 0) return SQLITE_CANTOPEN;
  int is_there = 0;
  if (disk) system_vfs->xAccess(system_vfs, name, SQLITE_ACCESS_EXISTS, &is_there);
  file->real =
      static_cast<sqlite3_file*>(::operator new(static_cast<size_t>(system_vfs->szOsFile)));
  std::memset(file->real, 0, static_cast<size_t>(system_vfs->szOsFile));
  const OutsideCalls quiet;
  const int code = system_vfs->xOpen(system_vfs, name, file->real, flags, out_flags);
  if (code != SQLITE_OK) {
    ::operator delete(file->real);
    return code;
  }
  file->base.pMethods = &kMethods;
  if (disk) {
    file->path = new std::string(name);
    const bool is_made = (flags & SQLITE_OPEN_CREATE) != 0 && is_there == 0;
    disk->opened(name, is_made, false);
    file->is_new_log = is_made && (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
  }
  return SQLITE_OK;
}

int x_delete(sqlite3_vfs*, const char* name, int sync_folder) {
  CrashDisk* disk = CrashDisk::present();
  if (disk && disk->fault(Call::kRemove, name) != 0) return SQLITE_IOERR_DELETE;
  const OutsideCalls quiet;
  const int code = system_vfs->xDelete(system_vfs, name, sync_folder);
  if (code == SQLITE_OK && disk && disk->watches(name)) {
    disk->removed(name);
    if (sync_folder != 0) disk->folder_synced();
  }
  return code;
}

}  // namespace

void install_recording_vfs() {
  system_vfs = sqlite3_vfs_find(nullptr);
  recording_vfs = *system_vfs;
  recording_vfs.szOsFile = sizeof(File);
  recording_vfs.zName = "recording";
  recording_vfs.pNext = nullptr;
  recording_vfs.xOpen = x_open;
  recording_vfs.xDelete = x_delete;
  sqlite3_vfs_register(&recording_vfs, 1);
}

void remove_recording_vfs() {
  sqlite3_vfs_unregister(&recording_vfs);
  sqlite3_vfs_register(system_vfs, 1);
}

}  // namespace xsell::tests
