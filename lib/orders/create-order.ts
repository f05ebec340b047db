import { mayMoveMoney, type Viewer } from "../domain/actor.ts";
import { isCountry } from "../domain/country.ts";
import { PaymentError, invalidField } from "../domain/errors.ts";
import { newOrderNumber } from "../domain/ids.ts";
import { exceedsLargestAmount, isCurrency, parseAmount, sumLines } from "../domain/money.ts";
import { recordAudit } from "../db/audit.ts";
import { inTransaction, type Tx } from "../db/client.ts";
import {
  findOrderByIdempotencyKey,
  findProducts,
  insertOrder,
  type OrderRecord,
} from "../db/orders.ts";
import { findUserByEmail } from "../db/users.ts";

/** From the catalogue, for oneself: prices are the catalogue's. */
export type CatalogueOrder = {
  /** ISO 3166-1 alpha-2, where the parts go to. */
  country?: string | undefined;
  items: { sku: string; quantity: number }[];
};

/** Written by an admin, for anyone. `unit_amount` as a decimal string of the currency. */
export type CustomOrder = {
  user_email: string;
  currency: string;
  country?: string | undefined;
  items: { name: string; unit_amount: string; quantity: number }[];
};

type Draft = { userId: number; currency: string; items: OrderRecord["items"] };

/**
 * Makes an order. Throws `forbidden` (a custom order by anybody but an admin, any order by support) and
 * `invalid_request` naming the field.
 */
export async function createOrder(
  viewer: Viewer,
  command: CatalogueOrder | CustomOrder,
  idempotencyKeyId?: string,
): Promise<OrderRecord> {
  const custom = "user_email" in command;
  if (viewer.role === "support" || (custom && !mayMoveMoney(viewer))) {
    throw new PaymentError("forbidden", "You do not have permission to perform this action.");
  }
  const country = command.country ?? null;
  if (country !== null && !isCountry(country)) {
    throw invalidField("country", "This is not a known country.");
  }
  return inTransaction(async (tx) => {
    if (idempotencyKeyId !== undefined) {
      const existing = await findOrderByIdempotencyKey(tx, idempotencyKeyId);
      if (existing) return existing;
    }
    const draft = custom
      ? await customDraft(tx, command)
      : await catalogueDraft(tx, viewer, command);
    const amountMinor = sumLines(draft.items);
    if (exceedsLargestAmount(amountMinor, draft.currency)) {
      throw invalidField("items", "The order's total is too large.");
    }
    const order = await insertOrder(tx, {
      ...draft,
      orderNumber: newOrderNumber(),
      amountMinor,
      country,
      idempotencyKeyId: idempotencyKeyId ?? null,
    });
    await recordAudit(tx, {
      entity: "order",
      entityId: order.orderNumber,
      action: "created",
      actor: viewer,
      toStatus: "pending",
      after: { amount_minor: String(amountMinor), currency: order.currency },
    });
    return order;
  });
}

async function catalogueDraft(tx: Tx, viewer: Viewer, command: CatalogueOrder): Promise<Draft> {
  const products = await findProducts(
    command.items.map((item) => item.sku),
    tx,
  );
  const bySku = new Map(products.map((product) => [product.sku, product]));
  const items = command.items.map((item, index) => {
    const product = bySku.get(item.sku);
    if (!product) throw invalidField(`items.${index}.sku`, "There is no such part.");
    if (!product.inStock)
      throw invalidField(`items.${index}.sku`, `${product.name} is out of stock.`);
    return { ...item, name: product.name, unitAmountMinor: product.unitAmountMinor };
  });
  const currency = products[0]?.currency;
  if (currency === undefined || products.some((product) => product.currency !== currency)) {
    throw invalidField("items", "All parts of an order must be priced in one currency.");
  }
  return { userId: viewer.userId, currency, items };
}

async function customDraft(tx: Tx, command: CustomOrder): Promise<Draft> {
  if (!isCurrency(command.currency))
    throw invalidField("currency", "This is not a known currency.");
  const user = await findUserByEmail(command.user_email, tx);
  if (!user) throw invalidField("user_email", "Nobody is registered with this e-mail.");
  const items = command.items.map(({ name, unit_amount, quantity }, index) => ({
    sku: null,
    name,
    quantity,
    unitAmountMinor: parseAmount(unit_amount, command.currency, `items.${index}.unit_amount`),
  }));
  return { userId: user.id, currency: command.currency, items };
}
