/** PayPal's webhooks: https://developer.paypal.com/api/rest/webhooks/event-names. */
import type { Context } from "../stand-in.ts";
import {
  newId,
  type Authorization,
  type Capture,
  type Dispute,
  type Order,
  type Refund,
} from "./documents.ts";
import { authorizationView, captureView, disputeView, orderView, refundView } from "./views.ts";

async function tell(
  { emit, now, baseUrl }: Context,
  type: string,
  resourceType: string,
  summary: string,
  resource: Record<string, unknown>,
): Promise<void> {
  const id = `WH-${newId()}-${newId()}`;
  const self = `${baseUrl}/v1/notifications/webhooks-events/${id}`;
  const payload = {
    id,
    event_version: "1.0",
    create_time: now.toISOString(),
    resource_type: resourceType,
    resource_version: "2.0",
    event_type: type,
    summary,
    resource,
    links: [
      { href: self, rel: "self", method: "GET" },
      { href: `${self}/resend`, rel: "resend", method: "POST" },
    ],
  };
  await emit({ id, type, payload });
}

export async function tellOrder(context: Context, order: Order, what: "APPROVED" | "COMPLETED") {
  const summary = `An order has been ${what.toLowerCase()}`;
  const view = await orderView(order, context);
  await tell(context, `CHECKOUT.ORDER.${what}`, "checkout-order", summary, view);
}

/** The approval lapsed: nothing was taken in time. */
export async function tellReversed(context: Context, order: Order): Promise<void> {
  const { id, unit } = order;
  const resource = { order_id: id, purchase_units: [unit] };
  const type = "CHECKOUT.PAYMENT-APPROVAL.REVERSED";
  await tell(context, type, "payment-approval", "A payment approval was reversed.", resource);
}

export async function tellCapture(context: Context, capture: Capture): Promise<void> {
  const what = capture.status === "DECLINED" ? "DENIED" : capture.status;
  const { value, currency_code } = capture.amount;
  const summary = `Payment ${what.toLowerCase()} for ${value} ${currency_code}`;
  await tell(context, `PAYMENT.CAPTURE.${what}`, "capture", summary, captureView(capture, context));
}

export async function tellAuthorization(
  context: Context,
  authorization: Authorization,
  what: "CREATED" | "VOIDED",
): Promise<void> {
  const view = authorizationView(authorization, context);
  const summary = `A payment authorization was ${what.toLowerCase()}`;
  await tell(context, `PAYMENT.AUTHORIZATION.${what}`, "authorization", summary, view);
}

export async function tellRefund(context: Context, refund: Refund): Promise<void> {
  const type =
    refund.status === "COMPLETED" ? "PAYMENT.CAPTURE.REFUNDED" : `PAYMENT.REFUND.${refund.status}`;
  const { value, currency_code } = refund.amount;
  const summary = `A refund of ${value} ${currency_code} is ${refund.status.toLowerCase()}`;
  await tell(context, type, "refund", summary, refundView(refund, context));
}

export async function tellDispute(
  context: Context,
  dispute: Dispute,
  what: "CREATED" | "UPDATED" | "RESOLVED",
): Promise<void> {
  const summary = `A dispute was ${what.toLowerCase()}`;
  const view = disputeView(dispute, context);
  await tell(context, `CUSTOMER.DISPUTE.${what}`, "dispute", summary, view);
}
