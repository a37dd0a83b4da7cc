-- What HQ was sent as an outcome and could not read: it takes up its number, the lane keeps the bytes.
CREATE TABLE rejected_outcomes (
  device TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (device, epoch, sequence)
) WITHOUT ROWID;

-- What needs a person: one row for each kind and subject until somebody has seen to it.
CREATE TABLE alarms (
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  times INTEGER NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (kind, subject)
) WITHOUT ROWID;

-- The highest rule set that a device ever reported: nothing up to it is published again.
ALTER TABLE devices ADD COLUMN highest_version INTEGER;
