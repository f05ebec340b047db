/** What becomes of orders, holds and captures at PayPal, whoever asks for it. */
import type { Context } from "../stand-in.ts";
import { PayPalRefusal } from "./answers.ts";
import {
  find,
  keep,
  later,
  newId,
  refundableOf,
  timeText,
  type Authorization,
  type Capture,
  type Funding,
  type Order,
  type Refund,
} from "./documents.ts";
import { tellAuthorization, tellCapture, tellOrder, tellRefund, tellReversed } from "./events.ts";
import { minorOf, moneyOf, type Money } from "./money.ts";
import { approvalLink } from "./views.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** How long an order waits for its buyer, and an approved one for its merchant. */
export const approvalMs = 3 * hourMs;
const honoredMs = 3 * dayMs;
const validMs = 29 * dayMs;
/** A bank transfer takes days; here nobody waits that long. */
const clearingMs = 30_000;

/** The buyer agrees to pay. */
export async function approveOrder(
  context: Context,
  order: Order,
  funding: Funding,
): Promise<Order> {
  const due = later(context.now, approvalMs);
  const approved = await keep(context, "order", { ...order, status: "APPROVED", funding, due });
  await tellOrder(context, approved, "APPROVED");
  return approved;
}

async function requireApproved(context: Context, order: Order, done: "captured" | "authorized") {
  if (order.status === "COMPLETED") {
    throw new PayPalRefusal(
      done === "captured" ? "ORDER_ALREADY_CAPTURED" : "ORDER_ALREADY_AUTHORIZED",
    );
  }
  const links = [approvalLink(order, context.baseUrl)];
  if (order.status !== "APPROVED") throw new PayPalRefusal("ORDER_NOT_APPROVED", {}, links);
  if (order.funding !== "declined") return;
  // The buyer may choose another source for the same order.
  const redirect = links.map((link) => ({ ...link, rel: "redirect" }));
  throw new PayPalRefusal("INSTRUMENT_DECLINED", {}, redirect);
}

/** Takes the money of an approved order. Throws `PayPalRefusal`. */
export async function captureOrder(context: Context, order: Order): Promise<Order> {
  await requireApproved(context, order, "captured");
  const { unit } = order;
  await claimInvoice(context, unit.invoice_id ?? "", order.id);
  await addCapture(context, order, null, unit.amount, {
    invoice_id: unit.invoice_id ?? "",
    isFinal: true,
  });
  return keep(context, "order", { ...order, status: "COMPLETED", due: null });
}

/** Holds the money of an approved order. Throws `PayPalRefusal`. */
export async function authorizeOrder(context: Context, order: Order): Promise<Order> {
  await requireApproved(context, order, "authorized");
  const { now, lateMs } = context;
  const { unit } = order;
  await claimInvoice(context, unit.invoice_id ?? "", order.id);
  const authorization = await keep(context, "authorization", {
    id: newId(),
    order: order.id,
    status: lateMs === null ? "CREATED" : "PENDING",
    amount: unit.amount,
    custom_id: unit.custom_id ?? "",
    invoice_id: unit.invoice_id ?? "",
    created: timeText(now),
    updated: timeText(now),
    expires: later(now, validMs),
    honored: later(now, honoredMs),
    due: later(now, lateMs ?? validMs),
  });
  if (lateMs === null) await tellAuthorization(context, authorization, "CREATED");
  return keep(context, "order", { ...order, status: "COMPLETED", due: null });
}

async function claimInvoice({ book }: Context, invoice: string, order: string): Promise<void> {
  if (invoice === "") return;
  const taken = await book.get<{ order: string }>("invoice", invoice);
  if (taken && taken.data.order !== order) throw new PayPalRefusal("DUPLICATE_INVOICE_ID");
  await book.save("invoice", invoice, { order });
}

