-- Why rules stayed silent, as lanes count it: of each use of a rule set at a device the highest counts; see hq/silence_store.h.
CREATE TABLE silence (
  device TEXT NOT NULL,
  count_id INTEGER NOT NULL,             -- the lane's id of this use of the rule set
  version INTEGER NOT NULL,
  rule TEXT NOT NULL,                    -- empty: of no rule in particular
  reason TEXT NOT NULL,
  count INTEGER NOT NULL,
  reported_at INTEGER NOT NULL,
  PRIMARY KEY (device, count_id, rule, reason)
) WITHOUT ROWID;
CREATE INDEX silence_by_rule ON silence (rule, version);
