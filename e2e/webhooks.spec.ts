import { expect, test } from "./fixtures.ts";
import { sql } from "./gateway-side.ts";
import { aPaidOrder, call } from "./shop.ts";

type WebhookEvent = { id: number; event_id: string; type: string; state: string };

/** The event of a payment's charge, once it has been taken in. */
async function takenIn(transactionId: string): Promise<WebhookEvent> {
  const path = `/api/payment/webhook-events/?transaction_id=${transactionId}`;
  await expect
    .poll(async () => (await call<WebhookEvent[]>("admin", path)).body[0]?.state, {
      timeout: 20_000,
    })
    .toBe("processed");
  const event = (await call<WebhookEvent[]>("admin", path)).body[0];
  if (!event) throw new Error("an event was there");
  return event;
}

test("what a gateway told is listed with its payment; what was given up is replayed by an admin", async ({
  pageOf,
}) => {
  const { transactionId } = await aPaidOrder();
  const event = await takenIn(transactionId);
  await sql(
    "UPDATE webhook_events SET state = 'dead', attempts = 8, last_error = 'Broken' WHERE id = $1",
    [event.id],
  );

  const support = await pageOf("support");
  await support.goto("/admin/webhooks?state=dead&gateway=dummy");
  const seen = support.getByRole("row").filter({ hasText: event.event_id });
  await expect(seen).toContainText("Given up");
  await expect(seen).toContainText("Broken");
  await expect(seen.getByRole("button")).toHaveCount(0);

  const page = await pageOf("admin");
  await page.goto("/admin/webhooks?state=dead&gateway=dummy");
  await page.getByRole("button", { name: `Replay ${event.event_id}` }).click();
  await expect(page.getByText("Being tried again.")).toBeVisible();
  await takenIn(transactionId);
  await page.goto("/admin/webhooks?state=processed");
  const row = page.getByRole("row").filter({ hasText: event.event_id });
  await expect(row).toContainText("Taken in");
  await row.getByRole("link", { name: transactionId }).click();
  await expect(page.getByRole("region", { name: "Webhooks" })).toContainText("charge.succeeded");
});