async function addCapture(
  context: Context,
  order: Order,
  authorization: Authorization | null,
  amount: Money,
  { invoice_id, isFinal }: { invoice_id: string; isFinal: boolean },
): Promise<Capture> {
  const { now } = context;
  const clearing = order.funding === "echeck" ? clearingMs : null;
  const waitMs = context.lateMs ?? clearing;
  const capture = await keep(context, "capture", {
    id: newId(),
    order: order.id,
    authorization: authorization?.id ?? null,
    status: waitMs === null ? "COMPLETED" : "PENDING",
    reason: waitMs === null ? null : clearing === null ? "PENDING_REVIEW" : "ECHECK",
    amount,
    final: isFinal,
    custom_id: order.unit.custom_id ?? "",
    invoice_id,
    refunded: moneyOf(0n, amount.currency_code),
    created: timeText(now),
    updated: timeText(now),
    due: waitMs === null ? null : later(now, waitMs),
  });
  await tellCapture(context, capture);
  return capture;
}

/** A pending capture ends. */
export async function endCapture(
  context: Context,
  capture: Capture,
  status: "COMPLETED" | "DECLINED",
): Promise<Capture> {
  const ended = await keep(context, "capture", { ...capture, status, reason: null, due: null });
  await tellCapture(context, ended);
  return ended;
}

/** Takes what is held, or a part of it. Throws `PayPalRefusal`. */
export async function captureAuthorization(
  context: Context,
  authorization: Authorization,
  asked: { amount: Money | null; isFinal: boolean; invoice_id: string },
): Promise<Capture> {
  const { id, status, order: orderId } = authorization;
  if (status === "VOIDED") {
    const isOver = new Date(authorization.expires) <= context.now;
    throw new PayPalRefusal(isOver ? "AUTHORIZATION_EXPIRED" : "AUTHORIZATION_VOIDED");
  }
  if (status === "CAPTURED") throw new PayPalRefusal("AUTHORIZATION_ALREADY_CAPTURED");
  if (status === "PENDING" || status === "DENIED") throw new PayPalRefusal("TRANSACTION_REFUSED");
  const order = await find(context, "order", orderId);
  if (!order) throw new PayPalRefusal("INVALID_RESOURCE_ID");
  const heldMinor = minorOf(authorization.amount) - (await capturedMinor(context, authorization));
  const amount = asked.amount ?? moneyOf(heldMinor, authorization.amount.currency_code);
  if (amount.currency_code !== authorization.amount.currency_code) {
    throw new PayPalRefusal("AUTH_CAPTURE_CURRENCY_MISMATCH");
  }
  if (minorOf(amount) > heldMinor) throw new PayPalRefusal("MAX_CAPTURE_AMOUNT_EXCEEDED");
  const isFinal = asked.isFinal || minorOf(amount) === heldMinor;
  await claimInvoice(context, asked.invoice_id, id);
  await keep(context, "authorization", {
    ...authorization,
    status: isFinal ? "CAPTURED" : "PARTIALLY_CAPTURED",
    due: isFinal ? null : authorization.due,
  });
  return addCapture(context, order, authorization, amount, {
    invoice_id: asked.invoice_id || authorization.invoice_id,
    isFinal: asked.isFinal,
  });
}

async function capturedMinor({ book }: Context, { id, order }: Authorization): Promise<bigint> {
  const rows = await book.list<Capture>("capture", { parent: order });
  return rows
    .filter(({ data }) => data.authorization === id && data.status !== "DECLINED")
    .reduce((sum, { data }) => sum + minorOf(data.amount), 0n);
}

/** Lets go of what is held. Throws `PayPalRefusal`. */
export async function voidAuthorization(
  context: Context,
  authorization: Authorization,
): Promise<Authorization> {
  if (authorization.status === "VOIDED") throw new PayPalRefusal("PREVIOUSLY_VOIDED");
  if (authorization.status === "CAPTURED") throw new PayPalRefusal("PREVIOUSLY_CAPTURED");
  if (authorization.status !== "CREATED" && authorization.status !== "PARTIALLY_CAPTURED") {
    throw new PayPalRefusal("CANNOT_BE_VOIDED");
  }
  const voided = await keep(context, "authorization", {
    ...authorization,
    status: "VOIDED",
    due: null,
  });
  const { id, amount } = authorization;
  await context.book.save("void", newId(), { authorization: id, amount });
  await tellAuthorization(context, voided, "VOIDED");
  return voided;
}

