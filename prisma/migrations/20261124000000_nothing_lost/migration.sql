-- CreateEnum
CREATE TYPE "capture_method" AS ENUM ('automatic', 'manual');

-- CreateEnum
CREATE TYPE "refund_source" AS ENUM ('shop', 'gateway');

-- CreateEnum
CREATE TYPE "dispute_status" AS ENUM ('needs_response', 'under_review', 'won', 'lost');

-- CreateEnum
CREATE TYPE "webhook_state" AS ENUM ('received', 'parked', 'processed', 'ignored', 'dead');

-- CreateEnum
CREATE TYPE "case_status" AS ENUM ('open', 'resolved');

-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "operation_kind" ADD VALUE 'capture';
ALTER TYPE "operation_kind" ADD VALUE 'void';

-- AlterTable
ALTER TABLE "dummy_charges" ADD COLUMN     "capture_method" "capture_method" NOT NULL DEFAULT 'automatic',
ADD COLUMN     "captured_minor" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "voided_minor" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "dummy_refunds" ADD COLUMN     "settles_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "operations" ADD COLUMN     "idempotency_key_id" UUID;

-- AlterTable
ALTER TABLE "outbox_messages" ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "last_error" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "next_attempt_at" TIMESTAMPTZ(3) DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "payment_configurations" ADD COLUMN     "capture_method" "capture_method" NOT NULL DEFAULT 'automatic',
ADD COLUMN     "webhook_ciphertext" BYTEA;

-- AlterTable
ALTER TABLE "refunds" ADD COLUMN     "retry_of_id" INTEGER,
ADD COLUMN     "source" "refund_source" NOT NULL DEFAULT 'shop';

-- AlterTable
ALTER TABLE "transactions" ADD COLUMN     "authorization_expires_at" TIMESTAMPTZ(3),
ADD COLUMN     "authorization_pending_minor" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "authorized_minor" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "capture_method" "capture_method" NOT NULL DEFAULT 'automatic',
ADD COLUMN     "disputed_minor" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "voided_minor" BIGINT NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "disputes" (
    "id" SERIAL NOT NULL,
    "dispute_id" TEXT NOT NULL,
    "transaction_pk" INTEGER NOT NULL,
    "gateway" TEXT NOT NULL,
    "gateway_dispute_id" TEXT NOT NULL,
    "status" "dispute_status" NOT NULL DEFAULT 'needs_response',
    "reason" TEXT NOT NULL DEFAULT '',
    "amount_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "due_by" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "disputes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_events" (
    "id" SERIAL NOT NULL,
    "gateway" TEXT NOT NULL,
    "configuration_id" INTEGER NOT NULL,
    "event_id" TEXT NOT NULL,
    "body_sha256" BYTEA NOT NULL,
    "body" BYTEA NOT NULL,
    "type" TEXT NOT NULL DEFAULT '',
    "state" "webhook_state" NOT NULL DEFAULT 'received',
    "transaction_pk" INTEGER,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT NOT NULL DEFAULT '',
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "next_attempt_at" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_rejections" (
    "gateway" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "reason" TEXT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "webhook_rejections_pkey" PRIMARY KEY ("gateway","day","reason")
);

