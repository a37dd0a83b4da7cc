#ifndef XSELL_OFFLINE_CACHE_SQLITE_VERSION_H_
#define XSELL_OFFLINE_CACHE_SQLITE_VERSION_H_

namespace xsell::offline_cache {

// Whether this version (as sqlite3_libversion_number() tells it) can lose pages when two
// connections commit to and checkpoint one write-ahead log: https://sqlite.org/wal.html, "WAL-reset
// bug". Such a version opens no write-ahead log that another connection may use.
constexpr bool has_wal_reset_bug(int sqlite_version) {
  const bool is_mended = sqlite_version >= 3051003 ||
                         (sqlite_version >= 3050007 && sqlite_version < 3051000) ||
                         (sqlite_version >= 3044006 && sqlite_version < 3045000);
  return !is_mended;
}

}  // namespace xsell::offline_cache

#endif  // XSELL_OFFLINE_CACHE_SQLITE_VERSION_H_
