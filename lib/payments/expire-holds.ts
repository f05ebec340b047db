import { raiseCase } from "../db/cases.ts";
import { db } from "../db/client.ts";
import { findExpiringHolds } from "../db/transactions.ts";
import { formatAmount } from "../domain/money.ts";
import { log } from "../observability/log.ts";
import { moveHold } from "./move-hold.ts";

const hourMs = 3_600_000;
// Staff are told a day before money that is held goes back.
const warnBeforeMs = 24 * hourMs;
// A gateway's clock and ours differ a little, and it may let go a little late.
const graceMs = hourMs;

const watch = { kind: "system", name: "hold-watch" } as const;

/**
 * Watches what gateways hold for us: a case for staff a day before a hold runs out, and its release here
 * once it has. What is over is not guessed: the gateway is asked to let go, and says that it did or had.
 * Returns how many holds were looked at.
 */
export async function watchHolds(now = new Date()): Promise<number> {
  const holds = await findExpiringHolds(new Date(now.getTime() + warnBeforeMs));
  for (const hold of holds) {
    const { transactionId, authorizationExpiresAt, capturableMinor, currency } = hold;
    if (authorizationExpiresAt === null) continue;
    if (authorizationExpiresAt.getTime() + graceMs > now.getTime()) {
      await raiseCase(db(), {
        kind: "authorization_expiring",
        subject: transactionId,
        gateway: hold.gateway,
        transactionId,
        evidence: {
          held: formatAmount(capturableMinor, currency),
          currency,
          expires_at: authorizationExpiresAt.toISOString(),
        },
      });
      continue;
    }
    try {
      await moveHold(watch, hold.id, { kind: "void", reason: "The hold has run out." });
    } catch (error) {
      log.warn("a hold that has run out could not be released", { transactionId, error });
    }
  }
  return holds.length;
}
