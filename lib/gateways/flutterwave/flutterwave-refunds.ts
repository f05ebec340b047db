// Refunds at Flutterwave, which knows no idempotency: one that is asked for twice is made twice. So one is
// sent once, with our reference in its comment, and is looked for in the list before it is ever sent again.
import { z } from "zod";
import { toGatewayDecimal } from "../amounts.ts";
import { declined } from "../declined.ts";
import type { GatewayAccount, LookupOutcome, Outcome, RefundRequest } from "../gateway.ts";
import { currencies } from "./currencies.ts";
import { callFlutterwave, unanswered } from "./flutterwave-api.ts";
import {
  madeRefundSchema,
  ownReference,
  refundOutcome,
  refundRowSchema,
  transactionSchema,
  unknown,
  type RefundRow,
} from "./flutterwave-outcomes.ts";
import { ListTrouble, readPages } from "./flutterwave-pages.ts";

/**
 * How long a refund that was asked for may be on its way: Flutterwave gives up a request after about 28 s
 * (developer.flutterwave.com/docs/error-timeouts). One that is younger and not in the list may still come.
 */
const onItsWayMs = 35_000;
// Our clock and theirs may differ.
const clocksMs = 10 * 60_000;
const dayMs = 86_400_000;

/** Sends a refund once. Only a clear no is a no: anything that is not understood may have paid. */
export async function refund(account: GatewayAccount, request: RefundRequest): Promise<Outcome> {
  const body = refundBody(request);
  if (body === null) return declined("refund_refused", null);
  const answer = await callFlutterwave(account, refundPath(request), body);
  switch (answer.kind) {
    case "success":
      return madeOutcome(answer.data, request);
    case "refused":
      return declined("refund_refused", null);
    default:
      return answer;
  }
}

function refundPath({ chargeReference }: RefundRequest): string {
  return `/transactions/${encodeURIComponent(chargeReference)}/refund`;
}

/** `amount` is a JSON number in whole units: 15 digits at most, which a number holds exactly. */
function refundBody(request: RefundRequest): { amount: number; comments: string } | null {
  const { amountMinor, currency, merchantReference } = request;
  const rule = currencies[currency];
  const amount = rule ? toGatewayDecimal(amountMinor, currency, rule) : null;
  return amount === null ? null : { amount: Number(amount), comments: merchantReference };
}

function madeOutcome(data: unknown, request: RefundRequest): Outcome {
  const made = madeRefundSchema.safeParse(data);
  if (!made.success) return unknown("unreadable refund");
  if (made.data.chargeReference !== request.chargeReference) return unknown("another charge");
  return outcomeOf(made.data, request);
}

/** A refund of another amount than was asked for is a success for the caller to doubt, and nothing less. */
function outcomeOf(
  found: { id: string; status: string; amount: string },
  { amountMinor, currency }: RefundRequest,
): Outcome {
  const outcome = refundOutcome(found, currency);
  const asDone = refundOutcome({ ...found, status: "completed-offline" }, currency);
  const isOther = asDone.kind === "succeeded" && asDone.amountMinor !== amountMinor;
  return outcome.kind === "pending" && isOther ? unknown("another amount") : outcome;
}

/**
 * What became of a refund: by its id where that is known, else by our reference in the list. `absent` only
 * where the whole list was read, no row could be it, and it is not on its way any more.
 */
export async function lookupRefund(
  account: GatewayAccount,
  request: RefundRequest,
): Promise<LookupOutcome> {
  if (request.refundReference !== null) return readOne(account, request, request.refundReference);
  try {
    const since = await chargedAt(account, request);
    if (typeof since === "string") return unknown(since);
    return judge(await refundsOf(account, request, since), request);
  } catch (error) {
    if (error instanceof ListTrouble) return unknown(error.detail);
    throw error;
  }
}

async function readOne(
  account: GatewayAccount,
  request: RefundRequest,
  id: string,
): Promise<LookupOutcome> {
  const answer = await callFlutterwave(account, `/refunds/${encodeURIComponent(id)}`);
  if (answer.kind === "refused") return unknown("the refund is not shown");
  if (answer.kind !== "success") return unanswered(answer);
  // One route answers with a list of one.
  const row = z
    .union([refundRowSchema, z.tuple([refundRowSchema]).transform(([only]) => only)])
    .safeParse(answer.data);
  if (!row.success || row.data.id !== id) return unknown("unreadable refund");
  if (row.data.chargeReference !== request.chargeReference) return unknown("another charge");
  return outcomeOf(row.data, request);
}

/** When the charge was made: no refund of it is older. A sentence where that is not told. */
async function chargedAt(
  account: GatewayAccount,
  { chargeReference }: RefundRequest,
): Promise<Date | string> {
  const path = `/transactions/${encodeURIComponent(chargeReference)}/verify`;
  const answer = await callFlutterwave(account, path);
  if (answer.kind === "refused") return "the charge is not shown";
  if (answer.kind !== "success") return unanswered(answer).detail;
  const transaction = transactionSchema.safeParse(answer.data);
  return transaction.success ? transaction.data.created_at : "unreadable transaction";
}

/** Every refund of the charge. The list's own filters are not relied on: a wrong one would hide a refund. */
async function refundsOf(
  account: GatewayAccount,
  { chargeReference }: RefundRequest,
  since: Date,
): Promise<RefundRow[]> {
  const range = {
    from: new Date(since.getTime() - dayMs),
    to: new Date(Math.max(Date.now(), since.getTime()) + dayMs),
  };
  const found = new Map<string, RefundRow>();
  for await (const rows of readPages(account, "/refunds", range, refundRowSchema)) {
    for (const row of rows) if (row.chargeReference === chargeReference) found.set(row.id, row);
  }
  return [...found.values()];
}

/** Which of a charge's refunds is the one that was asked for. */
function judge(rows: readonly RefundRow[], request: RefundRequest): LookupOutcome {
  const { merchantReference, openedAt, sentAt = openedAt } = request;
  const ours = rows.filter(({ note }) => ownReference(note) === merchantReference);
  const [only] = ours;
  if (only) return ours.length === 1 ? outcomeOf(only, request) : unknown("refunded twice");
  // One without a note could be this one: equal amounts tell nothing apart, so a person looks.
  const couldBe = rows.some((row) => row.note === null && isCandidate(row, request));
  if (couldBe) return unknown("a refund there does not say whose it is");
  const isYoung = sentAt !== undefined && Date.now() - sentAt.getTime() < onItsWayMs;
  return isYoung ? unknown("may still be on its way") : { kind: "absent" };
}

function isCandidate(row: RefundRow, request: RefundRequest): boolean {
  const { openedAt } = request;
  const isOlder =
    openedAt !== undefined &&
    row.createdAt !== null &&
    row.createdAt.getTime() < openedAt.getTime() - clocksMs;
  const asDone = refundOutcome({ ...row, status: "completed-offline" }, request.currency);
  const isAmount = asDone.kind === "succeeded" && asDone.amountMinor === request.amountMinor;
  return isAmount && !isOlder;
}
