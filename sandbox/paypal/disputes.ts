/** Disputes, as far as a merchant reads them: https://developer.paypal.com/docs/api/customer-disputes/v1. */
import { Refused } from "../refused.ts";
import type { Context, Route } from "../stand-in.ts";
import { answer, PayPalRefusal } from "./answers.ts";
import { find, keep, later, newId, timeText, type Capture, type Dispute } from "./documents.ts";
import { tellDispute } from "./events.ts";
import type { Money } from "./money.ts";
import { apiRoute } from "./orders.ts";
import { disputeView } from "./views.ts";

const daysToAnswer = 10;
const dayMs = 86_400_000;

export const disputeRoutes: Readonly<Record<string, Route>> = {
  "GET /v1/customer/disputes": apiRoute(async (context, { query }) => {
    const capture = query.get("disputed_transaction_id");
    const rows = await context.book.list<Dispute>(
      "dispute",
      capture === null ? {} : { chargeId: capture },
    );
    return answer(200, { items: rows.map(({ data }) => disputeView(data, context)), links: [] });
  }),
  "GET /v1/customer/disputes/:id": apiRoute(async (context, { params }) => {
    const dispute = await find(context, "dispute", params["id"] ?? "");
    if (!dispute) throw new PayPalRefusal("INVALID_RESOURCE_ID");
    return answer(200, disputeView(dispute, context));
  }),
};

/** The buyer (or their bank) disputes a payment. */
export async function openDispute(
  context: Context,
  capture: Capture,
  { amount, reason }: { amount: Money; reason: string },
): Promise<Dispute> {
  const { now } = context;
  const dispute = await keep(context, "dispute", {
    id: `PP-D-${newId(6)}`,
    capture: capture.id,
    custom_id: capture.custom_id,
    amount,
    gross: capture.amount,
    reason,
    status: "WAITING_FOR_SELLER_RESPONSE",
    outcome: null,
    respondBy: timeText(new Date(later(now, daysToAnswer * dayMs))),
    created: timeText(now),
    updated: timeText(now),
    due: null,
  });
  await tellDispute(context, dispute, "CREATED");
  return dispute;
}

/** The seller has answered, or PayPal has decided. */
export async function moveDispute(
  context: Context,
  dispute: Dispute,
  outcome: Dispute["outcome"],
): Promise<Dispute> {
  if (dispute.status === "RESOLVED") throw new Refused(409, "This dispute has ended already.");
  const status = outcome === null ? "UNDER_REVIEW" : "RESOLVED";
  const moved = await keep(context, "dispute", { ...dispute, status, outcome });
  await tellDispute(context, moved, outcome === null ? "UPDATED" : "RESOLVED");
  return moved;
}
