-- Staged releases that a person has begun to let out; see hq/rollout_store.h.
CREATE TABLE rollouts (
  version INTEGER PRIMARY KEY,
  salt TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'held', 'halted', 'done')),
  stores_bp INTEGER NOT NULL,
  lab TEXT NOT NULL,                     -- a JSON array of stores
  ring_since INTEGER NOT NULL,
  min_reports INTEGER NOT NULL,
  max_failures_bp INTEGER NOT NULL,
  reason TEXT NOT NULL
);

-- When the lane last told how it is; last_seen_at is of any request.
ALTER TABLE devices ADD COLUMN reported_at INTEGER;
