import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestStandIn } from "../testing.ts";
import { flutterwaveStandIn } from "./flutterwave-stand-in.ts";

let standIn: TestStandIn;

beforeAll(async () => {
  standIn = await TestStandIn.start(flutterwaveStandIn);
});
afterAll(() => standIn.stop());

type Body = {
  status: string;
  message: string;
  data: Record<string, unknown> & Record<string, unknown>[];
  meta: { page_info: { total: number; current_page: number; total_pages: number } };
};

async function call(
  path: string,
  body?: Record<string, unknown>,
  secret = standIn.account().secretKey,
): Promise<{ status: number; body: Body }> {
  const response = await fetch(`${standIn.server.baseUrl}/v3${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { Authorization: `Bearer ${secret}`, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Body };
}

const newReference = (): string => `TXN-${randomBytes(6).toString("hex").toUpperCase()}`;

async function aLink(over: Record<string, unknown> = {}): Promise<{ link: string; txRef: string }> {
  const txRef = newReference();
  const { body } = await call("/payments", {
    tx_ref: txRef,
    amount: "150.00",
    currency: "USD",
    redirect_url: "http://127.0.0.1:1/back",
    customer: { email: "shopper@example.com" },
    ...over,
  });
  return { link: String(body.data["link"]), txRef };
}

async function paid(over: Record<string, unknown> = {}): Promise<string> {
  const { txRef } = await aLink(over);
  const { id } = await standIn.act({ act: "pay", transaction: txRef });
  return String(id);
}

test("a call without the secret, or with another, is answered in the service's words", async () => {
  expect(await call("/balances", undefined, "other")).toEqual({
    status: 401,
    body: { status: "error", message: "Authorization required", data: null },
  });
  expect((await call("/nothing")).status).toBe(404);
  expect((await call("/balances")).body.status).toBe("success");
});

test("a page is asked for with a reference, an amount, an address to return to and an e-mail", async () => {
  const { link } = await aLink();
  expect(link).toMatch(/\/v3\/hosted\/pay\/flwlnk-[0-9a-f]+$/);
  const { status, body } = await call("/payments", { tx_ref: newReference(), amount: 10 });
  expect(status).toBe(400);
  expect(body).toMatchObject({ status: "error", data: null });
});

test("a reference that was paid is paid once", async () => {
  const { txRef } = await aLink();
  await standIn.act({ act: "pay", transaction: txRef });
  const again = { tx_ref: txRef, amount: 1, redirect_url: "http://127.0.0.1:1/", currency: "USD" };
  const { status } = await call("/payments", { ...again, customer: { email: "a@example.com" } });
  expect(status).toBe(400);
  await expect(standIn.act({ act: "pay", transaction: txRef })).rejects.toThrow("made already");
});

test("a refund that is asked for twice is made twice, and never more than was paid", async () => {
  const id = await paid();
  const ask = () => call(`/transactions/${id}/refund`, { amount: 60, comments: "REF-1" });
  const [first, second, third] = [await ask(), await ask(), await ask()];
  expect([first.status, second.status, third.status]).toEqual([200, 200, 400]);
  expect(first.body.data).toMatchObject({ amount_refunded: 60, status: "completed" });
  expect(second.body.data["id"]).not.toBe(first.body.data["id"]);
  const naira = await paid({ currency: "NGN", amount: 5000 });
  expect((await call(`/transactions/${naira}/refund`, { amount: 99 })).body.message).toContain(
    "above NGN100",
  );
});

test("lists come ten at a time, the newest first, with how many pages there are", async () => {
  const made: number[] = [];
  for (let count = 0; count < 12; count += 1) made.push(Number(await paid({ currency: "KES" })));
  const day = new Date().toISOString().slice(0, 10);
  const list = (page: number) =>
    call(`/transactions?from=${day}&to=${day}&currency=KES&status=successful&page=${page}`);
  const first = (await list(1)).body;
  const second = (await list(2)).body;
  expect(first.meta.page_info).toEqual({ total: 12, current_page: 1, total_pages: 2 });
  const ids = [...first.data, ...second.data].map((row) => row["id"]);
  expect(ids).toEqual(made.reverse());
  const none = await call("/transactions?from=2020-01-01&to=2020-01-02");
  expect(none.body.data).toEqual([]);
});

test("a disabled page takes no payment, and what was begun on it is over", async () => {
  const { link, txRef } = await aLink();
  await fetch(link, {
    method: "POST",
    body: new URLSearchParams({ method: "card", number: "5531886652142950" }),
    redirect: "manual",
  });
  expect((await call("/payments/link/disable", { link })).body).toMatchObject({ data: true });
  expect((await call("/payments/link/disable", { link })).status).toBe(400);
  expect((await fetch(link)).status).toBe(410);
  const verified = await call(`/transactions/verify_by_reference?tx_ref=${txRef}`);
  expect(verified.body.data["status"]).toBe("failed");
});

test("the page writes what merchants send as text, and keeps no card's number", async () => {
  const { link } = await aLink({ customizations: { title: '<script>alert("x")</script>' } });
  const markup = await (await fetch(link)).text();
  expect(markup).toContain("&lt;script&gt;");
  expect(markup).not.toContain("<script");
  expect(markup).toContain("Sandbox");
  await fetch(link, {
    method: "POST",
    body: new URLSearchParams({ method: "card", number: "5531 8866 5214 2950", cvv: "564" }),
  });
  const { rows } = await standIn.world.pool.query(
    "SELECT 1 FROM sandbox.objects WHERE data::text LIKE '%886652%'",
  );
  expect(rows).toEqual([]);
});

test("what happens on the gateway's side is told, each with its state", async () => {
  await standIn.deliveries();
  const charge = await paid();
  await standIn.act({ act: "refund", charge, amount: "10.00" });
  await standIn.act({ act: "fail_refund", charge });
  await standIn.act({ act: "open_dispute", charge, amount: "20.00" });
  await standIn.act({ act: "lose_dispute", charge });
  const failing = await aLink();
  await standIn.act({ act: "fail_payment", transaction: failing.txRef, reason: "Expired Card" });
  const told = (await standIn.deliveries()).map(({ id }) => id.replace(/:\d+:/, " "));
  expect(told.sort()).toEqual([
    "charge.completed failed",
    "charge.completed successful",
    "chargeback.initiated initiated",
    "chargeback.lost lost",
    "refund completed-mpgs",
    "refund failed",
  ]);
  await expect(standIn.act({ act: "pay", transaction: "TXN-none" })).rejects.toThrow("no payment");
});
