/** A gateway that charges and then never answers, for a thousand payments. */
import type { Scenario } from "./scenario.ts";
import { claim, until } from "./claims.ts";
import type { Payment } from "./model.ts";

const payments = 1_000;
const atOnce = 150;
const tellEveryMs = 10_000;
// All must be known so long after the gateway's recovery.
const knownWithinMs = 120_000;

export const thousand: Scenario = {
  name: "the gateway charges 1,000 payments and never answers; then it recovers",
  rows: "F17 F33",
  run: async (world) => {
    const made: Payment[] = [];
    const queue = Array.from({ length: payments }).values();
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (const _ of queue) made.push(await world.newPayment());
      }),
    );
    console.log(`       made ${made.length} orders with their intents`);
    await world.arrange({ mode: "charge_then_hang", times: payments });
    const toPay = made.values();
    const startedAt = performance.now();
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (const payment of toPay) {
          const reply = await world.pay(payment);
          claim(reply.status === 202, `the answer was ${reply.status}: ${reply.text}`);
        }
      }),
    );
    await world.clearGateway();
    await world.arrange({ mode: "outage", times: 1 });
    const seconds = (): string => ((performance.now() - startedAt) / 1_000).toFixed(0);
    console.log(`       all sent and unanswered after ${seconds()} s; now nothing answers at all`);
    // Long enough for the janitor to have asked about all of them in vain.
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    const ids = made.map(({ transactionId }) => transactionId);
    const open = (): Promise<number> =>
      world.count("transactions WHERE status <> 'success' AND transaction_id = ANY($1)", [ids]);
    claim(
      (await open()) === payments,
      `${payments - (await open())} were decided without an answer`,
    );
    await world.clearGateway();
    const recoveredAt = performance.now();
    let toldAt = recoveredAt;
    await until(
      "all are success",
      async () => {
        const left = await open();
        if (performance.now() - toldAt > tellEveryMs) {
          toldAt = performance.now();
          console.log(
            `       ${((toldAt - recoveredAt) / 1_000).toFixed(0)} s: ${left} are not known yet`,
          );
        }
        return left === 0;
      },
      knownWithinMs,
    );
    console.log(
      `       all ${payments} are success ${((performance.now() - recoveredAt) / 1_000).toFixed(1)} s after the recovery`,
    );
  },
};
