import type { Page } from "@playwright/test";
import {
  countRequests,
  expectReceipt,
  gate,
  heading,
  intentCall,
  notice,
  openCheckout,
  payWith,
  processCall,
} from "./checkout.ts";
import { expect, test } from "./fixtures.ts";
import { bookOf } from "./gateway-side.ts";
import {
  choose,
  drivers,
  openWay,
  payBy,
  refusalText,
  wayToPay,
  type RemoteGateway,
} from "./gateways.ts";
import {
  anOrder,
  call,
  cards,
  expectNoCharge,
  expectOneCharge,
  orderNow,
  refundsOf,
  transactionsOf,
  type Order,
} from "./shop.ts";

// Every gateway from end to end, in its sandbox: the shopper's browser, the shop, the gateway's own book.

const gateways = ["stripe", "paypal", "razorpay", "flutterwave"] as const;
const phone = { width: 360, height: 740 };
const patience = { timeout: 30_000 };

/** Back from the gateway: the receipt comes by itself, or behind a link where the shopper was away. */
async function expectPaid(page: Page, order: Order, gateway: RemoteGateway): Promise<void> {
  if (gateway === "flutterwave") {
    await expect(heading(page, "This order is paid")).toBeVisible(patience);
    await page.getByRole("link", { name: "See the receipt" }).click();
  }
  await page.waitForURL(`**/orders/${order.order_number}/receipt`, patience);
  await expectReceipt(page, order);
  await expectOneCharge(order);
}

async function paidTransaction(order: Order): Promise<string> {
  const paid = (await transactionsOf(order)).find(
    ({ captured_amount }) => captured_amount !== "0.00",
  );
  expect(paid, "a paid transaction").toBeDefined();
  return paid?.transaction_id ?? "";
}

/** The gateway's own book has the payment once, with exactly these refunds of it, in cents. */
async function expectInBook(
  gateway: RemoteGateway,
  transactionId: string,
  refunds: readonly string[],
): Promise<void> {
  const given = String(refunds.reduce((sum, amount) => sum + Number(amount), 0));
  const read = async () => {
    const book = await bookOf(gateway);
    const charges = book.charges.filter(
      ({ merchant_reference, captured_minor }) =>
        merchant_reference === transactionId && captured_minor !== "0",
    );
    const ids = new Set(charges.map(({ reference }) => reference));
    return {
      charges: charges.map((charge) => [
        charge.currency,
        charge.captured_minor,
        charge.refunded_minor,
      ]),
      refunds: book.refunds
        .filter(({ charge_reference }) => ids.has(charge_reference))
        .map(({ amount_minor }) => amount_minor)
        .sort(),
    };
  };
  await expect
    .poll(read, patience)
    .toEqual({ charges: [["USD", "15000", given]], refunds: [...refunds].sort() });
}

