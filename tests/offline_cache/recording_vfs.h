#ifndef XSELL_TESTS_OFFLINE_CACHE_RECORDING_VFS_H_
#define XSELL_TESTS_OFFLINE_CACHE_RECORDING_VFS_H_

namespace xsell::tests {

// A SQLite VFS over the system's own that tells the present CrashDisk of every change, and lets
// calls fail as it says. Without shared memory and memory maps: a lane uses neither.
void install_recording_vfs();
void remove_recording_vfs();

}  // namespace xsell::tests

#endif  // XSELL_TESTS_OFFLINE_CACHE_RECORDING_VFS_H_
