import {
  countRequests,
  expectPaidCheckout,
  expectReceipt,
  fillCard,
  gate,
  heading,
  intentCall,
  loseAnswer,
  notice,
  openCheckout,
  payButton,
  payWith,
  processCall,
} from "./checkout.ts";
import { expect, test } from "./fixtures.ts";
import { anOrder, cards, expectNoCharge, expectOneCharge, transactionsOf } from "./shop.ts";

// Whatever a shopper or the network does at the wrong moment: one order, one charge.

test.describe("pressing Pay more than once", () => {
  test("a double click is one payment", async ({ pageOf }) => {
    const order = await anOrder();
    const page = await pageOf("shopper");
    const charges = countRequests(page, "/api/payment/process/");
    await openCheckout(page, order);
    await fillCard(page, cards.succeeds);
    await payButton(page).dblclick();
    await expectReceipt(page, order);
    await expectOneCharge(order);
    expect(charges()).toBe(1);
  });

  test("Enter pressed twice is one payment", async ({ pageOf }) => {
    const order = await anOrder();
    const page = await pageOf("shopper");
    const charges = countRequests(page, "/api/payment/process/");
    await openCheckout(page, order);
    await fillCard(page, cards.succeeds);
    await page.getByLabel("Security code").focus();
    await Promise.all([page.keyboard.press("Enter"), page.keyboard.press("Enter")]);
    await expectReceipt(page, order);
    await expectOneCharge(order);
    expect(charges()).toBe(1);
  });

  test("two submissions in one instant, before the page can redraw, are one payment", async ({
    pageOf,
  }) => {
    const order = await anOrder();
    const page = await pageOf("shopper");
    const charges = countRequests(page, "/api/payment/process/");
    await openCheckout(page, order);
    await fillCard(page, cards.succeeds);
    await page.getByRole("form", { name: "Pay by card" }).evaluate((form: HTMLFormElement) => {
      form.requestSubmit();
      form.requestSubmit();
    });
    await expectReceipt(page, order);
    await expectOneCharge(order);
    expect(charges()).toBe(1);
  });
});

test.describe("leaving the checkout in the middle", () => {
  test("reloading after the bank was asked shows the order as paid", async ({
    pageOf,
    expectInConsole,
  }) => {
    expectInConsole(/ERR_FAILED|ERR_ABORTED/);
    const order = await anOrder();
    const page = await pageOf("shopper");
    const answer = gate();
    await page.route(processCall, async (route) => {
      await route.fetch();
      await answer.pass();
      await route.abort().catch(() => undefined);
    });
    await openCheckout(page, order);
    await payWith(page, cards.succeeds);
    await answer.reached;
    await page.reload();
    await expectPaidCheckout(page);
    answer.open();
    await expectOneCharge(order);
  });

  test("reloading before the bank was asked charges nothing, and the shopper can pay", async ({
    pageOf,
    expectInConsole,
  }) => {
    expectInConsole(/ERR_FAILED|ERR_ABORTED/);
    const order = await anOrder();
    const page = await pageOf("shopper");
    const line = gate();
    await page.route(
      processCall,
      async (route) => {
        await line.pass();
        await route.abort().catch(() => undefined);
      },
      { times: 1 },
    );
    await openCheckout(page, order);
    await payWith(page, cards.succeeds);
    await line.reached;
    await expect(page.getByRole("button", { name: "Paying…" })).toBeDisabled();
    await page.reload();
    line.open();
    await expectNoCharge(order);
    await payWith(page, cards.succeeds);
    await expectReceipt(page, order);
    await expectOneCharge(order);
    expect(await transactionsOf(order)).toHaveLength(1);
  });

  test("the back button after paying leads to a paid order, not to the card form", async ({
    pageOf,
  }) => {
    const order = await anOrder();
    const page = await pageOf("shopper");
    await openCheckout(page, order);
    await payWith(page, cards.succeeds);
    await expectReceipt(page, order);
    await page.goBack();
    await expectPaidCheckout(page);
    await page.getByRole("link", { name: "See the receipt" }).click();
    await expectReceipt(page, order);
    await expectOneCharge(order);
  });
});

