import { expect, type Page, type Request, type Route } from "@playwright/test";
import type { Order } from "./shop.ts";

// The checkout as a shopper uses it, and the ways to break the line to it.

export const processCall = "**/api/payment/process/**";
export const intentCall = "**/api/payment/create-intent/**";
export const refundCall = "**/api/payment/refund/**";
export const transactionCall = /\/api\/payment\/transactions\/TXN-[0-9A-F]+\/?$/;

export const payButton = (page: Page) => page.getByRole("button", { name: /^Pay(ing…| \$)/ });
export const notice = (page: Page) => page.getByTestId("payment-notice");
export const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { name });

/** Opens the checkout of an order, ready to be paid. */
export async function openCheckout(page: Page, order: Order): Promise<void> {
  await page.goto(`/checkout/${order.order_number}`);
  // Disabled until the page's script runs: what is typed before that could be lost.
  await expect(payButton(page)).toBeEnabled();
}

export async function fillCard(page: Page, card: string): Promise<void> {
  const year = String((new Date().getUTCFullYear() + 2) % 100).padStart(2, "0");
  await page.getByLabel("Card number").fill(card);
  await page.getByLabel("Expiry date").fill(`12/${year}`);
  await page.getByLabel("Security code").fill("123");
}

/** Fills the card form of the open checkout and presses Pay. */
export async function payWith(page: Page, card: string): Promise<void> {
  await expect(payButton(page)).toBeEnabled();
  await fillCard(page, card);
  await payButton(page).click();
}

export async function expectReceipt(page: Page, order: Order): Promise<void> {
  await page.waitForURL(`**/orders/${order.order_number}/receipt`);
  await expect(page.getByText("Payment received")).toBeVisible();
  await expect(page.getByText("You were charged once, and nothing more is due.")).toBeVisible();
}

export async function expectPaidCheckout(page: Page): Promise<void> {
  await expect(heading(page, "This order is paid")).toBeVisible();
  await expect(payButton(page)).toHaveCount(0);
}

/** A gate that requests wait at. `reached` is when the first one came. */
export function gate(): { reached: Promise<void>; pass: () => Promise<void>; open: () => void } {
  const opened = Promise.withResolvers<void>();
  const came = Promise.withResolvers<void>();
  const pass = async () => {
    came.resolve();
    await opened.promise;
  };
  return { reached: came.promise, pass, open: opened.resolve };
}

/** The server gets the request and answers; the answer never arrives. */
export async function loseAnswer(route: Route): Promise<void> {
  await route.fetch();
  await route.abort("connectionreset");
}

/** Counts the requests of a page whose address contains `part`. */
export function countRequests(page: Page, part: string): () => number {
  const seen: Request[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST" && request.url().includes(part)) seen.push(request);
  });
  return () => seen.length;
}
