import { expect, type Page } from "@playwright/test";
import { openCheckout } from "./checkout.ts";
import type { Order } from "./shop.ts";

// Each gateway in the sandbox as a shopper uses it: its fields, window or page.

export type RemoteGateway = "stripe" | "paypal" | "razorpay" | "flutterwave";

/** `approved`: the shopper has something to confirm first (3-D Secure, a code, PayPal's own page). */
type Way = "approved" | "refused";

type Driver = {
  /** What the checkout's own button, or the gateway's, is called. */
  button: RegExp;
  /** Pays from the open checkout on, to where the gateway leads back. `press` presses the button. */
  pay: (page: Page, way: Way, press: () => Promise<void>) => Promise<void>;
  /** What a shopper is told whose payment is refused. */
  refusal: RegExp;
  /** Pays with something that works, from where a refusal has left the shopper. */
  payAfterRefusal: (page: Page) => Promise<void>;
  /** Begins to pay, leaves the gateway's window or page and asks for another way. */
  leave: (page: Page) => Promise<void>;
};

export const wayToPay = (page: Page, gateway: string) =>
  page.locator(`input[name="payment-method"][value="${gateway}"]`);

const buttonOf = (page: Page, gateway: RemoteGateway) =>
  page.getByRole("button", { name: drivers[gateway].button });

/** Chooses a way to pay on the open checkout and waits until it can be used. */
export async function choose(page: Page, gateway: RemoteGateway): Promise<void> {
  await wayToPay(page, gateway).check();
  await expect(buttonOf(page, gateway)).toBeEnabled({ timeout: 20_000 });
}

export async function openWay(page: Page, order: Order, gateway: RemoteGateway): Promise<void> {
  await openCheckout(page, order);
  await choose(page, gateway);
}

/** Pays on the open checkout; `clicks` is how often the button is pressed in quick succession. */
export async function payBy(
  page: Page,
  gateway: RemoteGateway,
  way: Way = "approved",
  clicks: 1 | 2 = 1,
): Promise<void> {
  const button = buttonOf(page, gateway);
  const press = () => (clicks === 1 ? button.click() : button.dblclick());
  await drivers[gateway].pay(page, way, press);
}

const stripeFields = (page: Page) => page.frameLocator('iframe[title="Card details (sandbox)"]');
const stripeBank = (page: Page) =>
  page.frameLocator(`iframe[title="Your bank's question (sandbox)"]`);
const razorpayWindow = (page: Page) => page.frameLocator('iframe[title="Razorpay sandbox"]');

async function fillStripe(page: Page, card: string): Promise<void> {
  await stripeFields(page).getByRole("button", { name: card, exact: true }).click();
}

async function openPayPal(page: Page, press: () => Promise<void>): Promise<Page> {
  const [popup] = await Promise.all([page.waitForEvent("popup"), press()]);
  await expect(popup.getByRole("button", { name: "Pay now" })).toBeVisible({ timeout: 20_000 });
  return popup;
}

async function fillRazorpay(page: Page, card: RegExp): Promise<void> {
  const frame = razorpayWindow(page);
  await frame.getByRole("button", { name: card }).click();
  await frame.getByRole("button", { name: /^Pay / }).click();
  await frame.getByLabel("One-time code").fill("1234");
  await frame.getByRole("button", { name: /^Confirm / }).click();
}

async function fillFlutterwave(page: Page, card: RegExp): Promise<void> {
  await page.getByText("Test cards", { exact: true }).click();
  await page.getByRole("row", { name: card }).first().getByRole("link").click();
  await page.getByRole("button", { name: /^Pay / }).click();
}

async function answerFlutterwave(page: Page): Promise<void> {
  await page.getByLabel("Card PIN").fill("3310");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByLabel("One-time code").fill("12345");
  await page.getByRole("button", { name: "Confirm the payment" }).click();
}

export const drivers: Readonly<Record<RemoteGateway, Driver>> = {
  stripe: {
    button: /^Pay \$/,
    refusal: /There is not enough money on this card.*Nothing was charged/s,
    pay: async (page, way, press) => {
      await fillStripe(page, way === "refused" ? "No funds" : "Asks for 3-D Secure");
      await press();
      if (way === "approved") {
        await stripeBank(page).getByRole("button", { name: "Complete" }).click();
      }
    },
    payAfterRefusal: async (page) => {
      await fillStripe(page, "Succeeds");
      await buttonOf(page, "stripe").click();
    },
    leave: async (page) => {
      await fillStripe(page, "Asks for 3-D Secure");
      await buttonOf(page, "stripe").click();
      await stripeBank(page).getByRole("button", { name: "Close and go back" }).click();
      await expect(page.getByTestId("payment-notice")).toContainText("The payment is not finished");
      await page.reload();
      await page.getByRole("button", { name: "Pay another way" }).click();
    },
  },
  paypal: {
    button: /^Pay with PayPal/,
    refusal: /declined.*Nothing was charged/s,
    pay: async (page, way, press) => {
      const popup = await openPayPal(page, press);
      if (way === "refused") await popup.getByLabel(/A card that is declined/).check();
      await popup.getByRole("button", { name: "Pay now" }).click();
    },
    payAfterRefusal: async (page) => {
      const popup = await openPayPal(page, () => buttonOf(page, "paypal").click());
      await popup.getByRole("button", { name: "Pay now" }).click();
    },
    leave: async (page) => {
      const popup = await openPayPal(page, () => buttonOf(page, "paypal").click());
      await popup.close();
    },
  },
  razorpay: {
    button: /^Pay \$.* with Razorpay$/,
    refusal: /The card has not enough money.*Nothing was charged/s,
    pay: async (page, way, press) => {
      await press();
      await fillRazorpay(page, way === "refused" ? /^Not enough money/ : /^Succeeds ·/);
    },
    // Razorpay lets the shopper try again in its own window.
    payAfterRefusal: (page) => fillRazorpay(page, /^Succeeds ·/),
    leave: async (page) => {
      await buttonOf(page, "razorpay").click();
      await razorpayWindow(page).getByRole("button", { name: "Cancel" }).click();
    },
  },
  flutterwave: {
    button: /^Continue to Flutterwave/,
    refusal: /There is not enough money on this card.*Nothing was charged/s,
    pay: async (page, way, press) => {
      await press();
      await fillFlutterwave(
        page,
        way === "refused" ? /insufficient funds/ : /PIN and code, succeeds/,
      );
      await answerFlutterwave(page);
    },
    payAfterRefusal: async (page) => {
      await buttonOf(page, "flutterwave").click();
      await fillFlutterwave(page, /succeeds at once/);
    },
    leave: async (page) => {
      await buttonOf(page, "flutterwave").click();
      await page.getByRole("button", { name: "Cancel and return to the shop" }).click();
      await page.getByRole("button", { name: "Pay another way" }).click();
    },
  },
};

/** Where a shopper is told that the payment was refused: Razorpay's window, which stays open, or our notice. */
export function refusalText(page: Page, gateway: RemoteGateway) {
  if (gateway === "razorpay") return razorpayWindow(page).getByRole("alert");
  return page.getByTestId("payment-notice");
}
