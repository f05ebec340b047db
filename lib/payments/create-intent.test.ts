import { expect, test } from "vitest";
import { aDummyConfiguration, anOrder, aViewer } from "../testing/builders.ts";
import { createIntent } from "./create-intent.ts";
import { processPayment } from "./process-payment.ts";

test("20 calls at once on one order make one intent", async () => {
  await aDummyConfiguration();
  const shopper = await aViewer();
  const order = await anOrder(shopper);
  const intents = await Promise.all(
    Array.from({ length: 20 }, () =>
      createIntent(shopper, { orderId: order.id, gateway: "dummy" }),
    ),
  );
  expect(new Set(intents.map((intent) => intent.transaction.transactionId)).size).toBe(1);
  expect(intents.filter((intent) => intent.created)).toHaveLength(1);
  expect(intents[0]).toMatchObject({
    publishableKey: "dummy_public_key",
    clientSecret: `dummy_secret_${intents[0]?.transaction.transactionId}`,
  });
});

test("a paid order is refused", async () => {
  await aDummyConfiguration();
  const shopper = await aViewer();
  const order = await anOrder(shopper);
  const { transaction } = await createIntent(shopper, { orderId: order.id, gateway: "dummy" });
  await processPayment(shopper, { transactionId: transaction.transactionId });
  await expect(
    createIntent(shopper, { orderId: order.id, gateway: "dummy" }),
  ).rejects.toMatchObject({
    code: "order_paid",
  });
});

test("another person's order is not there, an admin may pay it, support may not", async () => {
  await aDummyConfiguration();
  const order = await anOrder(await aViewer());
  const command = { orderId: order.id, gateway: "dummy" } as const;
  await expect(createIntent(await aViewer(), command)).rejects.toMatchObject({ code: "not_found" });
  await expect(createIntent(await aViewer("support"), command)).rejects.toMatchObject({
    code: "forbidden",
  });
  expect((await createIntent(await aViewer("admin"), command)).transaction.userId).toBe(
    order.userId,
  );
});

test("a gateway that is not configured is refused", async () => {
  const shopper = await aViewer();
  const order = await anOrder(shopper);
  await expect(
    createIntent(shopper, { orderId: order.id, gateway: "stripe" }),
  ).rejects.toMatchObject({
    code: "gateway_not_configured",
  });
});
