import {
  countRequests,
  expectReceipt,
  gate,
  heading,
  notice,
  openCheckout,
  payButton,
  payWith,
  transactionCall,
} from "./checkout.ts";
import { expect, test } from "./fixtures.ts";
import {
  anOrder,
  aPayment,
  cards,
  expectNoCharge,
  expectOneCharge,
  transactionsOf,
  type Order,
} from "./shop.ts";

test("a shopper buys a part, pays, gets a receipt and finds the payment in the history", async ({
  pageOf,
}) => {
  const page = await pageOf("shopper");
  await page.goto("/");
  const ordered = page.waitForResponse((response) => response.url().endsWith("/api/orders/"));
  await page.getByRole("button", { name: /Buy now.*Battery AGM 70 Ah/ }).click();
  const order = (await (await ordered).json()) as Order;

  await page.waitForURL(`**/checkout/${order.order_number}`);
  await payWith(page, cards.succeeds);
  await expectReceipt(page, order);
  await expect(page.getByText("$150.00").first()).toBeVisible();
  await expect(page.getByText("Visa ending 4242")).toBeVisible();
  await expectOneCharge(order);

  const [transaction] = await transactionsOf(order);
  await page.getByRole("link", { name: "Transactions" }).click();
  const row = page.getByRole("row", { name: transaction!.transaction_id });
  await expect(row).toContainText("Paid");
  await expect(row).toContainText("$150.00");
  await row.getByRole("link", { name: transaction!.transaction_id }).click();
  await expect(heading(page, transaction!.transaction_id)).toBeVisible();
  await expect(page.getByText("the money was taken once")).toBeVisible();
});

for (const { card, reason } of [
  { card: cards.declined, reason: "Your bank declined this card" },
  { card: cards.withoutMoney, reason: "There is not enough money on this card" },
  { card: cards.expired, reason: "This card has expired" },
]) {
  test(`a declined shopper reads why (“${reason}”) and pays with another card, once`, async ({
    pageOf,
    expectInConsole,
  }) => {
    expectInConsole(/status of 402/);
    const order = await anOrder();
    const page = await pageOf("shopper");
    await openCheckout(page, order);
    await payWith(page, card);
    await expect(notice(page)).toContainText(reason);
    await expect(notice(page)).toContainText("Nothing was charged.");
    await expect(notice(page)).toBeFocused();
    await expectNoCharge(order);

    await payWith(page, cards.otherThatSucceeds);
    await expectReceipt(page, order);
    await expectOneCharge(order);
    expect(await transactionsOf(order)).toMatchObject([
      { status: "success" },
      { status: "failed" },
    ]);
  });
}

test("a mistyped card is refused in the form, and nothing is sent", async ({ pageOf }) => {
  const order = await anOrder();
  const page = await pageOf("shopper");
  const sent = countRequests(page, "/api/payment/");
  await openCheckout(page, order);
  await payWith(page, "4242424242424241");
  await expect(page.getByText("This card number is not right. Check each digit.")).toBeVisible();
  await expect(page.getByLabel("Card number")).toBeFocused();
  expect(sent()).toBe(0);
  await payWith(page, cards.succeeds);
  await expectReceipt(page, order);
});

test("3-D Secure: a shopper who confirms with the bank gets a receipt", async ({ pageOf }) => {
  const order = await anOrder();
  const page = await pageOf("shopper");
  await openCheckout(page, order);
  await payWith(page, cards.threeDSecure);
  await expect(heading(page, "Is this you?")).toBeVisible();
  await expect(page.getByText("$150.00")).toBeVisible();
  await expectNoCharge(order);

  await page.getByRole("button", { name: "Complete authentication" }).click();
  await page.waitForURL(`**/${order.order_number}**`);
  await expect(heading(page, "This order is paid")).toBeVisible();
  await page.getByRole("link", { name: "See the receipt" }).click();
  await expectReceipt(page, order);
  await expectOneCharge(order);
});

test("3-D Secure: a shopper who fails is told so and can pay again", async ({ pageOf }) => {
  const order = await anOrder();
  const page = await pageOf("shopper");
  await openCheckout(page, order);
  await payWith(page, cards.threeDSecure);
  await page.getByRole("button", { name: "Fail authentication" }).click();
  await expect(notice(page)).toContainText("Your bank could not confirm that it is you");
  await expect(notice(page)).toContainText("Nothing was charged.");
  await expectNoCharge(order);

  await payWith(page, cards.succeeds);
  await expectReceipt(page, order);
  await expectOneCharge(order);
});

test("3-D Secure: a shopper who leaves the bank's page finds the way back to it", async ({
  pageOf,
}) => {
  const { order } = await aPayment(cards.threeDSecure);
  const page = await pageOf("shopper");
  await page.goto(`/checkout/${order.order_number}`);
  await expect(heading(page, "Confirm the payment with your bank")).toBeVisible();
  await page.getByRole("link", { name: "Continue to your bank" }).click();
  await expect(heading(page, "Is this you?")).toBeVisible();
  await page.goBack();
  await expect(heading(page, "Confirm the payment with your bank")).toBeVisible();
  await page.getByRole("link", { name: "Continue to your bank" }).click();
  await page.getByRole("button", { name: "Complete authentication" }).click();
  await expect(heading(page, "This order is paid")).toBeVisible();
  await expectOneCharge(order);
});

test("an unknown outcome settles by itself: the bank is asked, the shopper pays nothing twice", async ({
  pageOf,
}) => {
  const order = await anOrder();
  const page = await pageOf("shopper");
  const charges = countRequests(page, "/api/payment/process/");
  const question = gate();
  await page.route(transactionCall, async (route) => {
    await question.pass();
    await route.continue();
  });
  await openCheckout(page, order);
  await payWith(page, cards.answerGetsLost);
  await expect(heading(page, "We are asking your bank")).toBeVisible();
  await expect(page.getByText("You will not be charged twice.")).toBeVisible();
  await expect(payButton(page)).toHaveCount(0);

  question.open();
  await expectReceipt(page, order);
  await expectOneCharge(order);
  expect(charges()).toBe(1);
});
