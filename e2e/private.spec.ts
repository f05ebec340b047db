import type { Page } from "@playwright/test";
import { heading } from "./checkout.ts";
import { expect, test } from "./fixtures.ts";
import { anOrder, aPaidOrder, call, cards, emailOf, expectNoCharge, refundsOf } from "./shop.ts";

/** The page for what is not there, which is the same for what is somebody else's. */
async function expectNotFound(page: Page, path: string): Promise<void> {
  const answer = await page.goto(path);
  expect(answer?.status(), path).toBe(404);
  await expect(heading(page, "There is nothing here")).toBeVisible();
}

test.beforeEach(({ expectInConsole }) => expectInConsole(/status of 404/));

test("another shopper's transaction, order, checkout and receipt are not found", async ({
  pageOf,
}) => {
  const { order, transactionId } = await aPaidOrder("shopper");
  const stranger = await pageOf("second");
  for (const path of [
    `/transactions/${transactionId}`,
    `/orders/${order.order_number}`,
    `/orders/${order.order_number}/receipt`,
    `/checkout/${order.order_number}`,
  ]) {
    await expectNotFound(stranger, path);
    await expect(stranger.getByText("$150.00")).toHaveCount(0);
    await expect(stranger.getByText(emailOf("shopper"))).toHaveCount(0);
  }
});

test("another shopper's things are not found right after their owner read them", async () => {
  const { order, transactionId } = await aPaidOrder("shopper");
  for (const path of [
    `/api/payment/transactions/${transactionId}/`,
    `/api/orders/${order.order_number}/`,
  ]) {
    expect((await call("shopper", path)).status).toBe(200);
    const refused = await call("second", path);
    expect(refused.status).toBe(404);
    expect(JSON.stringify(refused.body)).not.toMatch(/150\.00|shopper@/);
  }
  const listed = await call("second", `/api/payment/transactions/?order=${order.id}`);
  expect(listed.body).toEqual([]);
});

test("another shopper's order cannot be paid, nor a payment of it taken further", async () => {
  const order = await anOrder("shopper");
  const intent = { order_id: order.id, gateway: "dummy" };
  expect((await call("second", "/api/payment/create-intent/", intent)).status).toBe(404);
  const own = await call<{ transaction_id: string }>(
    "shopper",
    "/api/payment/create-intent/",
    intent,
  );
  const process = {
    transaction_id: own.body.transaction_id,
    payment_data: { card_number: cards.succeeds },
  };
  expect((await call("second", "/api/payment/process/", process)).status).toBe(404);
  await expectNoCharge(order);
});

test("a history shows one's own payments only", async ({ pageOf }) => {
  const { transactionId: theirs } = await aPaidOrder("shopper");
  const { transactionId: own } = await aPaidOrder("second");
  const page = await pageOf("second");
  await page.goto("/transactions");
  await expect(page.getByRole("link", { name: own })).toBeVisible();
  await expect(page.getByRole("link", { name: theirs })).toHaveCount(0);
});

test("a customer finds nothing under /admin", async ({ pageOf }) => {
  const { transactionId } = await aPaidOrder("shopper");
  const page = await pageOf("shopper");
  await page.goto("/");
  await expect(page.getByRole("link", { name: "Dashboard" })).toHaveCount(0);
  for (const path of ["/admin", "/admin/transactions", `/admin/transactions/${transactionId}`]) {
    await expectNotFound(page, path);
    await expect(page.getByText("Audit log")).toHaveCount(0);
  }
});

test("support sees a payment, and can neither find nor send a refund", async ({ pageOf }) => {
  const { transactionId } = await aPaidOrder("shopper");
  const page = await pageOf("support");
  await page.goto(`/admin/transactions/${transactionId}`);
  await expect(heading(page, transactionId)).toBeVisible();
  await expect(heading(page, "Audit log")).toBeVisible();
  await expect(page.getByRole("button", { name: /refund/i })).toHaveCount(0);
  await expect(page.getByText("Your role may look but not move money.")).toBeVisible();

  const refund = { transaction_id: transactionId, amount: "10.00" };
  expect((await call("support", "/api/payment/refund/", refund)).status).toBe(403);
  expect(await refundsOf(transactionId)).toEqual([]);
});

test("support sees a shopper's checkout and cannot pay it", async ({ pageOf }) => {
  const order = await anOrder("shopper");
  const page = await pageOf("support");
  await page.goto(`/checkout/${order.order_number}`);
  await expect(page.getByText("Support may look but not pay")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Pay/ })).toHaveCount(0);
});

test("a write with a browser's session from another site is refused", async ({ pageOf }) => {
  const { transactionId } = await aPaidOrder("shopper");
  const page = await pageOf("admin");
  const answer = await page.request.post("/api/payment/refund/", {
    headers: { Origin: "https://elsewhere.example" },
    data: { transaction_id: transactionId, amount: "10.00" },
  });
  expect(answer.status()).toBe(403);
  expect(await refundsOf(transactionId)).toEqual([]);
});
