-- A release that did not come through its starts is known by its version: its file goes.
ALTER TABLE generation DROP COLUMN bad_reason;
CREATE TABLE pin(
  version INTEGER PRIMARY KEY,
  reason TEXT NOT NULL,
  plugin_version TEXT NOT NULL,
  since_s INTEGER NOT NULL
) STRICT;
