import type { Page } from "@playwright/test";
import { countRequests, gate, heading, loseAnswer, refundCall } from "./checkout.ts";
import { expect, test } from "./fixtures.ts";
import { aPaidOrder, refundsOf } from "./shop.ts";

const dialog = (page: Page) => page.getByRole("dialog", { name: "Refund" });

async function openRefund(page: Page, transactionId: string): Promise<void> {
  await page.goto(`/admin/transactions/${transactionId}`);
  await page.getByRole("button", { name: "Refund", exact: true }).click();
  await expect(dialog(page)).toBeVisible();
}

test("an admin refunds a part, then the rest; the shopper sees both", async ({ pageOf }) => {
  const { transactionId } = await aPaidOrder();
  const page = await pageOf("admin");
  await openRefund(page, transactionId);
  await dialog(page).getByLabel("Amount in USD").fill("50.00");
  await dialog(page).getByLabel("Reason").fill("One of two was broken");
  await expect(dialog(page).getByRole("status")).toContainText("$100.00");
  await expect(dialog(page)).toContainText("$50.00 goes back to Visa ending 4242.");
  await dialog(page).getByRole("button", { name: "Refund $50.00" }).click();
  await expect(dialog(page)).toContainText("$50.00 refunded");
  await dialog(page).getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("Partly refunded", { exact: true }).first()).toBeVisible();

  await page.getByRole("button", { name: "Refund", exact: true }).click();
  await expect(dialog(page).getByLabel("Amount in USD")).toHaveValue("100.00");
  await dialog(page).getByRole("button", { name: "Refund $100.00" }).click();
  await expect(dialog(page)).toContainText("$100.00 refunded");
  await dialog(page).getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("button", { name: "Nothing left to refund" })).toBeVisible();
  expect(await refundsOf(transactionId)).toMatchObject([
    { amount: "100.00", status: "refunded" },
    { amount: "50.00", status: "refunded" },
  ]);

  const shopper = await pageOf("shopper");
  await shopper.goto(`/transactions/${transactionId}`);
  await expect(shopper.getByText("and all of it has been given back")).toBeVisible();
  const refunds = shopper.getByRole("region", { name: "Refunds" });
  await expect(refunds).toContainText("$50.00");
  await expect(refunds).toContainText("One of two was broken");
  await expect(refunds).toContainText("$100.00");
});

test("more than is left, nothing, or no amount at all is refused before it is sent", async ({
  pageOf,
}) => {
  const { transactionId } = await aPaidOrder();
  const page = await pageOf("admin");
  const sent = countRequests(page, "/api/payment/refund/");
  await openRefund(page, transactionId);
  const amount = dialog(page).getByLabel("Amount in USD");
  for (const wrong of ["150.01", "0", "-5", "ten", "1.005", ""]) {
    await amount.fill(wrong);
    await dialog(page).getByRole("button", { name: "Refund", exact: true }).click();
    await expect(amount).toHaveAttribute("aria-invalid", "true");
    await expect(amount).toBeFocused();
  }
  await amount.fill("150.01");
  await expect(dialog(page)).toContainText("Only $150.00 is left to refund.");
  expect(sent()).toBe(0);
});

test("a refund is sent once: by a double click, and while it is on its way", async ({ pageOf }) => {
  const { transactionId } = await aPaidOrder();
  const page = await pageOf("admin");
  const sent = countRequests(page, "/api/payment/refund/");
  const line = gate();
  await page.route(refundCall, async (route) => {
    await line.pass();
    await route.continue();
  });
  await openRefund(page, transactionId);
  await dialog(page).getByLabel("Amount in USD").fill("20.00");
  await dialog(page).getByRole("button", { name: "Refund $20.00" }).dblclick();
  await line.reached;
  await expect(dialog(page).getByRole("button", { name: "Refunding…" })).toBeDisabled();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toBeVisible();

  line.open();
  await expect(dialog(page)).toContainText("$20.00 refunded");
  expect(sent()).toBe(1);
  expect(await refundsOf(transactionId)).toMatchObject([{ amount: "20.00" }]);
});

test("two submissions in one instant are one refund", async ({ pageOf }) => {
  const { transactionId } = await aPaidOrder();
  const page = await pageOf("admin");
  await openRefund(page, transactionId);
  await dialog(page).getByLabel("Amount in USD").fill("20.00");
  await dialog(page)
    .locator("form")
    .evaluate((form: HTMLFormElement) => {
      form.requestSubmit();
      form.requestSubmit();
    });
  await expect(dialog(page)).toContainText("$20.00 refunded");
  expect(await refundsOf(transactionId)).toMatchObject([{ amount: "20.00" }]);
});

test("a refund whose answer got lost is asked for again and stays one refund", async ({
  pageOf,
  expectInConsole,
}) => {
  expectInConsole(/ERR_CONNECTION_RESET/);
  const { transactionId } = await aPaidOrder();
  const page = await pageOf("admin");
  await page.route(refundCall, loseAnswer, { times: 1 });
  await openRefund(page, transactionId);
  await dialog(page).getByLabel("Amount in USD").fill("20.00");
  await dialog(page).getByRole("button", { name: "Refund $20.00" }).click();
  await expect(dialog(page)).toContainText("We do not know yet whether the refund was made");
  await dialog(page).getByRole("button", { name: "Ask again" }).click();
  await expect(dialog(page)).toContainText("$20.00 refunded");
  expect(await refundsOf(transactionId)).toMatchObject([{ amount: "20.00", status: "refunded" }]);
});

test("two admins who refund all of it at once give it back once", async ({
  pageOf,
  expectInConsole,
}) => {
  expectInConsole(/status of (400|409)/);
  const { transactionId } = await aPaidOrder();
  const pages = [await pageOf("admin"), await pageOf("admin")];
  for (const page of pages) await openRefund(page, transactionId);
  await Promise.all(
    pages.map((page) => dialog(page).getByRole("button", { name: "Refund $150.00" }).click()),
  );
  await Promise.all(
    pages.map((page) =>
      expect(dialog(page)).toContainText(/\$150\.00 refunded|Nothing was refunded/),
    ),
  );
  expect(await refundsOf(transactionId)).toMatchObject([{ amount: "150.00", status: "refunded" }]);
});

test("an admin finds a payment by its order and reads its operations, ledger and audit", async ({
  pageOf,
}) => {
  const { order, transactionId } = await aPaidOrder();
  const page = await pageOf("admin");
  await page.goto("/admin/transactions");
  await page.getByLabel("Search").fill(order.order_number);
  await page.getByLabel("Search").press("Enter");
  await page.getByRole("link", { name: transactionId }).click();
  await expect(heading(page, transactionId)).toBeVisible();
  // One row of names, one charge: the gateway was asked once.
  await expect(page.getByRole("region", { name: "Operations" }).getByRole("row")).toHaveCount(2);
  await expect(page.getByRole("region", { name: "Ledger" })).toContainText("$150.00");
  await expect(page.getByRole("region", { name: "Audit log" })).toContainText(
    "shopper@example.com",
  );
});
