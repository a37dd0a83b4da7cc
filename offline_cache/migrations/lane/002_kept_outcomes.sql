-- Rows through epoch.acked_through stay for a while: should HQ come back from a backup, they are sent again.
-- sent_outcomes and sent_digest sum up what HQ has acknowledged from sequence number digest_from on.
ALTER TABLE epoch ADD COLUMN device TEXT;
ALTER TABLE epoch ADD COLUMN closed_through INTEGER;
ALTER TABLE epoch ADD COLUMN closed_reason TEXT;
ALTER TABLE epoch ADD COLUMN sent_outcomes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE epoch ADD COLUMN sent_digest INTEGER NOT NULL DEFAULT 0;
ALTER TABLE epoch ADD COLUMN digest_from INTEGER NOT NULL DEFAULT 1;
UPDATE epoch SET digest_from=acked_through+1;
UPDATE epoch SET closed_through=acked_through, closed_reason='device' WHERE place<(SELECT max(place) FROM epoch);
