import type { Locator, Page } from "@playwright/test";
import { expectReceipt, heading, notice, payButton } from "./checkout.ts";
import { expect, test } from "./fixtures.ts";
import {
  aPaidOrder,
  cards,
  demoPassword,
  emailOf,
  expectOneCharge,
  refundsOf,
  type Order,
} from "./shop.ts";

// No journey here touches the mouse: Tab, Enter, Escape and typing only.

// More stops than any page of the shop has.
const maxStops = 120;

/** Whether what has the focus shows it: an outline, or a ring drawn as a shadow. */
function showsFocus(): boolean {
  const element = document.activeElement;
  if (element === null || element === document.body) return true;
  const style = getComputedStyle(element);
  const outlined = style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 1;
  return outlined || style.boxShadow !== "none";
}

/** Presses Tab until the control has the focus; each stop on the way has to show where it is. */
async function tabTo(page: Page, control: Locator): Promise<void> {
  await expect(control).toBeEnabled();
  const target = await control.elementHandle();
  for (let stop = 0; stop < maxStops; stop += 1) {
    await page.keyboard.press("Tab");
    expect(await page.evaluate(showsFocus), `the focus is visible at stop ${stop + 1}`).toBe(true);
    if (await page.evaluate((element) => element === document.activeElement, target)) return;
  }
  throw new Error(`Tab never reached ${String(control)}`);
}

async function follow(page: Page, control: Locator): Promise<void> {
  await tabTo(page, control);
  await page.keyboard.press("Enter");
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.goto("/signin");
  await expect(
    page.getByRole("main").getByRole("button", { name: "Sign in", exact: true }),
  ).toBeEnabled();
  await tabTo(page, page.getByLabel("E-mail"));
  await page.keyboard.type(email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(demoPassword);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: `Account of ${email}` })).toBeVisible();
}

async function typeCard(page: Page, card: string): Promise<void> {
  await tabTo(page, page.getByLabel("Card number"));
  await page.keyboard.type(card);
  await page.keyboard.press("Tab");
  await page.keyboard.type("1230");
  await page.keyboard.press("Tab");
  await page.keyboard.type("123");
}

test("a shopper signs in, buys and pays by keyboard alone", async ({ pageOf }) => {
  const page = await pageOf("visitor");
  await signIn(page, emailOf("shopper"));
  const ordered = page.waitForResponse((response) => response.url().endsWith("/api/orders/"));
  await follow(page, page.getByRole("button", { name: /Buy now.*Battery AGM 70 Ah/ }));
  const order = (await (await ordered).json()) as Order;

  await page.waitForURL(`**/checkout/${order.order_number}`);
  await expect(payButton(page)).toBeEnabled();
  await typeCard(page, cards.succeeds);
  await follow(page, payButton(page));
  await expectReceipt(page, order);
  await expectOneCharge(order);

  await follow(page, page.getByRole("link", { name: "Transactions" }));
  await expect(heading(page, "Your transactions")).toBeVisible();
});

test("a declined shopper is brought to the reason, and pays with another card by keyboard alone", async ({
  pageOf,
  expectInConsole,
}) => {
  expectInConsole(/status of 402/);
  const page = await pageOf("visitor");
  await signIn(page, emailOf("second"));
  const ordered = page.waitForResponse((response) => response.url().endsWith("/api/orders/"));
  await follow(page, page.getByRole("button", { name: /Buy now.*Oil filter/ }));
  const order = (await (await ordered).json()) as Order;
  await expect(payButton(page)).toBeEnabled();
  await typeCard(page, cards.declined);
  await page.keyboard.press("Enter");
  await expect(notice(page)).toBeFocused();

  // What was typed is still there: the number is replaced, the rest stays.
  await tabTo(page, page.getByLabel("Card number"));
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(cards.threeDSecure);
  await page.keyboard.press("Enter");
  await expect(heading(page, "Is this you?")).toBeVisible();
  await follow(page, page.getByRole("button", { name: "Complete authentication" }));
  await expect(heading(page, "This order is paid")).toBeVisible();
  await follow(page, page.getByRole("link", { name: "See the receipt" }));
  await expectReceipt(page, order);
});

test("the skip link leads past the header", async ({ pageOf }) => {
  const page = await pageOf("shopper");
  await page.goto("/");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#main")).toBeFocused();
});

test("an admin finds a payment and refunds a part of it by keyboard alone", async ({ pageOf }) => {
  const { transactionId } = await aPaidOrder();
  const page = await pageOf("visitor");
  await signIn(page, emailOf("admin"));
  await follow(page, page.getByRole("link", { name: "Dashboard" }));
  await expect(heading(page, "Overview")).toBeVisible();
  await follow(page, page.getByRole("navigation").getByRole("link", { name: "Transactions" }));
  await expect(heading(page, "Transactions")).toBeVisible();
  await tabTo(page, page.getByLabel("Search"));
  await page.keyboard.type(transactionId);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/admin/transactions?*");
  await follow(page, page.getByRole("link", { name: transactionId }));
  await expect(heading(page, transactionId)).toBeVisible();

  const trigger = page.getByRole("button", { name: "Refund", exact: true });
  await follow(page, trigger);
  const dialog = page.getByRole("dialog", { name: "Refund" });
  // Escape means something only once the focus is inside.
  await expect(dialog.locator(":focus")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(trigger).toBeFocused();

  await page.keyboard.press("Enter");
  await expect(dialog.locator(":focus")).toHaveCount(1);
  await tabTo(page, dialog.getByLabel("Amount in USD"));
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("25.00");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Scratched");
  await follow(page, dialog.getByRole("button", { name: "Refund $25.00" }));
  await expect(dialog).toContainText("$25.00 refunded");
  await follow(page, dialog.getByRole("button", { name: "Done" }));
  await expect(trigger).toBeFocused();
  expect(await refundsOf(transactionId)).toMatchObject([{ amount: "25.00", status: "refunded" }]);
});

test("the focus stays inside the open refund dialog", async ({ pageOf }) => {
  const { transactionId } = await aPaidOrder();
  const page = await pageOf("admin");
  await page.goto(`/admin/transactions/${transactionId}`);
  await follow(page, page.getByRole("button", { name: "Refund", exact: true }));
  const dialog = page.getByRole("dialog", { name: "Refund" });
  await expect(dialog).toBeVisible();
  for (let stop = 0; stop < 12; stop += 1) {
    await page.keyboard.press("Tab");
    expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  }
});
