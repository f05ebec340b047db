import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import {
  fillCard,
  gate,
  heading,
  notice,
  openCheckout,
  payButton,
  payWith,
  processCall,
  refundCall,
  transactionCall,
} from "./checkout.ts";
import { expect, test } from "./fixtures.ts";
import { aDispute } from "./gateway-side.ts";
import { openWay } from "./gateways.ts";
import { aHeldOrder, anOrder, aPaidOrder, aPayment, call, cards } from "./shop.ts";

const schemes = ["light", "dark"] as const;
const widths = [360, 1280] as const;

/** Colours fade from one to the other: measured in the middle they are neither. Spinners never end. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const finite = document
      .getAnimations()
      .filter((animation) => Number.isFinite(animation.effect?.getComputedTiming().endTime));
    await Promise.allSettled(finite.map((animation) => animation.finished));
  });
}

/** No serious violation on the page as it stands, in both schemes and widths, and nothing cut off sideways. */
async function expectAccessible(page: Page): Promise<void> {
  const found: string[] = [];
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      await settled(page);
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const { id, impact, nodes } of violations) {
        if (impact !== "serious" && impact !== "critical") continue;
        const where = nodes.map((node) => node.target.join(" ")).join("; ");
        found.push(`${width} px, ${colorScheme}: ${id} at ${where}`);
      }
    }
    const excess = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (excess > 0) found.push(`${width} px: the page is ${excess} px too wide`);
  }
  expect(found).toEqual([]);
}

test("for a visitor: the catalogue", async ({ pageOf }) => {
  const page = await pageOf("visitor");
  await page.goto("/");
  await expect(heading(page, "Parts for your car")).toBeVisible();
  await expectAccessible(page);
});

test("sign in, with an error in the form", async ({ pageOf }) => {
  const page = await pageOf("visitor");
  await page.goto("/signin");
  await expectAccessible(page);
  await page.getByRole("main").getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByText("Enter your password.")).toBeVisible();
  await expectAccessible(page);
});

for (const { name, person, path, title, status = 200 } of [
  { name: "sign up", person: "visitor", path: "/signup", title: "Create an account" },
  { name: "the catalogue", person: "shopper", path: "/", title: "Parts for your car" },
  {
    name: "a search without a result",
    person: "shopper",
    path: "/?q=zzz",
    title: "Parts for your car",
  },
  { name: "account", person: "shopper", path: "/account", title: "Account" },
  { name: "orders", person: "shopper", path: "/orders", title: "Your orders" },
  { name: "transactions", person: "shopper", path: "/transactions", title: "Your transactions" },
  {
    name: "not found",
    person: "shopper",
    path: "/transactions/TXN-000000000000",
    title: "There is nothing here",
    status: 404,
  },
  {
    name: "an unknown address",
    person: "visitor",
    path: "/nowhere",
    title: "There is nothing here",
    status: 404,
  },
  { name: "admin overview", person: "admin", path: "/admin", title: "Overview" },
  {
    name: "admin transactions",
    person: "admin",
    path: "/admin/transactions",
    title: "Transactions",
  },
  { name: "admin cases", person: "admin", path: "/admin/cases", title: "Needs attention" },
  { name: "admin disputes", person: "admin", path: "/admin/disputes", title: "Disputes" },
  { name: "admin webhooks", person: "admin", path: "/admin/webhooks", title: "Webhooks" },
  {
    name: "admin reconciliation",
    person: "admin",
    path: "/admin/reconciliation",
    title: "Reconciliation",
  },
  {
    name: "admin not found",
    person: "admin",
    path: "/admin/transactions/TXN-000000000000",
    title: "There is nothing here",
    status: 404,
  },
] as const) {
  test(`${name} (${path})`, async ({ pageOf, expectInConsole }) => {
    if (status === 404) expectInConsole(/status of 404/);
    if (person === "shopper") await aPaidOrder();
    const page = await pageOf(person);
    expect((await page.goto(path))?.status()).toBe(status);
    await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
    await expectAccessible(page);
  });
}

test("an order, its receipt and its transaction, paid and partly refunded", async ({ pageOf }) => {
  const { order, transactionId } = await aPaidOrder();
  await call("admin", "/api/payment/refund/", {
    transaction_id: transactionId,
    amount: "10.00",
    reason: "Late",
  });
  const page = await pageOf("shopper");
  for (const path of [
    `/orders/${order.order_number}`,
    `/orders/${order.order_number}/receipt`,
    `/transactions/${transactionId}`,
  ]) {
    await page.goto(path);
    await expectAccessible(page);
  }
});

test("checkout: the form, empty and with errors", async ({ pageOf }) => {
  const order = await anOrder();
  const page = await pageOf("shopper");
  await openCheckout(page, order);
  await expectAccessible(page);
  await payButton(page).click();
  await expect(page.getByText("Enter the security code.")).toBeVisible();
  await expectAccessible(page);
});

for (const gateway of ["stripe", "paypal", "razorpay", "flutterwave"] as const) {
  test(`checkout: paying by ${gateway}`, async ({ pageOf }) => {
    const order = await anOrder();
    const page = await pageOf("shopper");
    await openWay(page, order, gateway);
    await expectAccessible(page);
  });
}

test("checkout: a payment at a gateway that waits for the shopper", async ({ pageOf }) => {
  const order = await anOrder();
  const intent = await call<{ transaction_id: string }>("shopper", "/api/payment/create-intent/", {
    order_id: order.id,
    gateway: "razorpay",
  });
  await call("shopper", "/api/payment/process/", { transaction_id: intent.body.transaction_id });
  const page = await pageOf("shopper");
  await page.goto(`/checkout/${order.order_number}`);
  await expect(heading(page, "Finish the payment with Razorpay")).toBeVisible();
  await expectAccessible(page);
});

