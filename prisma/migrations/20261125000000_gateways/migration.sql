-- CreateEnum
CREATE TYPE "gateway_mode" AS ENUM ('test', 'live');

-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "country" CHAR(2);

-- AlterTable
ALTER TABLE "payment_configurations" ADD COLUMN     "countries" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "currencies" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "label" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "mode" "gateway_mode" NOT NULL DEFAULT 'test',
ADD COLUMN     "priority" INTEGER NOT NULL DEFAULT 100;

-- AlterTable
ALTER TABLE "transactions" ADD COLUMN     "intent_reference" TEXT;

-- CreateIndex
CREATE UNIQUE INDEX "transactions_gateway_intent_reference_key" ON "transactions"("gateway", "intent_reference");

-- Bounds
ALTER TABLE orders ADD CONSTRAINT orders_country CHECK (country ~ '^[A-Z]{2}$');
ALTER TABLE payment_configurations
  ADD CONSTRAINT payment_configurations_priority CHECK (priority BETWEEN 0 AND 1000),
  -- No real money through the dummy gateway, whatever else is so.
  ADD CONSTRAINT payment_configurations_dummy CHECK (gateway <> 'dummy' OR mode = 'test');
