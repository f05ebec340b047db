import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { heading } from "./checkout.ts";
import { expect, test } from "./fixtures.ts";
import { act, aDispute, casesOf, sql, untilCase } from "./gateway-side.ts";
import { aPaidOrder, call, emailOf, refundsOf, type Transaction } from "./shop.ts";

const caseOf = (page: Page, about: string) =>
  page.getByRole("listitem").filter({ has: page.getByRole("group"), hasText: about });

test("a refund that failed later is before staff, and is done over from there once", async ({
  pageOf,
}) => {
  const { transactionId } = await aPaidOrder();
  const refund = { transaction_id: transactionId, amount: "30.00", reason: "One was broken" };
  await call("admin", "/api/payment/refund/", refund);
  await act({ act: "fail_refund", transaction: transactionId });
  await untilCase(transactionId, "refund_failed");

  const page = await pageOf("admin");
  await page.goto("/admin/cases?kind=refund_failed");
  await expect(caseOf(page, transactionId)).toContainText(
    "A refund of $30.00 failed after it had seemed done. No money went back.",
  );
  await page.getByRole("link", { name: `Retry the refund, ${transactionId}` }).click();
  const dialog = page.getByRole("dialog", { name: "Retry the refund" });
  await expect(dialog.getByLabel("Amount in USD")).toHaveValue("30.00");
  await expect(dialog.getByLabel("Reason")).toHaveValue("One was broken");
  await dialog.getByRole("button", { name: "Refund $30.00" }).click();
  await expect(dialog).toContainText("$30.00 refunded");
  await dialog.getByRole("button", { name: "Done" }).click();

  await expect(page.getByText(/It was done over by REF-/)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Retry/ })).toHaveCount(0);
  expect(await refundsOf(transactionId)).toMatchObject([
    { amount: "30.00", status: "refunded" },
    { amount: "30.00", status: "failed" },
  ]);
  expect(await casesOf(transactionId)).toEqual([]);
});

test("an order that was paid twice is refunded in one click and the dialog's own", async ({
  pageOf,
}) => {
  const { transactionId, order } = await aPaidOrder();
  await sql("UPDATE transactions SET excess_capture = true WHERE transaction_id = $1", [
    transactionId,
  ]);
  await sql(
    `INSERT INTO cases (kind, case_key, gateway, transaction_id, evidence)
     VALUES ('excess_capture', 'excess_capture:' || $1, 'dummy', $1, $2)`,
    [
      transactionId,
      JSON.stringify({ order_number: order.order_number, amount: "150.00", currency: "USD" }),
    ],
  );
  const page = await pageOf("admin");
  await page.goto("/admin/cases?kind=excess_capture");
  await page.getByRole("link", { name: `Refund the excess, ${transactionId}` }).click();
  const dialog = page.getByRole("dialog", { name: "Refund" });
  await dialog.getByRole("button", { name: "Refund $150.00" }).click();
  await expect(dialog).toContainText("$150.00 refunded");
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page).toHaveURL(new RegExp(`/admin/transactions/${transactionId}$`));
  await page.reload();
  await expect(heading(page, transactionId)).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect(await casesOf(transactionId)).toEqual([]);
});

