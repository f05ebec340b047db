-- The rules of captures, disputes, the inbox, cases and the sealed audit. A migration of its own: an
-- enum's new value can be used only after the one that adds it.

-- The dummy gateway's book of before had no captures of their own.
UPDATE dummy_charges SET captured_minor = amount_minor WHERE state = 'succeeded';

-- Bounds -------------------------------------------------------------------------------------------
ALTER TABLE transactions
  DROP CONSTRAINT transactions_captured,
  DROP CONSTRAINT transactions_status_agrees,
  -- Captured at once: nothing or all of it. Captured by staff: never more than what is held.
  ADD CONSTRAINT transactions_captured CHECK (
    CASE capture_method
      WHEN 'automatic' THEN captured_minor IN (0, amount_minor) AND authorized_minor = 0
      ELSE captured_minor >= 0 AND authorized_minor BETWEEN 0 AND amount_minor
    END),
  ADD CONSTRAINT transactions_held CHECK (
    voided_minor >= 0 AND authorization_pending_minor >= 0
    AND (capture_method = 'automatic' AND voided_minor + authorization_pending_minor = 0
      OR captured_minor + voided_minor + authorization_pending_minor <= authorized_minor)),
  ADD CONSTRAINT transactions_disputed CHECK (disputed_minor >= 0),
  ADD CONSTRAINT transactions_status_agrees CHECK (
    CASE status
      WHEN 'authorized' THEN captured_minor = 0 AND authorized_minor > 0
      WHEN 'success' THEN captured_minor > 0 AND refunded_minor = 0
      WHEN 'partially_refunded' THEN refunded_minor > 0 AND refunded_minor < captured_minor
      WHEN 'refunded' THEN captured_minor > 0 AND refunded_minor = captured_minor
      ELSE captured_minor = 0
    END);
ALTER TABLE disputes
  ADD CONSTRAINT disputes_id_shape CHECK (dispute_id ~ '^DSP-[0-9A-F]{12}$'),
  ADD CONSTRAINT disputes_amount CHECK (amount_minor > 0);
ALTER TABLE webhook_events
  ADD CONSTRAINT webhook_events_ids CHECK (event_id <> '' AND length(body_sha256) = 32),
  ADD CONSTRAINT webhook_events_settled CHECK (
    (state IN ('processed', 'ignored', 'dead')) = (settled_at IS NOT NULL));
ALTER TABLE cases
  ADD CONSTRAINT cases_resolved CHECK (
    (status = 'resolved') = (resolved_at IS NOT NULL AND resolution IS NOT NULL));
ALTER TABLE refunds
  -- A refund that came from the gateway's side has an id there and nobody here who asked for it.
  ADD CONSTRAINT refunds_source CHECK (
    source = 'shop' OR (requested_by_id IS NULL AND gateway_refund_id IS NOT NULL));

-- Uniqueness ---------------------------------------------------------------------------------------
-- One capture or void under way a payment.
CREATE UNIQUE INDEX operations_one_open_capture ON operations (transaction_pk)
  WHERE kind IN ('capture', 'void') AND state IN ('in_flight', 'unknown', 'awaiting_action');
-- The same finding is one open case, however often it is made.
CREATE UNIQUE INDEX cases_one_open ON cases (case_key) WHERE status = 'open';
-- What is due to be told; whoever delivers looks for nothing else.
DROP INDEX outbox_unsent;
CREATE INDEX outbox_due ON outbox_messages (next_attempt_at) WHERE sent_at IS NULL;
CREATE INDEX webhook_events_waiting ON webhook_events (id) WHERE state IN ('received', 'parked');
-- What the dummy gateway has to end by itself.
CREATE INDEX dummy_charges_open ON dummy_charges (expires_at)
  WHERE state IN ('requires_action', 'pending', 'authorized');
CREATE INDEX dummy_refunds_open ON dummy_refunds (settles_at) WHERE state = 'pending';
CREATE INDEX dummy_captures_open ON dummy_captures (settles_at) WHERE state = 'pending';
CREATE INDEX transactions_authorized ON transactions (authorization_expires_at)
  WHERE authorized_minor > captured_minor + voided_minor;

-- Legal moves --------------------------------------------------------------------------------------
INSERT INTO status_moves VALUES
  -- A hold that the gateway tells of late is taken in as a late success is.
  ('transaction', 'failed', 'authorized'), ('transaction', 'cancelled', 'authorized'),
  -- A refund that fails after it seemed done: the money is the shop's again.
  ('transaction', 'refunded', 'partially_refunded'), ('transaction', 'refunded', 'success'),
  ('transaction', 'partially_refunded', 'success'),
  ('dispute', 'needs_response', 'under_review'), ('dispute', 'needs_response', 'won'),
  ('dispute', 'needs_response', 'lost'), ('dispute', 'under_review', 'won'),
  ('dispute', 'under_review', 'lost'), ('dispute', 'under_review', 'needs_response'),
  -- A second round, which some card schemes have.
  ('dispute', 'won', 'lost'), ('dispute', 'lost', 'won');
CREATE TRIGGER disputes_legal_move BEFORE UPDATE OF status ON disputes FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION refuse_illegal_move('dispute');

-- Append-only --------------------------------------------------------------------------------------
CREATE TRIGGER audit_blocks_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_blocks
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();
