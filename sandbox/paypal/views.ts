/** PayPal's objects as its API and its webhooks show them. */
import type { Context } from "../stand-in.ts";
import {
  breakdownOf,
  childrenOf,
  type Authorization,
  type Capture,
  type Dispute,
  type Order,
  type Refund,
} from "./documents.ts";

type View = Record<string, unknown>;
export type Link = { href: string; rel: string; method: string };

const protection = {
  status: "ELIGIBLE",
  dispute_categories: ["ITEM_NOT_RECEIVED", "UNAUTHORIZED_TRANSACTION"],
};

/** The one buyer of the sandbox. */
export const buyer = {
  id: "QYR5Z8XDVJNXQ",
  email: "buyer@sandbox.example",
  name: { given_name: "Sandbox", surname: "Buyer" },
} as const;

/** Fields that are empty are left out, as at PayPal. */
function filled(fields: Readonly<Record<string, string | undefined>>): View {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => Boolean(value)));
}

function link(baseUrl: string, path: string, rel: string, method = "GET"): Link {
  return { href: `${baseUrl}${path}`, rel, method };
}

const orderPath = (id: string): string => `/v2/checkout/orders/${id}`;

/** The page on which the buyer approves an order. */
export function approvalLink(order: Order, baseUrl: string): Link {
  const rel = order.usesWallet ? "payer-action" : "approve";
  return link(baseUrl, `/checkoutnow?token=${order.id}`, rel);
}

export function orderLinks(order: Order, baseUrl: string): Link[] {
  const self = link(baseUrl, orderPath(order.id), "self");
  const verb = order.intent.toLowerCase();
  const take = link(baseUrl, `${orderPath(order.id)}/${verb}`, verb, "POST");
  if (order.status === "APPROVED") return [self, take];
  if (order.status === "COMPLETED" || order.status === "VOIDED") return [self];
  const approve = approvalLink(order, baseUrl);
  return order.usesWallet ? [self, approve] : [self, approve, take];
}

export function minimalOrder(order: Order, { baseUrl }: Context): View {
  return {
    id: order.id,
    status: order.status,
    ...(order.usesWallet && { payment_source: { paypal: {} } }),
    links: orderLinks(order, baseUrl),
  };
}

/** A whole order with its payments. */
export async function orderView(order: Order, context: Context): Promise<View> {
  const { baseUrl, credentials } = context;
  // One after the other: they share the book's one connection.
  const authorizations = await childrenOf(context, "authorization", order.id);
  const captures = await childrenOf(context, "capture", order.id);
  const refunds = await refundsOf(context, order.id);
  const payments = {
    ...(authorizations.length > 0 && {
      authorizations: authorizations.map((one) => authorizationView(one, context)),
    }),
    ...(captures.length > 0 && { captures: captures.map((one) => captureView(one, context)) }),
    ...(refunds.length > 0 && { refunds: refunds.map((one) => refundView(one, context)) }),
  };
  const wallet = {
    email_address: buyer.email,
    account_id: buyer.id,
    account_status: "VERIFIED",
    name: buyer.name,
    address: { country_code: "US" },
  };
  const isApproved = order.funding !== null;
  return {
    id: order.id,
    intent: order.intent,
    status: order.status,
    ...((isApproved || order.usesWallet) && {
      payment_source: { paypal: isApproved ? wallet : {} },
    }),
    purchase_units: [
      {
        ...order.unit,
        payee: { merchant_id: credentials.merchantId },
        ...(Object.keys(payments).length > 0 && { payments }),
      },
    ],
    ...(isApproved && {
      payer: { name: buyer.name, email_address: buyer.email, payer_id: buyer.id },
    }),
    create_time: order.created,
    update_time: order.updated,
    links: orderLinks(order, baseUrl),
  };
}

async function refundsOf(context: Context, order: string): Promise<Refund[]> {
  const captures = await childrenOf(context, "capture", order);
  const found = [];
  for (const { id } of captures) found.push(...(await childrenOf(context, "refund", id)));
  return found;
}

