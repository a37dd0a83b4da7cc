-- What came home from the lanes. Enumerations hold the numbers of rules/outcome.h; identifiers of the host
-- are unsigned there and kept here bit for bit.
CREATE TABLE watermarks (
  device TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  acked_through INTEGER NOT NULL,
  PRIMARY KEY (device, epoch)
) WITHOUT ROWID;

CREATE TABLE outcomes (
  device TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  digest INTEGER NOT NULL,               -- of the bytes received, to tell a replay from a clone
  received_at INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  arm INTEGER NOT NULL,
  experiment TEXT NOT NULL,
  prompt_id INTEGER NOT NULL,
  rule_set_version INTEGER NOT NULL,
  rule_id TEXT NOT NULL,
  offer INTEGER NOT NULL,
  relation INTEGER NOT NULL,
  is_mined INTEGER NOT NULL,
  offered_item TEXT NOT NULL,
  trigger_item TEXT NOT NULL,
  trigger_line INTEGER NOT NULL,
  business_unit TEXT NOT NULL,
  workstation TEXT NOT NULL,
  business_day TEXT NOT NULL,
  local_time_s INTEGER NOT NULL,
  operator_id TEXT NOT NULL,
  host_transaction INTEGER NOT NULL,
  transaction_number INTEGER NOT NULL,
  original_business_unit TEXT NOT NULL,
  original_workstation TEXT NOT NULL,
  original_business_day TEXT NOT NULL,
  original_number INTEGER NOT NULL,
  transaction_end INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  shown_ms INTEGER NOT NULL,
  response_ms INTEGER NOT NULL,
  resulting_line INTEGER NOT NULL,
  quantity_milli INTEGER NOT NULL,
  amount_minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  line_count INTEGER NOT NULL,
  prompt_count INTEGER NOT NULL,
  is_voided INTEGER NOT NULL,
  is_returned INTEGER NOT NULL,
  PRIMARY KEY (device, epoch, sequence)
) WITHOUT ROWID;
CREATE INDEX outcomes_by_time ON outcomes (local_time_s);

-- Runs of outcomes that a lane had to drop; they take up their sequence numbers.
CREATE TABLE lost_outcomes (
  device TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  first_sequence INTEGER NOT NULL,
  last_sequence INTEGER NOT NULL,
  loss_class TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (device, epoch, first_sequence)
) WITHOUT ROWID;
