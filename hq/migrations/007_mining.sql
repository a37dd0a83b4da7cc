-- How far an import of baskets has come, as long as it is not finished: all before that row is in.
CREATE TABLE import_progress (
  import_id INTEGER PRIMARY KEY,
  task TEXT NOT NULL,                    -- its files and options, JSON
  file INTEGER NOT NULL,                 -- which of the files
  file_rows INTEGER NOT NULL,            -- of that file
  checksum INTEGER NOT NULL,             -- of those rows, to know the file again
  counts TEXT NOT NULL                   -- of all so far, JSON
);

-- Pairs and items counted month by month; an import takes away the months that it changes.
CREATE TABLE month_counts (
  month INTEGER PRIMARY KEY,             -- year * 12 + month - 1
  returns INTEGER NOT NULL,              -- a hash of the later returns that were netted
  counts BLOB NOT NULL                   -- zstd; item numbers are items.item_id
);

-- What people decided about mined pairs.
CREATE TABLE pair_reviews (
  trigger_item TEXT NOT NULL,
  offer_item TEXT NOT NULL,
  decision TEXT NOT NULL,                -- accept, reject, edit
  operator_text TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  decided_by TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  PRIMARY KEY (trigger_item, offer_item)
) WITHOUT ROWID;