/** Gives a captured payment back, or a part of it. Throws `PayPalRefusal`. */
export async function refundCapture(
  context: Context,
  capture: Capture,
  asked: { amount: Money | null; custom_id: string; invoice_id: string; note: string },
): Promise<Refund> {
  const { now, lateMs } = context;
  if (capture.status === "PENDING") throw new PayPalRefusal("PENDING_CAPTURE");
  if (capture.status === "DECLINED") throw new PayPalRefusal("TRANSACTION_REFUSED");
  const left = refundableOf(capture);
  if (minorOf(left) === 0n) throw new PayPalRefusal("CAPTURE_FULLY_REFUNDED");
  const amount = asked.amount ?? left;
  if (amount.currency_code !== left.currency_code) {
    throw new PayPalRefusal("REFUND_CAPTURE_CURRENCY_MISMATCH");
  }
  if (minorOf(amount) > minorOf(left)) throw new PayPalRefusal("REFUND_AMOUNT_EXCEEDED");
  if (now.getTime() - Date.parse(capture.created) > 180 * dayMs) {
    throw new PayPalRefusal("REFUND_TIME_LIMIT_EXCEEDED");
  }
  const changed = await countRefund(context, capture, minorOf(amount));
  const { custom_id, invoice_id, note } = asked;
  const refund = await keep(context, "refund", {
    id: newId(),
    order: capture.order,
    capture: capture.id,
    status: lateMs === null ? "COMPLETED" : "PENDING",
    amount,
    total: changed.refunded,
    custom_id,
    invoice_id,
    note,
    created: timeText(now),
    updated: timeText(now),
    due: lateMs === null ? null : later(now, lateMs),
  });
  await tellRefund(context, refund);
  return refund;
}

/** Adds to (or takes from) what of a capture is refunded. */
async function countRefund(context: Context, capture: Capture, minor: bigint): Promise<Capture> {
  const { amount } = capture;
  const refundedMinor = minorOf(capture.refunded) + minor;
  const status =
    refundedMinor === 0n
      ? "COMPLETED"
      : refundedMinor === minorOf(amount)
        ? "REFUNDED"
        : "PARTIALLY_REFUNDED";
  const refunded = moneyOf(refundedMinor, amount.currency_code);
  return keep(context, "capture", { ...capture, status, refunded });
}

/** A refund ends, or fails after it had seemed done. */
export async function endRefund(
  context: Context,
  refund: Refund,
  status: "COMPLETED" | "FAILED",
): Promise<Refund> {
  const capture = await find(context, "capture", refund.capture);
  if (status === "FAILED" && capture) {
    await countRefund(context, capture, -minorOf(refund.amount));
  }
  const ended = await keep(context, "refund", { ...refund, status, due: null });
  await tellRefund(context, ended);
  return ended;
}

/** What comes to its time by itself. */
export async function due(context: Context, kind: string, id: string): Promise<void> {
  if (kind === "order") {
    const order = await find(context, "order", id);
    if (!order) return;
    await keep(context, "order", { ...order, status: "EXPIRED", due: null });
    if (order.status === "APPROVED") await tellReversed(context, order);
  }
  if (kind === "capture") {
    const capture = await find(context, "capture", id);
    if (capture) await endCapture(context, capture, "COMPLETED");
  }
  if (kind === "refund") {
    const refund = await find(context, "refund", id);
    if (refund) await endRefund(context, refund, "COMPLETED");
  }
  if (kind === "authorization") await endHold(context, id);
}

/** A pending hold is made, one that is held too long is let go. */
async function endHold(context: Context, id: string): Promise<void> {
  const authorization = await find(context, "authorization", id);
  if (!authorization) return;
  if (authorization.status !== "PENDING") {
    await voidAuthorization(context, authorization);
    return;
  }
  const due = authorization.expires;
  const made = await keep(context, "authorization", { ...authorization, status: "CREATED", due });
  await tellAuthorization(context, made, "CREATED");
}