test("checkout: sending", async ({ pageOf, expectInConsole }) => {
  expectInConsole(/ERR_FAILED/);
  const order = await anOrder();
  const page = await pageOf("shopper");
  const line = gate();
  await page.route(processCall, async (route) => {
    await line.pass();
    await route.abort().catch(() => undefined);
  });
  await openCheckout(page, order);
  await fillCard(page, cards.succeeds);
  await payButton(page).click();
  await line.reached;
  await expectAccessible(page);
  line.open();
});

test("checkout: declined", async ({ pageOf, expectInConsole }) => {
  expectInConsole(/status of 402/);
  const order = await anOrder();
  const page = await pageOf("shopper");
  await openCheckout(page, order);
  await payWith(page, cards.declined);
  await expect(notice(page)).toContainText("Your bank declined this card");
  await expectAccessible(page);
});

test("checkout: asking the bank", async ({ pageOf, expectInConsole }) => {
  expectInConsole(/ERR_FAILED/);
  const order = await anOrder();
  const page = await pageOf("shopper");
  await page.route(transactionCall, (route) => route.abort());
  await openCheckout(page, order);
  await payWith(page, cards.answerGetsLost);
  await expect(page.getByText("There is no connection at the moment.")).toBeVisible();
  await expectAccessible(page);
});

test("checkout: waiting for the shopper, and the bank's page before and after the answer", async ({
  pageOf,
}) => {
  const { order, nextUrl } = await aPayment(cards.threeDSecure);
  const page = await pageOf("shopper");
  await page.goto(`/checkout/${order.order_number}`);
  await expect(heading(page, "Confirm the payment with your bank")).toBeVisible();
  await expectAccessible(page);
  await page.goto(nextUrl);
  await expect(heading(page, "Is this you?")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Complete authentication" }).click();
  await expect(heading(page, "This order is paid")).toBeVisible();
  await expectAccessible(page);
  await page.goto(nextUrl);
  await expect(page.getByText("You have confirmed this payment")).toBeVisible();
  await expectAccessible(page);
});

test("admin: a transaction, the open refund dialog, its error and its outcome", async ({
  pageOf,
}) => {
  const { transactionId } = await aPaidOrder();
  const page = await pageOf("admin");
  await page.goto(`/admin/transactions/${transactionId}`);
  await expectAccessible(page);

  const line = gate();
  await page.route(refundCall, async (route) => {
    await line.pass();
    await route.continue();
  });
  await page.getByRole("button", { name: "Refund", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Refund" });
  await expect(dialog).toBeVisible();
  await expectAccessible(page);
  await dialog.getByLabel("Amount in USD").fill("1000");
  await expect(dialog).toContainText("Only $150.00 is left to refund.");
  await expectAccessible(page);
  await dialog.getByLabel("Amount in USD").fill("10.00");
  await dialog.getByRole("button", { name: "Refund $10.00" }).click();
  await line.reached;
  await expectAccessible(page);
  line.open();
  await expect(dialog).toContainText("$10.00 refunded");
  await expectAccessible(page);
});

// The lists grow with every other test: each is looked at where it is short.
for (const { path, name } of [
  { path: "/admin/cases?kind=dispute_open", name: "cases" },
  { path: "/admin/disputes", name: "disputes" },
]) {
  test(`admin: ${name} with something in them`, async ({ pageOf }) => {
    const { transactionId } = await aPaidOrder();
    await aDispute(transactionId, "20.00");
    const page = await pageOf("admin");
    await page.goto(path);
    await expect(page.getByText(transactionId).first()).toBeVisible();
    await expectAccessible(page);
  });
}

test("admin: a disputed transaction, and the dialog of its case with an error", async ({
  pageOf,
}) => {
  const { transactionId } = await aPaidOrder();
  await aDispute(transactionId, "20.00");
  const page = await pageOf("admin");
  await page.goto(`/admin/transactions/${transactionId}`);
  await expect(page.getByRole("region", { name: "Disputes" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: /^Dismiss/ }).click();
  const dialog = page.getByRole("dialog", { name: "Dismiss" });
  await dialog.getByRole("button", { name: "Dismiss the case" }).click();
  await expect(dialog).toContainText("Say why nothing has to be done.");
  await expectAccessible(page);
});

test("admin: a comparison and what came of it", async ({ pageOf }) => {
  const page = await pageOf("admin");
  await page.goto("/admin/reconciliation");
  await page.getByRole("button", { name: "Compare now" }).click();
  await expect(page.getByRole("status")).toContainText("compared");
  await expectAccessible(page);
});

test("held money: the receipt of the shopper, and the open capture dialog of an admin", async ({
  pageOf,
}) => {
  const { order, transactionId } = await aHeldOrder();
  const shopper = await pageOf("shopper");
  for (const path of [`/orders/${order.order_number}/receipt`, `/checkout/${order.order_number}`]) {
    await shopper.goto(path);
    await expect(shopper.getByText("Payment authorised").first()).toBeVisible();
    await expectAccessible(shopper);
  }
  const page = await pageOf("admin");
  await page.goto(`/admin/transactions/${transactionId}?capture=all`);
  await expect(page.getByRole("dialog", { name: "Capture" })).toBeVisible();
  await expectAccessible(page);
});

test("admin: a declined transaction as support sees it", async ({ pageOf }) => {
  const { transactionId } = await aPayment(cards.declined);
  const page = await pageOf("support");
  await page.goto(`/admin/transactions/${transactionId}`);
  await expect(heading(page, transactionId)).toBeVisible();
  await expectAccessible(page);
});
