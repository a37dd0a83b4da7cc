-- Times ending in _at are seconds since 1970 in UTC; local_time_s is store-local time counted the same way.

CREATE TABLE users (
  name TEXT PRIMARY KEY,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'author', 'approver', 'admin')),
  token_hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE audit (
  entry INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  user TEXT NOT NULL,
  action TEXT NOT NULL,
  detail TEXT NOT NULL  -- a JSON object
);
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is never deleted'); END;

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE stores (
  store TEXT PRIMARY KEY,
  name TEXT NOT NULL DEFAULT '',
  time_zone TEXT NOT NULL DEFAULT '',
  currency TEXT NOT NULL DEFAULT '',
  language TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

CREATE TABLE store_groups (
  store_group TEXT NOT NULL,
  store TEXT NOT NULL REFERENCES stores (store) ON DELETE CASCADE,
  PRIMARY KEY (store_group, store)
) WITHOUT ROWID;
CREATE INDEX store_groups_by_store ON store_groups (store);

CREATE TABLE lanes (
  store TEXT NOT NULL REFERENCES stores (store) ON DELETE CASCADE,
  lane TEXT NOT NULL,
  type TEXT NOT NULL DEFAULT 'staffed',
  PRIMARY KEY (store, lane)
) WITHOUT ROWID;

-- One enrolled installation on a lane; re-enrolling makes a new device.
CREATE TABLE devices (
  device TEXT PRIMARY KEY,
  store TEXT NOT NULL,
  lane TEXT NOT NULL,
  public_key BLOB NOT NULL UNIQUE,       -- Ed25519, raw 32 bytes
  token_hash TEXT NOT NULL UNIQUE,       -- of the bearer token
  enrolled_at INTEGER NOT NULL,
  revoked_at INTEGER,
  quarantined_at INTEGER,
  last_seen_at INTEGER,
  rules_version INTEGER,                 -- as last reported by the lane
  plugin_version TEXT,
  health TEXT                            -- the last health report, JSON
) WITHOUT ROWID;
CREATE INDEX devices_by_lane ON devices (store, lane);

CREATE TABLE enrolments (
  secret_hash TEXT PRIMARY KEY,
  store TEXT NOT NULL,
  lane TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  device TEXT
) WITHOUT ROWID;

CREATE TABLE categories (
  category TEXT PRIMARY KEY,
  parent TEXT NOT NULL DEFAULT '',
  name TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

-- Baskets may name items that the catalogue has not heard of yet: those have is_known = 0.
CREATE TABLE items (
  item_id INTEGER PRIMARY KEY,
  item TEXT NOT NULL UNIQUE,             -- the normalised key
  is_known INTEGER NOT NULL DEFAULT 0,
  name TEXT NOT NULL DEFAULT '',
  language TEXT NOT NULL DEFAULT '',
  category TEXT NOT NULL DEFAULT '',
  brand TEXT NOT NULL DEFAULT '',
  tags TEXT NOT NULL DEFAULT '',         -- separated by spaces
  item_class TEXT NOT NULL DEFAULT '',
  variant_group TEXT NOT NULL DEFAULT '',
  price_minor INTEGER,
  floor_price_minor INTEGER,
  currency TEXT NOT NULL DEFAULT '',
  minimum_age INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE imports (
  import_id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  lines INTEGER NOT NULL DEFAULT 0,
  bad_lines INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE baskets (
  basket_id INTEGER PRIMARY KEY,
  store TEXT NOT NULL,
  basket TEXT NOT NULL,                  -- the retailer's own number
  local_time_s INTEGER NOT NULL,
  customer TEXT NOT NULL DEFAULT '',     -- a pseudonym
  import_id INTEGER NOT NULL,
  UNIQUE (store, basket)
);
CREATE INDEX baskets_by_time ON baskets (local_time_s);

CREATE TABLE basket_lines (
  basket_id INTEGER NOT NULL,
  line INTEGER NOT NULL,
  item_id INTEGER NOT NULL,
  quantity_milli INTEGER NOT NULL,       -- negative: a return
  price_minor INTEGER,                   -- of one unit
  PRIMARY KEY (basket_id, line)
) WITHOUT ROWID;

-- Content that was mined or written, kept so that a release can be told apart and undone.
CREATE TABLE rule_sets (
  rule_set INTEGER PRIMARY KEY,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  source TEXT NOT NULL,                  -- file name, or 'mine'
  sha256 TEXT NOT NULL,
  content BLOB NOT NULL                  -- the authored document, zstd
);

CREATE TABLE releases (
  version INTEGER PRIMARY KEY,
  rule_set INTEGER REFERENCES rule_sets (rule_set),
  published_at INTEGER NOT NULL,
  published_by TEXT NOT NULL,
  state_hash TEXT NOT NULL,
  bundle_sha256 TEXT NOT NULL,
  spread_s INTEGER NOT NULL DEFAULT 0,
  line_count INTEGER NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  restores INTEGER                       -- the version whose content a rollback brought back
);
