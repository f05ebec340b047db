import { expect } from "@playwright/test";

// The shop as a test reaches it past the pages: through the API, as one of the demo's people.

export const baseUrl = process.env.BASE_URL ?? "http://localhost:8000";
export const demoPassword = "tollbooth-demo";

export type Person = "shopper" | "second" | "admin" | "support";
export const emailOf = (person: Person): string => `${person}@example.com`;

/** What the dummy gateway decides by. */
export const cards = {
  succeeds: "4242424242424242",
  otherThatSucceeds: "4111111111111111",
  declined: "4000000000000002",
  withoutMoney: "4000000000009995",
  expired: "4000000000000069",
  threeDSecure: "4000000000003220",
  answerGetsLost: "4000000000000119",
} as const;

export type Order = {
  id: number;
  order_number: string;
  amount: string;
  currency: string;
  status: "pending" | "paid" | "cancelled";
};
export type Transaction = {
  transaction_id: string;
  status: string;
  captured_amount: string;
  refunded_amount: string;
};
export type Refund = { refund_id: string; amount: string; status: string };
type Answer<T> = { status: number; body: T };

const tokens = new Map<Person, Promise<string>>();

async function send<T>(path: string, init: RequestInit): Promise<Answer<T>> {
  const response = await fetch(baseUrl + path, init);
  return { status: response.status, body: (await response.json()) as T };
}

function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}

async function newToken(person: Person): Promise<string> {
  const credentials = { email: emailOf(person), password: demoPassword };
  const answer = await send<{ access: string }>("/api/token/", post(credentials));
  expect(answer.status, `a token for ${person}`).toBe(200);
  return answer.body.access;
}

/** Calls the API as a person: with a body it is a POST. */
export async function call<T = Record<string, unknown>>(
  person: Person,
  path: string,
  body?: unknown,
): Promise<Answer<T>> {
  const token = tokens.get(person) ?? newToken(person);
  tokens.set(person, token);
  const headers = { Authorization: `Bearer ${await token}` };
  return await send<T>(path, body === undefined ? { headers } : post(body, headers));
}

/** A new order of one battery, 150.00 USD. */
export async function anOrder(person: Person = "shopper"): Promise<Order> {
  const items = [{ sku: "BAT-AGM-70", quantity: 1 }];
  const answer = await call<Order>(person, "/api/orders/", { items });
  expect(answer.status, "an order").toBe(201);
  return answer.body;
}

type Payment = { order: Order; transactionId: string; nextUrl: string };

/** A new order and one payment of it with that card, made without a page. `manual` only holds the money. */
export async function aPayment(
  card: string,
  person: Person = "shopper",
  captureMethod: "automatic" | "manual" = "automatic",
): Promise<Payment> {
  const order = await anOrder(person);
  const intent = await call<{ transaction_id: string }>(person, "/api/payment/create-intent/", {
    order_id: order.id,
    gateway: "dummy",
    capture_method: captureMethod,
  });
  expect(intent.status, "an intent").toBe(201);
  const transactionId = intent.body.transaction_id;
  const processed = await call<{ next_action?: { url: string } }>(person, "/api/payment/process/", {
    transaction_id: transactionId,
    payment_data: { card_number: card },
  });
  return { order, transactionId, nextUrl: processed.body.next_action?.url ?? "" };
}

/** A new order, paid. */
export async function aPaidOrder(person: Person = "shopper"): Promise<Payment> {
  const payment = await aPayment(cards.succeeds, person);
  expect((await orderNow(payment.order)).status).toBe("paid");
  return payment;
}

/** A new order whose money is held and not taken: 150.00 USD. */
export async function aHeldOrder(person: Person = "shopper"): Promise<Payment> {
  const payment = await aPayment(cards.succeeds, person, "manual");
  expect(await transactionsOf(payment.order)).toMatchObject([{ status: "authorized" }]);
  return payment;
}

export async function orderNow(order: Order): Promise<Order> {
  return (await call<Order>("admin", `/api/orders/${order.order_number}/`)).body;
}

/** Every payment of an order that was made or tried, newest first. */
export async function transactionsOf(order: Order): Promise<Transaction[]> {
  const path = `/api/payment/transactions/?order=${order.id}&limit=100`;
  return (await call<Transaction[]>("admin", path)).body;
}

export async function refundsOf(transactionId: string): Promise<Refund[]> {
  const path = `/api/payment/refunds/?transaction_id=${transactionId}`;
  return (await call<Refund[]>("admin", path)).body;
}

/** The guarantee of the shop: the order is paid, by one transaction, which took its amount once. */
export async function expectOneCharge(order: Order): Promise<void> {
  expect((await orderNow(order)).status).toBe("paid");
  const charged = (await transactionsOf(order)).filter((one) => Number(one.captured_amount) > 0);
  expect(charged).toMatchObject([{ status: "success", captured_amount: order.amount }]);
}

/** The opposite: nothing was taken, and the order can still be paid. */
export async function expectNoCharge(order: Order): Promise<void> {
  expect((await orderNow(order)).status).toBe("pending");
  const charged = (await transactionsOf(order)).filter((one) => Number(one.captured_amount) > 0);
  expect(charged).toEqual([]);
}