-- CreateTable
CREATE TABLE "cases" (
    "id" SERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "case_key" TEXT NOT NULL,
    "status" "case_status" NOT NULL DEFAULT 'open',
    "gateway" TEXT,
    "transaction_id" TEXT,
    "evidence" JSONB NOT NULL DEFAULT '{}',
    "resolution" TEXT,
    "note" TEXT NOT NULL DEFAULT '',
    "resolved_by_id" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "cases_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reconciliation_runs" (
    "id" SERIAL NOT NULL,
    "gateway" TEXT NOT NULL,
    "configuration_id" INTEGER NOT NULL,
    "from" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "compared" INTEGER NOT NULL DEFAULT 0,
    "differences" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT NOT NULL DEFAULT '',
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "reconciliation_runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_blocks" (
    "number" INTEGER NOT NULL,
    "first_seq" BIGINT NOT NULL,
    "last_seq" BIGINT NOT NULL,
    "seqs" BIGINT[],
    "row_hashes" BYTEA NOT NULL,
    "previous_hash" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,
    "sealed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_blocks_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "dummy_captures" (
    "reference" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "charge_reference" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "state" TEXT NOT NULL,
    "decline_code" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settles_at" TIMESTAMPTZ(3),

    CONSTRAINT "dummy_captures_pkey" PRIMARY KEY ("reference")
);

-- CreateTable
CREATE TABLE "dummy_disputes" (
    "reference" TEXT NOT NULL,
    "charge_reference" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "reason" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "due_by" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "dummy_disputes_pkey" PRIMARY KEY ("reference")
);

-- CreateTable
CREATE TABLE "dummy_accounts" (
    "merchant_id" TEXT NOT NULL,
    "webhook_url" TEXT NOT NULL,
    "webhook_secret" TEXT NOT NULL,
    "clock_offset_s" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "dummy_accounts_pkey" PRIMARY KEY ("merchant_id")
);

-- CreateTable
CREATE TABLE "dummy_calls" (
    "id" BIGSERIAL NOT NULL,
    "verb" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "merchant_reference" TEXT NOT NULL,
    "fault" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "answered_at" TIMESTAMPTZ(3),

    CONSTRAINT "dummy_calls_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dummy_faults" (
    "id" SERIAL NOT NULL,
    "mode" TEXT NOT NULL,
    "remaining" INTEGER NOT NULL,
    "delay_ms" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "dummy_faults_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dummy_events" (
    "id" SERIAL NOT NULL,
    "event_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "delivered_at" TIMESTAMPTZ(3),

    CONSTRAINT "dummy_events_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "disputes_dispute_id_key" ON "disputes"("dispute_id");

-- CreateIndex
CREATE INDEX "disputes_transaction_pk_idx" ON "disputes"("transaction_pk");

-- CreateIndex
CREATE INDEX "disputes_status_due_by_idx" ON "disputes"("status", "due_by");

-- CreateIndex
CREATE UNIQUE INDEX "disputes_gateway_gateway_dispute_id_key" ON "disputes"("gateway", "gateway_dispute_id");

-- CreateIndex
CREATE INDEX "webhook_events_state_id_idx" ON "webhook_events"("state", "id" DESC);

-- CreateIndex
CREATE INDEX "webhook_events_transaction_pk_idx" ON "webhook_events"("transaction_pk");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_events_gateway_event_id_key" ON "webhook_events"("gateway", "event_id");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_events_gateway_body_sha256_key" ON "webhook_events"("gateway", "body_sha256");

-- CreateIndex
CREATE INDEX "cases_status_kind_id_idx" ON "cases"("status", "kind", "id");

-- CreateIndex
CREATE INDEX "cases_transaction_id_idx" ON "cases"("transaction_id");

-- CreateIndex
CREATE INDEX "reconciliation_runs_gateway_id_idx" ON "reconciliation_runs"("gateway", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "dummy_captures_idempotency_key_key" ON "dummy_captures"("idempotency_key");

-- CreateIndex
CREATE INDEX "dummy_captures_charge_reference_idx" ON "dummy_captures"("charge_reference");

-- CreateIndex
CREATE INDEX "dummy_disputes_charge_reference_idx" ON "dummy_disputes"("charge_reference");

-- CreateIndex
CREATE INDEX "dummy_calls_idempotency_key_idx" ON "dummy_calls"("idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "dummy_events_event_id_key" ON "dummy_events"("event_id");

-- CreateIndex
CREATE INDEX "dummy_events_next_attempt_at_idx" ON "dummy_events"("next_attempt_at");

-- CreateIndex
CREATE INDEX "dummy_charges_created_at_idx" ON "dummy_charges"("created_at");

-- CreateIndex
CREATE INDEX "dummy_refunds_created_at_idx" ON "dummy_refunds"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "refunds_retry_of_id_key" ON "refunds"("retry_of_id");

-- AddForeignKey
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_retry_of_id_fkey" FOREIGN KEY ("retry_of_id") REFERENCES "refunds"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_transaction_pk_fkey" FOREIGN KEY ("transaction_pk") REFERENCES "transactions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_events" ADD CONSTRAINT "webhook_events_configuration_id_fkey" FOREIGN KEY ("configuration_id") REFERENCES "payment_configurations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_events" ADD CONSTRAINT "webhook_events_transaction_pk_fkey" FOREIGN KEY ("transaction_pk") REFERENCES "transactions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "cases" ADD CONSTRAINT "cases_resolved_by_id_fkey" FOREIGN KEY ("resolved_by_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dummy_captures" ADD CONSTRAINT "dummy_captures_charge_reference_fkey" FOREIGN KEY ("charge_reference") REFERENCES "dummy_charges"("reference") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dummy_disputes" ADD CONSTRAINT "dummy_disputes_charge_reference_fkey" FOREIGN KEY ("charge_reference") REFERENCES "dummy_charges"("reference") ON DELETE RESTRICT ON UPDATE CASCADE;

-- CreateIndex
CREATE UNIQUE INDEX "operations_idempotency_key_id_key" ON "operations"("idempotency_key_id");
