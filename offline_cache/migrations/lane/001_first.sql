CREATE TABLE epoch(
  place INTEGER PRIMARY KEY,
  epoch INTEGER NOT NULL UNIQUE,
  next_sequence INTEGER NOT NULL,
  acked_through INTEGER NOT NULL
) STRICT;
CREATE TABLE outbox(
  place INTEGER NOT NULL REFERENCES epoch(place),
  first_sequence INTEGER NOT NULL,
  last_sequence INTEGER NOT NULL,
  loss_class INTEGER NOT NULL,
  lane_transaction INTEGER NOT NULL,
  outcomes INTEGER NOT NULL,
  bytes BLOB,
  checksum INTEGER NOT NULL,
  PRIMARY KEY(place, first_sequence)
) STRICT, WITHOUT ROWID;
CREATE TABLE dead_letter(
  epoch INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  reason TEXT NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY(epoch, sequence)
) STRICT, WITHOUT ROWID;
CREATE TABLE counter(
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE pacing(
  only_row INTEGER PRIMARY KEY CHECK(only_row = 1),
  bytes BLOB NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;
