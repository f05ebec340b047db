import { randomBytes } from "node:crypto";
import type { Role, Viewer } from "../domain/actor.ts";
import { db, inTransaction } from "../db/client.ts";
import { insertConfiguration } from "../db/configurations.ts";
import type { TransactionRecord } from "../db/transactions.ts";
import { sealSecret } from "../gateways/secret-box.ts";
import { createOrder } from "../orders/create-order.ts";
import { createIntent } from "../payments/create-intent.ts";
import { processPayment } from "../payments/process-payment.ts";
import type { OrderRecord } from "../db/orders.ts";

/** Test cards of the dummy gateway, by what they do. */
export const cards = {
  good: "4242424242424242",
  declined: "4000000000000002",
  insufficientFunds: "4000000000009995",
  expired: "4000000000000069",
  threeDSecure: "4000000000003220",
  chargedThenBroken: "4000000000000119",
} as const;

/** A new person of that role, who shares nothing with another test. */
export async function aViewer(role: Role = "customer"): Promise<Viewer> {
  const email = `${role}-${randomBytes(6).toString("hex")}@example.com`;
  const user = await db().user.create({ data: { email, role } });
  return { kind: "user", userId: user.id, email, role };
}

/** The dummy gateway, configured once a database. */
export async function aDummyConfiguration(): Promise<number> {
  return inTransaction(async (tx) => {
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(814)::text`;
    const known = await tx.paymentConfiguration.findFirst({
      where: { gateway: "dummy", isActive: true },
    });
    if (known) return known.id;
    const row = await insertConfiguration(
      tx,
      {
        gateway: "dummy",
        merchantId: "dummy_merchant",
        publicKey: "dummy_public_key",
        currency: "USD",
      },
      (id) => sealSecret(id, "dummy_secret_key"),
    );
    return row.id;
  });
}

/** An unpaid order of that person; 150.00 USD unless said otherwise. */
export async function anOrder(
  owner: Viewer,
  { amount = "150.00", currency = "USD" }: { amount?: string; currency?: string } = {},
): Promise<OrderRecord> {
  const admin = await aViewer("admin");
  return createOrder(admin, {
    user_email: owner.email,
    currency,
    items: [{ name: "Battery AGM 70 Ah", unit_amount: amount, quantity: 1 }],
  });
}

/** A pending transaction for a new order of that person. */
export async function anIntent(owner: Viewer, order?: OrderRecord): Promise<TransactionRecord> {
  await aDummyConfiguration();
  const { id } = order ?? (await anOrder(owner));
  return (await createIntent(owner, { orderId: id, gateway: "dummy" })).transaction;
}

/** A transaction on which that card was used once, as it stands after. */
export async function aProcessedTransaction(
  owner: Viewer,
  card: string = cards.good,
): Promise<TransactionRecord> {
  const { transactionId } = await anIntent(owner);
  const result = await processPayment(owner, { transactionId, paymentData: { card_number: card } });
  return result.transaction;
}
