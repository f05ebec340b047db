import { afterEach, describe, expect, test } from "vitest";
import { db } from "../db/client.ts";
import { forgetProcessGlobal } from "../testing/api.ts";
import { expectBooksToHold } from "../testing/books.ts";
import { aProcessedTransaction, aViewer, cards } from "../testing/builders.ts";
import { checkDueOperations } from "./janitor.ts";

const count = 30;

async function letTimePass(): Promise<void> {
  await db()
    .$executeRaw`UPDATE operations SET next_check_at = now(), last_checked_at = now() - interval '1 hour'
                         WHERE settled_at IS NULL`;
}

afterEach(() => forgetProcessGlobal("gateway-silences"));

describe("a gateway that charges and then answers nothing", () => {
  test(`is asked about one payment at a time; when it answers again, all ${count} are settled, each charged once`, async () => {
    const shopper = await aViewer();
    for (let index = 0; index < count; index += 1) {
      await aProcessedTransaction(shopper, cards.chargedThenBroken);
    }
    const { id } = await db().dummyFault.create({ data: { mode: "outage", remaining: 1_000_000 } });
    await letTimePass();
    // Questions hang until their deadline; that the account is silent is learnt once, not thirty times.
    const startedAt = performance.now();
    await checkDueOperations();
    expect(performance.now() - startedAt).toBeLessThan(25_000);
    const open = { userId: shopper.userId, status: "processing" } as const;
    expect(await db().transaction.count({ where: open })).toBe(count);
    const calls = await db().dummyCall.count({ where: { verb: { startsWith: "lookup" } } });
    expect(calls).toBeLessThanOrEqual(8);

    await db().dummyFault.delete({ where: { id } });
    forgetProcessGlobal("gateway-silences");
    // None is due for minutes; the probe makes one due, and its answer all the others.
    await db().$executeRaw`UPDATE operations SET last_checked_at = now() - interval '21 seconds'
                           WHERE settled_at IS NULL`;
    await checkDueOperations();
    await checkDueOperations();
    expect(await db().transaction.count({ where: open })).toBe(0);
    const charges = await db().dummyCharge.groupBy({
      by: ["merchantReference"],
      where: { state: "succeeded" },
      _count: { _all: true },
    });
    expect(charges).toHaveLength(count);
    expect(charges.every((charge) => charge._count._all === 1)).toBe(true);
    await expectBooksToHold();
  }, 90_000);
});
