CREATE TABLE header(
  only_row INTEGER PRIMARY KEY CHECK(only_row = 1),
  version INTEGER NOT NULL,
  line_count INTEGER NOT NULL,
  state_hash BLOB NOT NULL
) STRICT;
CREATE TABLE line(
  id TEXT PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;
-- Of each line; apart from the lines, so that the state hash is computed without reading those.
CREATE TABLE digest(
  id TEXT PRIMARY KEY,
  digest BLOB NOT NULL
) STRICT, WITHOUT ROWID;
