/** What the clients know: every operation with all that was answered, to be held against the books. */
import type { GatewayName } from "#lib/domain/payment";
import type { Reply } from "./api-client.ts";
import type { BookTruth, PayWay } from "./gateway-side.ts";

export type RefundAttempt = {
  /** All requests of a key are one attempt; without a key each request is one. */
  key: string | undefined;
  amountMinor: bigint | null;
  replies: Reply[];
  /** The gateway took it back after it had said that it was done. */
  failedLater?: boolean;
};

export type Payment = {
  scenario: string;
  gateway: GatewayName;
  way: PayWay;
  /** What the shopper did at the gateway, once. */
  shopperPaid?: Promise<void>;
  /** The gateway has it that the shopper paid. */
  isApproved?: boolean;
  /** What the gateway's side said to what was done there. */
  notes: string[];
  orderNumber: string;
  orderId: number;
  amountMinor: bigint;
  transactionId: string;
  card: string | undefined;
  replies: Reply[];
  /** Answers to the shopper's wish to give it up. */
  cancels: Reply[];
  /** Held first; then captured as a whole, or released. */
  isHeld: boolean;
  holdMoves: Reply[];
  refunds: RefundAttempt[];
};

export class Model {
  readonly payments: Payment[] = [];

  add(payment: Payment): Payment {
    this.payments.push(payment);
    return payment;
  }
}

/** The truth as the books have it, once everything is quiet. */
export type Truth = BookTruth & {
  transaction: {
    status: string;
    capturedMinor: bigint;
    refundedMinor: bigint;
    amountMinor: bigint;
  };
  refunds: { refundId: string; status: string; amountMinor: bigint; source: string }[];
};

const tookMoney = new Set(["success", "partially_refunded", "refunded"]);

function sum(values: readonly { amountMinor: bigint }[]): bigint {
  return values.reduce((total, { amountMinor }) => total + amountMinor, 0n);
}

/** Everything in which a payment's clients, our database and the gateway's book disagree. */
export function disagreements(payment: Payment, truth: Truth): string[] {
  return [
    ...chargeDisagreements(payment, truth),
    ...refundDisagreements(payment, truth),
    ...booksDisagreements(payment, truth),
  ];
}

function chargeDisagreements(
  { replies, cancels, holdMoves, isHeld, amountMinor, gateway, way }: Payment,
  truth: Truth,
): string[] {
  const { transaction, charges } = truth;
  const took = transaction.capturedMinor > 0n;
  const found: string[] = [];
  if (charges.length > 1) found.push(`charged ${charges.length} times`);
  if (took !== (charges.length === 1))
    found.push("the gateway's book and ours differ on whether money was taken");
  if (took && charges[0]?.capturedMinor !== amountMinor) found.push("another amount was taken");
  if (tookMoney.has(transaction.status) !== took)
    found.push(`${transaction.status}, money taken: ${took}`);
  const verdicts = new Set(replies.map(({ verdict }) => verdict));
  if (verdicts.has("ok") && !took) found.push("a client was told that it was paid");
  // Who pays at the gateway is not refused by what the shop says afterwards.
  const onlyRefused =
    way === "server" &&
    !isHeld &&
    replies.length > 0 &&
    !verdicts.has("ok") &&
    !verdicts.has("info");
  if (onlyRefused && took) found.push("every client was refused, and money was taken");
  for (const { call, body } of holdMoves) {
    if (call.includes("/capture/") && body["status"] === "success" && !took)
      found.push("staff were told that it was captured");
    if (call.includes("/void/") && body["status"] === "cancelled" && took)
      found.push("staff were told that it was released");
  }
  // What a shopper has in hand on Flutterwave's page cannot be called back: it is taken in when it comes.
  if (took && gateway !== "flutterwave") {
    if (replies.some(({ status }) => status === 402))
      found.push("a client was told that it was declined");
    if (cancels.some(({ body }) => body["status"] === "cancelled"))
      found.push("a client was told that it was cancelled");
  }
  return found;
}

function refundDisagreements({ refunds: attempts }: Payment, truth: Truth): string[] {
  const found: string[] = [];
  const statusOf = new Map(truth.refunds.map(({ refundId, status }) => [refundId, status]));
  let possible = 0;
  for (const { replies, key, failedLater = false } of attempts) {
    // 201 is an attempt that was made, also where the gateway refused it.
    if (replies.some(({ verdict, status }) => verdict !== "fail" || status === 201))
      possible += key === undefined ? replies.length : 1;
    const ids = new Set(
      replies.filter(({ status }) => status === 201).map(({ body }) => String(body["refund_id"])),
    );
    if (key !== undefined && ids.size > 1) found.push(`one key made ${ids.size} refunds`);
    for (const { verdict, body } of failedLater ? [] : replies) {
      const id = String(body["refund_id"]);
      if (verdict === "ok" && body["status"] === "refunded" && statusOf.get(id) !== "refunded") {
        found.push(`${id} was told as refunded and is ${statusOf.get(id) ?? "not there"}`);
      }
    }
  }
  const ours = truth.refunds.filter(({ source }) => source === "shop").length;
  if (ours > possible) found.push(`${ours} refunds of ${possible} that may have been asked for`);
  return found;
}

function booksDisagreements(payment: Payment, truth: Truth): string[] {
  const { transaction, refunds, givenBack, charges } = truth;
  const found: string[] = [];
  const done = refunds.filter(({ status }) => status === "refunded");
  if (refunds.some(({ status }) => status === "pending")) found.push("a refund is pending still");
  if (transaction.status === "processing") found.push("processing still");
  if (sum(done) !== transaction.refundedMinor)
    found.push("refunded amount differs from the refunds");
  if (sum(givenBack) !== sum(done)) {
    found.push(`the gateway gave back ${sum(givenBack)}, we say ${sum(done)}`);
  }
  for (const { refundId, amountMinor, source } of done) {
    if (source !== "shop") continue;
    const same = givenBack.filter(({ merchantReference }) => merchantReference === refundId);
    if (same.length !== 1 || same[0]?.amountMinor !== amountMinor) {
      found.push(`${refundId} is at the gateway ${same.length} times`);
    }
  }
  if (transaction.refundedMinor > transaction.capturedMinor)
    found.push("more was given back than taken");
  if (charges.length === 1 && charges[0]?.refundedMinor !== transaction.refundedMinor) {
    found.push("the charge's refunded amount differs at the gateway");
  }
  if (payment.amountMinor !== transaction.amountMinor) found.push("the amount has changed");
  return found;
}

/** A payment's whole history, as evidence. */
export function historyOf({
  transactionId,
  amountMinor,
  card,
  replies,
  cancels,
  holdMoves,
  refunds,
  scenario,
  gateway,
  way,
  notes,
}: Payment): string {
  const line = ({ at, call, status, verdict, durationMs, text }: Reply): string =>
    `    ${at} ${call} -> ${status ?? "no answer"} (${verdict}, ${durationMs} ms) ${text.slice(0, 160)}`;
  return [
    `  ${transactionId} of ${amountMinor} (${scenario}, ${gateway}, ${way}, card ${card ?? "default"})`,
    ...notes.map((note) => `    ${note}`),
    ...[...replies, ...cancels, ...holdMoves].map(line),
    ...refunds.flatMap(({ key, amountMinor: amount, replies: answers }) => [
      `   refund of ${amount ?? "all"}, key ${key ?? "none"}`,
      ...answers.map(line),
    ]),
  ].join("\n");
}