test.describe("two tabs on one checkout", () => {
  test("paying in both at the same time charges once, and both show the order as paid", async ({
    pageOf,
    expectInConsole,
  }) => {
    // The one that comes second may be told so by a conflict.
    expectInConsole(/status of 409/);
    const order = await anOrder();
    const page = await pageOf("shopper");
    const other = await page.context().newPage();
    for (const [tab, card] of [
      [page, cards.succeeds],
      [other, cards.otherThatSucceeds],
    ] as const) {
      await openCheckout(tab, order);
      await fillCard(tab, card);
    }
    await Promise.all([page, other].map((tab) => payButton(tab).click()));
    await Promise.all([page, other].map((tab) => expectReceipt(tab, order)));
    await expectOneCharge(order);
  });

  test("a tab that was left open finds the order paid, and cannot pay it again", async ({
    pageOf,
    expectInConsole,
  }) => {
    expectInConsole(/status of 409/);
    const order = await anOrder();
    const page = await pageOf("shopper");
    const stale = await page.context().newPage();
    await openCheckout(stale, order);
    await fillCard(stale, cards.otherThatSucceeds);
    await openCheckout(page, order);
    await payWith(page, cards.succeeds);
    await expectReceipt(page, order);

    await payButton(stale).click();
    await expectReceipt(stale, order);
    await expectOneCharge(order);
  });
});

test.describe("a broken connection", () => {
  test("after the payment went through: the page finds out and shows the receipt", async ({
    pageOf,
    expectInConsole,
  }) => {
    expectInConsole(/ERR_CONNECTION_RESET/);
    const order = await anOrder();
    const page = await pageOf("shopper");
    const charges = countRequests(page, "/api/payment/process/");
    await page.route(processCall, loseAnswer);
    await openCheckout(page, order);
    await payWith(page, cards.succeeds);
    await expect(heading(page, "We are asking your bank")).toBeVisible();
    await expectReceipt(page, order);
    await expectOneCharge(order);
    expect(charges()).toBe(1);
  });

  test("after the payment was declined: the page finds out and says why", async ({
    pageOf,
    expectInConsole,
  }) => {
    expectInConsole(/ERR_CONNECTION_RESET/);
    const order = await anOrder();
    const page = await pageOf("shopper");
    await page.route(processCall, loseAnswer);
    await openCheckout(page, order);
    await payWith(page, cards.withoutMoney);
    await expect(notice(page)).toContainText("Nothing was charged.");
    await expectNoCharge(order);
  });

  test("before the payment went through: nothing is charged, and pressing Pay again pays once", async ({
    pageOf,
    expectInConsole,
  }) => {
    expectInConsole(/ERR_CONNECTION_RESET/);
    const order = await anOrder();
    const page = await pageOf("shopper");
    await page.route(processCall, (route) => route.abort("connectionreset"), { times: 1 });
    await openCheckout(page, order);
    await payWith(page, cards.succeeds);
    await expect(notice(page)).toContainText("Your payment did not reach us");
    await expect(notice(page)).toContainText("Nothing was charged.");
    await expectNoCharge(order);

    await payButton(page).click();
    await expectReceipt(page, order);
    await expectOneCharge(order);
    expect(await transactionsOf(order)).toHaveLength(1);
  });

  test("while the payment is prepared: trying again goes on with the same one", async ({
    pageOf,
    expectInConsole,
  }) => {
    expectInConsole(/ERR_CONNECTION_RESET/);
    const order = await anOrder();
    const page = await pageOf("shopper");
    await page.route(intentCall, loseAnswer, { times: 1 });
    await openCheckout(page, order);
    await payWith(page, cards.succeeds);
    await expect(notice(page)).toContainText("No connection");
    await expect(notice(page)).toContainText("Nothing was charged.");

    await payButton(page).click();
    await expectReceipt(page, order);
    await expectOneCharge(order);
    expect(await transactionsOf(order)).toHaveLength(1);
  });

  test("offline while the outcome is unknown: the page says so, and goes on once it is back", async ({
    pageOf,
    expectInConsole,
  }) => {
    expectInConsole(/ERR_CONNECTION_RESET|ERR_INTERNET_DISCONNECTED/);
    const order = await anOrder();
    const page = await pageOf("shopper");
    await page.route(processCall, async (route) => {
      await route.fetch();
      await page.context().setOffline(true);
      await route.abort("connectionreset");
    });
    await openCheckout(page, order);
    await payWith(page, cards.succeeds);
    await expect(page.getByText("There is no connection at the moment.")).toBeVisible();
    await page.context().setOffline(false);
    await expectReceipt(page, order);
    await expectOneCharge(order);
  });
});
