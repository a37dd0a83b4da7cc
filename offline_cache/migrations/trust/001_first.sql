CREATE TABLE document(
  name TEXT PRIMARY KEY,
  bytes BLOB NOT NULL,
  checksum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE generation(
  generation INTEGER PRIMARY KEY,
  unfinished_starts INTEGER NOT NULL DEFAULT 0,
  bad_reason TEXT
) STRICT;
