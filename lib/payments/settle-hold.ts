import { caseKeyOf, resolveCase } from "../db/cases.ts";
import { lockOrder } from "../db/orders.ts";
import { invariant } from "../domain/errors.ts";
import type { LookupOutcome } from "../gateways/gateway.ts";
import { getGateway } from "../gateways/registry.ts";
import { bookCapture, payOrder } from "./settle-charge.ts";
import {
  changeSums,
  doubtAmount,
  endOperation,
  keepAsking,
  moveTransaction,
  type Settlement,
} from "./settlement.ts";

/** Reasons for which a gateway refuses because it holds the money no longer. */
const goneReasons: readonly string[] = ["authorization_expired", "voided"];

/** Books what became of a capture or a void: of what the gateway holds for us. */
export async function settleHold(settlement: Settlement): Promise<void> {
  const { outcome, operation } = settlement;
  switch (outcome.kind) {
    case "succeeded":
      if (outcome.amountMinor !== operation.amountMinor) return doubtAmount(settlement, outcome);
      return operation.kind === "capture"
        ? takeCaptured(settlement, outcome)
        : release(settlement, "voided", "The hold on the money was released.");
    case "declined":
      // What is not held any more is released, whoever asked for what.
      return goneReasons.includes(outcome.reason)
        ? release(settlement, outcome.reason, outcome.message)
        : giveBackReservation(settlement, "declined", outcome.reason, outcome.message);
    case "not_sent":
      return giveBackReservation(
        settlement,
        "not_sent",
        "not_sent",
        "The gateway was not reached.",
      );
    // A gateway that does not know the key gets the same request again (check-operation.ts).
    case "absent":
    case "pending":
    case "authorized":
    case "action_required":
      return keepAsking(settlement, outcome.kind);
    case "unknown":
      return keepAsking(settlement, outcome.detail);
  }
}

async function takeCaptured(
  settlement: Settlement,
  { reference, chargeReference }: Extract<LookupOutcome, { kind: "succeeded" }>,
): Promise<void> {
  const { tx, operation, transaction } = settlement;
  const { amountMinor } = operation;
  const isFirst = transaction.capturedMinor === 0n;
  // A gateway that captures once releases what was left out.
  const restMinor = getGateway(transaction.gateway).capabilities.multipleCaptures
    ? 0n
    : transaction.capturableMinor;
  const sums = {
    capturedMinor: transaction.capturedMinor + amountMinor,
    authorizationPendingMinor: { decrement: reservedMinor(settlement) },
    voidedMinor: { increment: restMinor },
    ...(chargeReference === undefined ? {} : { gatewayTransactionId: chargeReference }),
  };
  if (isFirst) await moveTransaction(settlement, "success", "captured", sums);
  else await changeSums(settlement, "captured", sums);
  await endOperation(settlement, "succeeded", { kind: "succeeded", reference });
  await bookCapture(settlement, operation.id, amountMinor);
  await clearExpiry(settlement);
  if (!isFirst || transaction.excessCapture) return;
  const order = await lockOrder(tx, transaction.orderId);
  invariant(order, "a transaction has an order");
  await payOrder(settlement, order);
}

/** What is left of the hold is the shopper's again. */
async function release(settlement: Settlement, code: string, message: string): Promise<void> {
  const { operation, transaction } = settlement;
  const reserved = reservedMinor(settlement);
  const sums = {
    voidedMinor: { increment: reserved + transaction.capturableMinor },
    authorizationPendingMinor: { decrement: reserved },
  };
  if (transaction.status === "authorized") {
    await moveTransaction(settlement, "cancelled", code, {
      ...sums,
      errorCode: code,
      errorMessage: message,
    });
  } else {
    await changeSums(settlement, code, sums, message);
  }
  await endOperation(settlement, operation.kind === "void" ? "succeeded" : "declined", {
    kind: operation.kind === "void" ? "succeeded" : "declined",
    code,
  });
  await clearExpiry(settlement);
  if (transaction.excessCapture) {
    await resolveCase(settlement.tx, caseKeyOf("excess_capture", transaction.transactionId), {
      resolution: "cleared",
      note: message,
    });
  }
}

async function giveBackReservation(
  settlement: Settlement,
  state: "declined" | "not_sent",
  code: string,
  message: string,
): Promise<void> {
  await changeSums(
    settlement,
    `${settlement.operation.kind}_${state === "declined" ? "refused" : "not_sent"}`,
    { authorizationPendingMinor: { decrement: reservedMinor(settlement) } },
    message,
  );
  await endOperation(settlement, state, { kind: state, code });
}

/** What the operation has reserved: its amount until it is settled, and nothing after. */
function reservedMinor({ operation }: Settlement): bigint {
  return operation.settledAt === null ? operation.amountMinor : 0n;
}

async function clearExpiry({ tx, transaction }: Settlement): Promise<void> {
  await resolveCase(tx, caseKeyOf("authorization_expiring", transaction.transactionId), {
    resolution: "cleared",
    note: "The hold was captured or released.",
  });
}