async function refundInDashboard(page: Page, typed: string, shown: string): Promise<void> {
  await page.getByRole("button", { name: "Refund", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Refund" });
  await dialog.getByLabel("Amount in USD").fill(typed);
  await dialog.getByRole("button", { name: `Refund ${shown}` }).click();
  await expect(dialog).toContainText(
    new RegExp(`${shown.replace(/[$.]/g, "\\$&")} (refunded|on its way)`),
    patience,
  );
  await dialog.getByRole("button", { name: "Done" }).click();
}

for (const gateway of gateways) {
  test.describe(gateway, () => {
    test("a shopper pays with what their bank asks for; an admin refunds a part, then the rest; both books agree", async ({
      pageOf,
    }) => {
      const order = await anOrder();
      const page = await pageOf("shopper");
      await openWay(page, order, gateway);
      await payBy(page, gateway);
      await expectPaid(page, order, gateway);
      const transactionId = await paidTransaction(order);
      await expectInBook(gateway, transactionId, []);

      const admin = await pageOf("admin");
      await admin.goto(`/admin/transactions/${transactionId}`);
      await refundInDashboard(admin, "50.00", "$50.00");
      await expectInBook(gateway, transactionId, ["5000"]);
      await expect
        .poll(async () => (await refundsOf(transactionId)).map(({ status }) => status), patience)
        .toEqual(["refunded"]);
      await admin.reload();
      await refundInDashboard(admin, "100.00", "$100.00");
      await expectInBook(gateway, transactionId, ["10000", "5000"]);
      await expect
        .poll(() => transactionsOf(order), patience)
        .toMatchObject([{ status: "refunded", refunded_amount: "150.00" }]);
    });

    test("a refused payment is told in words, and a second try pays", async ({
      pageOf,
      expectInConsole,
    }) => {
      expectInConsole(/status of (400|402)/);
      const order = await anOrder();
      const page = await pageOf("shopper");
      await openWay(page, order, gateway);
      await payBy(page, gateway, "refused");
      await expect(refusalText(page, gateway)).toContainText(drivers[gateway].refusal, patience);
      await expectNoCharge(order);
      if (gateway !== "razorpay") await choose(page, gateway);
      await drivers[gateway].payAfterRefusal(page);
      await expectPaid(page, order, gateway);
      await expectInBook(gateway, await paidTransaction(order), []);
    });

    test("a shopper who leaves the gateway pays another way, once", async ({ pageOf }) => {
      const order = await anOrder();
      const page = await pageOf("shopper");
      await openWay(page, order, gateway);
      await drivers[gateway].leave(page);
      await expect(notice(page)).toContainText("Payment cancelled", patience);
      await expect(notice(page)).toContainText("Nothing was charged.");
      await expectNoCharge(order);
      await wayToPay(page, "dummy").check();
      await payWith(page, cards.succeeds);
      await expectReceipt(page, order);
      await expectOneCharge(order);
    });

    test("a shopper who pays there and never comes back has paid", async ({
      pageOf,
      expectInConsole,
    }) => {
      expectInConsole(/ERR_FAILED|ERR_ABORTED/);
      const order = await anOrder();
      const page = await pageOf("shopper");
      await openWay(page, order, gateway);
      // The first call claims the order; no other leaves the browser, nor does it find the way back.
      const back = gate();
      let calls = 0;
      await page.route(processCall, async (route) => {
        calls += 1;
        return calls === 1 ? route.continue() : back.pass();
      });
      await page.route("**/v3/hosted/pay/*/step/*", async (route) => {
        if (!route.request().postData()?.startsWith("otp=")) return route.continue();
        await route.fetch({ maxRedirects: 0 });
        await back.pass();
      });
      const paying = payBy(page, gateway).catch(() => undefined);
      await back.reached;
      await page.close();
      await paying;
      await expect.poll(async () => (await orderNow(order)).status, patience).toBe("paid");
      await expectOneCharge(order);
      back.open();
    });

    test("on a phone, a double click is one payment", async ({ pageOf }) => {
      const order = await anOrder();
      const page = await pageOf("shopper");
      await page.setViewportSize(phone);
      const begun = countRequests(page, "/api/payment/create-intent/");
      await openWay(page, order, gateway);
      await payBy(page, gateway, "approved", 2);
      await expectPaid(page, order, gateway);
      expect(await transactionsOf(order)).toHaveLength(1);
      expect(begun()).toBe(1);
      await expectInBook(gateway, await paidTransaction(order), []);
    });
  });
}

for (const gateway of ["stripe", "razorpay"] as const) {
  test(`${gateway}: a payment that was begun on a page that is gone is gone on with`, async ({
    pageOf,
  }) => {
    const order = await anOrder();
    const intent = await call<{ transaction_id: string }>(
      "shopper",
      "/api/payment/create-intent/",
      { order_id: order.id, gateway },
    );
    const { transaction_id } = intent.body;
    await call("shopper", "/api/payment/process/", { transaction_id });
    const page = await pageOf("shopper");
    await page.goto(`/checkout/${order.order_number}`);
    await expect(heading(page, /^Finish the payment with (Stripe|Razorpay)$/)).toBeVisible();
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(wayToPay(page, gateway)).toBeChecked();
    await payBy(page, gateway);
    await expectPaid(page, order, gateway);
    expect(await transactionsOf(order)).toMatchObject([{ transaction_id }]);
  });
}

test("a gateway that is not reached is named, and the next way to pay is chosen", async ({
  pageOf,
  expectInConsole,
}) => {
  expectInConsole(/502/);
  const order = await anOrder();
  const page = await pageOf("shopper");
  await page.route(intentCall, async (route) => {
    if (route.request().postDataJSON().gateway !== "paypal") return route.continue();
    const error = "The payment gateway was not reached. Nothing was charged.";
    await route.fulfill({ status: 502, json: { error, code: "gateway_unreachable" } });
  });
  await openCheckout(page, order);
  // Chosen, and given up by the page before it could be seen.
  await wayToPay(page, "paypal").click();
  await expect(notice(page)).toContainText("PayPal was not reached");
  await expect(notice(page)).toContainText("Nothing was charged.");
  await expect(wayToPay(page, "dummy")).toBeChecked();
  await payWith(page, cards.succeeds);
  await expectReceipt(page, order);
  await expectOneCharge(order);
});

test("scripts, frames and calls are allowed for exactly the hosts of the active gateways, and each of those is used", async ({
  pageOf,
}) => {
  const order = await anOrder();
  const page = await pageOf("shopper");
  const answer = await page.goto(`/checkout/${order.order_number}`);
  const policy = answer?.headers()["content-security-policy"] ?? "";
  const own = new URL(page.url()).origin;
  const sandbox = new URL(process.env.SANDBOX_URL ?? "http://127.0.0.1:8010");
  // Stripe, PayPal and Razorpay; of Flutterwave nothing is loaded here.
  const hosts = [1, 2, 3].map((offset) => `http://127.0.0.1:${Number(sandbox.port) + offset}`);
  for (const directive of ["script-src", "frame-src", "connect-src"]) {
    const values = policy.split("; ").find((part) => part.startsWith(`${directive} `)) ?? "";
    const foreign = values.split(" ").filter((value) => /^https?:/.test(value));
    expect(foreign.sort(), directive).toEqual(hosts);
  }
  expect(policy).not.toMatch(/strict-dynamic|unsafe-eval/);

  const loaded = new Set<string>();
  page.on("request", (request) => {
    if (request.resourceType() === "script" && request.frame() === page.mainFrame())
      loaded.add(new URL(request.url()).origin);
  });
  await page.reload();
  for (const gateway of gateways) await choose(page, gateway);
  // Razorpay's script comes when it is needed.
  await choose(page, "razorpay");
  await page.getByRole("button", { name: drivers.razorpay.button }).click();
  await expect(page.locator('iframe[title="Razorpay sandbox"]')).toBeVisible();
  expect([...loaded].sort()).toEqual([own, ...hosts].sort());
});
