import type { Page } from "@playwright/test";
import {
  countRequests,
  gate,
  heading,
  intentCall,
  loseAnswer,
  openCheckout,
  payWith,
} from "./checkout.ts";
import { expect, test } from "./fixtures.ts";
import { aHeldOrder, anOrder, call, cards, orderNow, transactionsOf, type Order } from "./shop.ts";

const captureCall = "**/api/payment/capture/**";
const dialog = (page: Page) => page.getByRole("dialog", { name: "Capture" });

async function openCapture(page: Page, transactionId: string): Promise<void> {
  await page.goto(`/admin/transactions/${transactionId}`);
  await page.getByRole("button", { name: "Capture", exact: true }).click();
  await expect(dialog(page)).toBeVisible();
}

async function expectCaptured(order: Order, captured: string): Promise<void> {
  expect(await transactionsOf(order)).toMatchObject([
    { status: "success", captured_amount: captured },
  ]);
  expect((await orderNow(order)).status).toBe("paid");
}

test("a shopper's payment is authorised and says so; a part is captured, and the rest released", async ({
  pageOf,
}) => {
  const order = await anOrder();
  const shopper = await pageOf("shopper");
  // As where the shop's configuration holds money first.
  await shopper.route(intentCall, async (route) => {
    const asked = route.request().postDataJSON() as Record<string, unknown>;
    await route.continue({ postData: JSON.stringify({ ...asked, capture_method: "manual" }) });
  });
  await openCheckout(shopper, order);
  await payWith(shopper, cards.succeeds);
  await shopper.waitForURL(`**/orders/${order.order_number}/receipt`);
  await expect(shopper.getByText("Payment authorised", { exact: true })).toBeVisible();
  await expect(shopper.getByText("you are charged when your parts ship")).toBeVisible();
  await shopper.goto(`/checkout/${order.order_number}`);
  await expect(heading(shopper, "Payment authorised")).toBeVisible();
  await shopper.goto(`/orders/${order.order_number}`);
  await expect(shopper.getByRole("link", { name: /^Pay/ })).toHaveCount(0);
  expect((await orderNow(order)).status).toBe("pending");
  const transactionId = (await transactionsOf(order))[0]?.transaction_id ?? "";

  const page = await pageOf("admin");
  await openCapture(page, transactionId);
  const amount = dialog(page).getByLabel("Amount in USD");
  await expect(amount).toHaveValue("150.00");
  await amount.fill("100.00");
  await expect(dialog(page).getByRole("status")).toContainText("$50.00");
  await dialog(page).getByRole("button", { name: "Capture $100.00" }).click();
  await expect(dialog(page)).toContainText("$100.00 captured");
  await dialog(page).getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("The rest, $50.00, is still held.")).toBeVisible();
  await expectCaptured(order, "100.00");

  await page.getByRole("button", { name: "Release", exact: true }).click();
  const release = page.getByRole("dialog", { name: "Release" });
  await release.getByLabel("Reason").fill("The rest is out of stock");
  await release.getByRole("button", { name: "Release $50.00" }).click();
  await expect(release).toContainText("$50.00 released");
  await release.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("button", { name: "Capture", exact: true })).toHaveCount(0);
  await expectCaptured(order, "100.00");

  await shopper.goto(`/orders/${order.order_number}/receipt`);
  await expect(shopper.getByText("Payment received")).toBeVisible();
  await expect(
    shopper.getByText("The other $50.00 that the bank had set aside was let go."),
  ).toBeVisible();
});

test("a capture is sent once: by a double click, and while it is on its way", async ({
  pageOf,
}) => {
  const { order, transactionId } = await aHeldOrder();
  const page = await pageOf("admin");
  const sent = countRequests(page, "/api/payment/capture/");
  const line = gate();
  await page.route(captureCall, async (route) => {
    await line.pass();
    await route.continue();
  });
  await openCapture(page, transactionId);
  await dialog(page).getByLabel("Amount in USD").fill("40.00");
  await dialog(page).getByRole("button", { name: "Capture $40.00" }).dblclick();
  await line.reached;
  await expect(dialog(page).getByRole("button", { name: "Capturing…" })).toBeDisabled();
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toBeVisible();
  line.open();
  await expect(dialog(page)).toContainText("$40.00 captured");
  expect(sent()).toBe(1);
  await expectCaptured(order, "40.00");
});

test("a capture whose answer got lost is asked for again and stays one capture", async ({
  pageOf,
  expectInConsole,
}) => {
  expectInConsole(/ERR_CONNECTION_RESET/);
  const { order, transactionId } = await aHeldOrder();
  const page = await pageOf("admin");
  await page.route(captureCall, loseAnswer, { times: 1 });
  await openCapture(page, transactionId);
  await dialog(page).getByLabel("Amount in USD").fill("40.00");
  await dialog(page).getByRole("button", { name: "Capture $40.00" }).click();
  await expect(dialog(page)).toContainText("We do not know yet whether it was done");
  await dialog(page).getByRole("button", { name: "Ask again" }).click();
  await expect(dialog(page)).toContainText("$40.00 captured");
  await expectCaptured(order, "40.00");
});

test("more than is held is refused before it is sent; support has no button", async ({
  pageOf,
}) => {
  const { transactionId } = await aHeldOrder();
  const page = await pageOf("admin");
  const sent = countRequests(page, "/api/payment/capture/");
  await openCapture(page, transactionId);
  await dialog(page).getByLabel("Amount in USD").fill("150.01");
  await dialog(page).getByRole("button", { name: "Capture", exact: true }).click();
  await expect(dialog(page)).toContainText("Only $150.00 is left to capture.");
  await expect(dialog(page).getByLabel("Amount in USD")).toBeFocused();
  expect(sent()).toBe(0);

  const support = await pageOf("support");
  await support.goto(`/admin/transactions/${transactionId}`);
  await expect(support.getByText("Held until")).toBeVisible();
  await expect(support.getByRole("button", { name: "Capture", exact: true })).toHaveCount(0);
});

test("a hold that is released was never charged, and the order can be paid anew", async ({
  pageOf,
}) => {
  const { order, transactionId } = await aHeldOrder();
  await call("admin", "/api/payment/void/", { transaction_id: transactionId });
  const page = await pageOf("shopper");
  await page.goto(`/transactions/${transactionId}`);
  await expect(page.getByText("This payment was called off. Nothing was charged.")).toBeVisible();
  await page.goto(`/checkout/${order.order_number}`);
  await expect(page.getByRole("button", { name: "Pay $150.00" })).toBeVisible();
});
