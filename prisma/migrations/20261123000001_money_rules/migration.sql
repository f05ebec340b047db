-- What schema.prisma cannot say: the rules that hold whatever the application does.

-- Bounds -------------------------------------------------------------------------------------------
ALTER TABLE users ADD CONSTRAINT users_email_normalised CHECK (email = lower(btrim(email)));
ALTER TABLE products ADD CONSTRAINT products_price CHECK (unit_amount_minor > 0);
ALTER TABLE orders
  ADD CONSTRAINT orders_amount CHECK (amount_minor > 0),
  ADD CONSTRAINT orders_number CHECK (order_number ~ '^ORD-[0-9A-Z]{6,16}$'),
  ADD CONSTRAINT orders_currency CHECK (currency ~ '^[A-Z]{3}$');
ALTER TABLE order_items
  ADD CONSTRAINT order_items_amount CHECK (unit_amount_minor > 0),
  ADD CONSTRAINT order_items_quantity CHECK (quantity > 0);
ALTER TABLE payment_configurations
  ADD CONSTRAINT configurations_secret_whole CHECK (
    num_nulls(secret_ciphertext, wrapped_data_key, master_key_version) IN (0, 3)),
  ADD CONSTRAINT configurations_secret_present CHECK (
    NOT is_active OR gateway = 'dummy' OR secret_ciphertext IS NOT NULL);
ALTER TABLE transactions
  ADD CONSTRAINT transactions_id_shape CHECK (transaction_id ~ '^TXN-[0-9A-F]{12}$'),
  ADD CONSTRAINT transactions_amount CHECK (amount_minor > 0),
  -- Nothing captured, or all of it.
  ADD CONSTRAINT transactions_captured CHECK (captured_minor IN (0, amount_minor)),
  ADD CONSTRAINT transactions_refunds_within_capture CHECK (
    refunded_minor >= 0 AND refund_pending_minor >= 0
    AND refunded_minor + refund_pending_minor <= captured_minor),
  ADD CONSTRAINT transactions_status_agrees CHECK (
    CASE status
      WHEN 'success' THEN captured_minor > 0 AND refunded_minor = 0
      WHEN 'partially_refunded' THEN refunded_minor > 0 AND refunded_minor < captured_minor
      WHEN 'refunded' THEN captured_minor > 0 AND refunded_minor = captured_minor
      ELSE captured_minor = 0
    END),
  ADD CONSTRAINT transactions_gateway_id_not_empty CHECK (gateway_transaction_id <> '');
ALTER TABLE refunds
  ADD CONSTRAINT refunds_id_shape CHECK (refund_id ~ '^REF-[0-9A-F]{12}$'),
  ADD CONSTRAINT refunds_amount CHECK (amount_minor > 0);
ALTER TABLE operations
  ADD CONSTRAINT operations_amount CHECK (amount_minor > 0),
  ADD CONSTRAINT operations_refund_has_refund CHECK ((kind = 'refund') = (refund_pk IS NOT NULL)),
  ADD CONSTRAINT operations_settled_when_final CHECK (
    (state IN ('succeeded', 'declined', 'not_sent')) = (settled_at IS NOT NULL));
ALTER TABLE idempotency_keys
  ADD CONSTRAINT idempotency_keys_length CHECK (length(key) BETWEEN 1 AND 255),
  ADD CONSTRAINT idempotency_keys_finished CHECK (
    (state = 'finished') = (response_status IS NOT NULL AND response_body IS NOT NULL));

-- Uniqueness ---------------------------------------------------------------------------------------
-- An order is never paid twice, nor by two payments at once.
CREATE UNIQUE INDEX transactions_one_in_flight_or_paid ON transactions (order_id)
  WHERE status IN ('processing', 'requires_action', 'authorized', 'success', 'partially_refunded')
    AND NOT excess_capture;
CREATE UNIQUE INDEX transactions_one_kept_capture ON transactions (order_id)
  WHERE captured_minor > 0 AND NOT excess_capture;
-- One open intent a gateway.
CREATE UNIQUE INDEX transactions_one_open_intent ON transactions (order_id, gateway)
  WHERE status IN ('pending', 'requires_action', 'processing', 'authorized');
CREATE UNIQUE INDEX refunds_gateway_id ON refunds (transaction_pk, gateway_refund_id)
  WHERE gateway_refund_id IS NOT NULL;