test("money that is at the gateway and not here is found by comparing, and adopted for a customer", async ({
  pageOf,
  expectInConsole,
}) => {
  expectInConsole(/status of 400/);
  const reference = `dch_${randomUUID().slice(0, 8)}`;
  await sql(
    `INSERT INTO dummy_charges (reference, idempotency_key, merchant_reference, state, amount_minor,
       currency, captured_minor, created_at)
     VALUES ($1, $1, 'elsewhere', 'succeeded', 4217, 'USD', 4217, now() - interval '1 hour')`,
    [reference],
  );
  const page = await pageOf("admin");
  await page.goto("/admin/reconciliation");
  await page.getByRole("button", { name: "Compare now" }).click();
  await expect(page.getByRole("status").filter({ hasText: "compared" })).toContainText(
    /\d+ charges? compared, \d+ differs?/,
  );
  await expect(page.getByRole("row").filter({ hasText: "They differ" }).first()).toBeVisible();

  await page.goto("/admin/cases?kind=missing_here");
  const found = caseOf(page, reference);
  await expect(found).toContainText("The gateway charged $42.17, and these books do not have it.");
  await found.getByRole("button", { name: /^Adopt/ }).click();
  const dialog = page.getByRole("dialog", { name: "Take over what the gateway says" });
  await dialog.getByRole("button", { name: "Ask and take over" }).click();
  await expect(dialog).toContainText("Say whose payment this is.");
  const email = dialog.getByLabel("E-mail of the customer");
  await expect(email).toBeFocused();
  await email.fill("nobody@example.com");
  await dialog.getByRole("button", { name: "Ask and take over" }).click();
  await expect(dialog).toContainText("Nobody is registered with this e-mail.");
  await email.fill(emailOf("second"));
  await dialog.getByRole("button", { name: "Ask and take over" }).click();
  await expect(dialog).toContainText("Taken over");
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(found).toHaveCount(0);

  const { body } = await call<Transaction[]>("second", "/api/payment/transactions/?limit=100");
  expect(body.filter((one) => one.captured_amount === "42.17")).toMatchObject([
    { status: "success", refunded_amount: "0.00" },
  ]);
});

test("a case is dismissed with a note, never without one; who did it and why stays", async ({
  pageOf,
}) => {
  const { transactionId } = await aPaidOrder();
  await aDispute(transactionId, "20.00");
  const page = await pageOf("admin");
  await page.goto("/admin/cases?kind=dispute_open");
  await page.getByRole("button", { name: `Dismiss: Dispute open, ${transactionId}` }).click();
  const dialog = page.getByRole("dialog", { name: "Dismiss" });
  await dialog.getByRole("button", { name: "Dismiss the case" }).click();
  const note = dialog.getByLabel("Why nothing has to be done");
  await expect(note).toHaveAttribute("aria-invalid", "true");
  await expect(note).toBeFocused();
  await note.fill("Answered by telephone");
  await dialog.getByRole("button", { name: "Dismiss the case" }).click();
  await expect(dialog).toContainText("Dismissed");
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(caseOf(page, transactionId)).toHaveCount(0);
  await expect(page.locator("#main")).toBeFocused();

  await page.goto("/admin/cases?kind=dispute_open&status=resolved");
  const closed = caseOf(page, transactionId);
  await expect(closed).toContainText(`by ${emailOf("admin")}: Answered by telephone`);
  await expect(closed.getByRole("button")).toHaveCount(0);
});

test("support sees what waits and its evidence, and has no button", async ({ pageOf }) => {
  const { transactionId } = await aPaidOrder();
  await aDispute(transactionId, "20.00");
  const page = await pageOf("support");
  await page.goto("/admin/cases?kind=dispute_open");
  const found = caseOf(page, transactionId);
  await expect(found).toContainText("The bank holds back $20.00: the parts did not arrive.");
  await expect(found.getByRole("button")).toHaveCount(0);
  await found.getByRole("link", { name: transactionId }).click();
  await expect(page.getByRole("region", { name: "Needs attention" })).toContainText("Dispute open");
});

test("while the books are broken every page of the dashboard says so", async ({ pageOf }) => {
  const key = `invariant_violated:e2e-${randomUUID()}`;
  await sql(
    `INSERT INTO cases (kind, case_key, evidence)
     VALUES ('invariant_violated', $1, '{"rule": "a rule of this test", "count": 1}')`,
    [key],
  );
  try {
    const page = await pageOf("support");
    for (const path of ["/admin", "/admin/transactions", "/admin/disputes"]) {
      await page.goto(path);
      await expect(page.getByText("The books are wrong").first()).toBeVisible();
    }
    await page.getByRole("link", { name: "See what was found" }).click();
    await expect(page.getByText("The books break a rule: a rule of this test.")).toBeVisible();
  } finally {
    await sql("DELETE FROM cases WHERE case_key = $1", [key]);
  }
});