export function authorizationView(authorization: Authorization, { baseUrl }: Context): View {
  const { id, order, status, amount, custom_id, invoice_id } = authorization;
  const path = `/v2/payments/authorizations/${id}`;
  return {
    id,
    status,
    ...(status === "PENDING" && { status_details: { reason: "PENDING_REVIEW" } }),
    amount,
    ...filled({ custom_id, invoice_id }),
    seller_protection: protection,
    expiration_time: `${authorization.expires.slice(0, 19)}Z`,
    supplementary_data: { related_ids: { order_id: order } },
    create_time: authorization.created,
    update_time: authorization.updated,
    links: [
      link(baseUrl, path, "self"),
      link(baseUrl, `${path}/capture`, "capture", "POST"),
      link(baseUrl, `${path}/void`, "void", "POST"),
      link(baseUrl, `${path}/reauthorize`, "reauthorize", "POST"),
      link(baseUrl, orderPath(order), "up"),
    ],
  };
}

export function captureView(capture: Capture, { baseUrl }: Context): View {
  const { id, order, authorization, status, amount, custom_id, invoice_id } = capture;
  const path = `/v2/payments/captures/${id}`;
  const isTaken = status !== "PENDING" && status !== "DECLINED";
  return {
    id,
    status,
    ...(capture.reason !== null && { status_details: { reason: capture.reason } }),
    amount,
    final_capture: capture.final,
    ...filled({ custom_id, invoice_id }),
    seller_protection: protection,
    ...(isTaken && { seller_receivable_breakdown: breakdownOf(amount) }),
    supplementary_data: {
      related_ids: { order_id: order, ...(authorization && { authorization_id: authorization }) },
    },
    create_time: capture.created,
    update_time: capture.updated,
    links: [
      link(baseUrl, path, "self"),
      link(baseUrl, `${path}/refund`, "refund", "POST"),
      authorization === null
        ? link(baseUrl, orderPath(order), "up")
        : link(baseUrl, `/v2/payments/authorizations/${authorization}`, "up"),
    ],
  };
}

export function refundView(refund: Refund, { baseUrl }: Context): View {
  const { id, capture, status, amount, total, custom_id, invoice_id, note } = refund;
  const none = { ...amount, value: amount.value.replace(/\d/g, "0").replace(/^0+(?=0)/, "") };
  return {
    id,
    status,
    ...(status === "PENDING" && { status_details: { reason: "ECHECK" } }),
    amount,
    ...filled({ custom_id, invoice_id, note_to_payer: note }),
    seller_payable_breakdown: {
      gross_amount: amount,
      paypal_fee: none,
      net_amount: amount,
      total_refunded_amount: total,
    },
    create_time: refund.created,
    update_time: refund.updated,
    links: [
      link(baseUrl, `/v2/payments/refunds/${id}`, "self"),
      link(baseUrl, `/v2/payments/captures/${capture}`, "up"),
    ],
  };
}

export function disputeView(dispute: Dispute, { baseUrl, credentials }: Context): View {
  const { id, capture, status, outcome, amount, gross } = dispute;
  return {
    dispute_id: id,
    create_time: dispute.created,
    update_time: dispute.updated,
    disputed_transactions: [
      {
        seller_transaction_id: capture,
        custom: dispute.custom_id,
        transaction_status: "COMPLETED",
        gross_amount: gross,
        buyer: { name: `${buyer.name.given_name} ${buyer.name.surname}` },
        seller: { merchant_id: credentials.merchantId },
      },
    ],
    reason: dispute.reason,
    status,
    dispute_amount: amount,
    ...(outcome !== null && { dispute_outcome: { outcome_code: outcome } }),
    dispute_life_cycle_stage: "CHARGEBACK",
    dispute_channel: "INTERNAL",
    seller_response_due_date: dispute.respondBy,
    links: [link(baseUrl, `/v1/customer/disputes/${id}`, "self")],
  };
}