-- One charge under way and one that succeeded a transaction, one operation a refund.
CREATE UNIQUE INDEX operations_one_open_charge ON operations (transaction_pk)
  WHERE kind = 'charge' AND state IN ('in_flight', 'unknown', 'awaiting_action');
CREATE UNIQUE INDEX operations_one_succeeded_charge ON operations (transaction_pk)
  WHERE kind = 'charge' AND state = 'succeeded';
CREATE UNIQUE INDEX operations_one_refund ON operations (refund_pk) WHERE kind = 'refund';
-- What the janitor reads: small, whatever the table's size.
CREATE INDEX operations_due ON operations (next_check_at) WHERE next_check_at IS NOT NULL;
CREATE INDEX outbox_unsent ON outbox_messages (id) WHERE sent_at IS NULL;
-- What waits for a person.
CREATE INDEX transactions_excess ON transactions (id) WHERE excess_capture;

-- Legal moves --------------------------------------------------------------------------------------
-- The same table as nextStatuses in lib/domain/payment.ts. A test holds the two together.
CREATE TABLE status_moves (
  entity text NOT NULL,
  from_status text NOT NULL,
  to_status text NOT NULL,
  PRIMARY KEY (entity, from_status, to_status)
);
INSERT INTO status_moves VALUES
  ('transaction', 'pending', 'processing'), ('transaction', 'pending', 'cancelled'),
  ('transaction', 'processing', 'pending'), ('transaction', 'processing', 'requires_action'),
  ('transaction', 'processing', 'authorized'), ('transaction', 'processing', 'success'),
  ('transaction', 'processing', 'failed'), ('transaction', 'processing', 'cancelled'),
  ('transaction', 'requires_action', 'processing'), ('transaction', 'requires_action', 'authorized'),
  ('transaction', 'requires_action', 'success'), ('transaction', 'requires_action', 'failed'),
  ('transaction', 'requires_action', 'cancelled'), ('transaction', 'authorized', 'success'),
  ('transaction', 'authorized', 'failed'), ('transaction', 'authorized', 'cancelled'),
  ('transaction', 'success', 'partially_refunded'), ('transaction', 'success', 'refunded'),
  ('transaction', 'partially_refunded', 'refunded'), ('transaction', 'failed', 'success'),
  ('transaction', 'cancelled', 'success'),
  ('refund', 'pending', 'refunded'), ('refund', 'pending', 'failed'),
  ('refund', 'refunded', 'failed'), ('refund', 'failed', 'refunded');

CREATE FUNCTION refuse_illegal_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM status_moves
    WHERE entity = TG_ARGV[0] AND from_status = OLD.status::text AND to_status = NEW.status::text
  ) THEN
    RAISE EXCEPTION '% % may not move from % to %', TG_ARGV[0], OLD.id, OLD.status, NEW.status
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER transactions_legal_move BEFORE UPDATE OF status ON transactions FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION refuse_illegal_move('transaction');
CREATE TRIGGER refunds_legal_move BEFORE UPDATE OF status ON refunds FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION refuse_illegal_move('refund');

-- What a payment is about never changes.
CREATE FUNCTION refuse_changed_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'order, owner, amount and currency of payment % are fixed', OLD.id
    USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER transactions_fixed BEFORE UPDATE ON transactions FOR EACH ROW
  WHEN ((OLD.order_id, OLD.user_id, OLD.amount_minor, OLD.currency, OLD.transaction_id)
    IS DISTINCT FROM (NEW.order_id, NEW.user_id, NEW.amount_minor, NEW.currency, NEW.transaction_id))
  EXECUTE FUNCTION refuse_changed_payment();

-- Double entry -------------------------------------------------------------------------------------
CREATE FUNCTION refuse_unbalanced_journal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  checked uuid := COALESCE(NEW.journal_id, OLD.journal_id);
BEGIN
  IF EXISTS (
    SELECT 1 FROM ledger_entries WHERE journal_id = checked
    GROUP BY currency HAVING SUM(amount_minor) <> 0
  ) THEN
    RAISE EXCEPTION 'journal % does not balance', checked USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
-- Deferred: a journal is judged whole, at commit.
CREATE CONSTRAINT TRIGGER ledger_entries_balance AFTER INSERT OR UPDATE OR DELETE ON ledger_entries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced_journal();

-- Append-only --------------------------------------------------------------------------------------
CREATE FUNCTION refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();
CREATE TRIGGER journals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journals
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();
CREATE TRIGGER ledger_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();
