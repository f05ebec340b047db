/** kill -9 of the server at each step of a payment and of a refund, and the orderly stop. */
import { randomUUID } from "node:crypto";
import type { Payment } from "./model.ts";
import type { Scenario } from "./scenario.ts";
import { claim, until } from "./claims.ts";
import type { World } from "./world.ts";

/** A payment and a refund that stand at the same step. */
type Pair = {
  paying: Payment;
  refunding: Payment;
  payKey: string;
  refundKey: string;
  amountMinor: bigint;
};

async function newPair(world: World): Promise<Pair> {
  const refunding = await world.newPaid();
  const paying = await world.newPayment({ way: world.side.ways[0] ?? "server" });
  const amountMinor = BigInt(world.random.between(1, Number(refunding.amountMinor)));
  return { paying, refunding, payKey: randomUUID(), refundKey: randomUUID(), amountMinor };
}

const idsOf = ({ paying, refunding }: Pair): string[] => [
  paying.transactionId,
  refunding.transactionId,
];

/** Sends both requests; resolves when both have ended, which the death of the server brings about. */
function send(
  world: World,
  { paying, refunding, payKey, refundKey, amountMinor }: Pair,
): Promise<unknown> {
  return Promise.all([
    world.pay(paying, { key: payKey }),
    world.refund(refunding, { key: refundKey, amountMinor }),
  ]);
}

function holdRows(world: World, pair: Pair): Promise<() => Promise<void>> {
  return world.database.hold(
    "SELECT 1 FROM transactions WHERE transaction_id = ANY($1) FOR UPDATE",
    [idsOf(pair)],
  );
}

async function killThen(
  world: World,
  sent: Promise<unknown>,
  release: () => Promise<void>,
): Promise<void> {
  await world.server.kill();
  await sent;
  await world.endWaiters();
  await release();
  await world.clearGateways();
  await world.server.start();
}

const nothing = (): Promise<void> => Promise.resolve();

const beforeOpenCommits: Scenario = {
  name: "kill -9 before the first transaction commits",
  rows: "F1 F7",
  run: async (world) => {
    const pair = await newPair(world);
    const release = await holdRows(world, pair);
    const sent = send(world, pair);
    await until("both wait for their row", async () => (await world.waiters()) >= 2);
    await killThen(world, sent, release);
    claim((await world.statusOf(pair.paying)) === "pending", "something of it was written");
    claim((await world.chargeCalls(pair.paying)) === 0, "the gateway was called");
    claim((await world.pay(pair.paying)).status === 200, "the repetition is not as the first");
    const { refunding, amountMinor } = pair;
    claim(
      (await world.refund(refunding, { amountMinor })).status === 201,
      "the refund cannot be repeated",
    );
  },
};

const beforeTheCall: Scenario = {
  name: "kill -9 between the first commit and the gateway",
  rows: "F2 F7",
  run: async (world) => {
    const pair = await newPair(world);
    await world.arrange({ mode: "500", times: 2 });
    const release = await world.database.hold("SELECT 1 FROM dummy_faults FOR UPDATE", []);
    const sent = send(world, pair);
    await until(
      "both are written as begun",
      async () =>
        (await world.count(
          `operations o JOIN transactions t ON t.id = o.transaction_pk
           WHERE t.transaction_id = ANY($1) AND o.state = 'in_flight'`,
          [idsOf(pair)],
        )) === 2 && (await world.waiters()) >= 2,
    );
    await killThen(world, sent, release);
    claim((await world.chargeCalls(pair.paying)) === 0, "the gateway was called");
  },
};

/** Where the shop makes no call that charges, a refund alone is at the gateway. */
const callsOf = ({ side }: World): number => (side.isCharged ? 2 : 1);

/** At every gateway at once, since one server dies for all of them. */
function atTheGateways(mode: "hang" | "charge_then_hang", name: string, rows: string): Scenario {
  return {
    name,
    rows,
    run: async (world) => {
      const worlds = world.gateways.map((gateway) => world.at(gateway));
      const pairs = await Promise.all(worlds.map(async (at) => ({ at, pair: await newPair(at) })));
      await Promise.all(worlds.map((at) => at.arrange({ mode, times: callsOf(at) })));
      const sent = Promise.all(pairs.map(({ at, pair }) => send(at, pair)));
      for (const { at, pair } of pairs) {
        const { gateway } = at.side;
        await until(
          `the calls have arrived at ${gateway}`,
          async () => (await at.openCalls(mode)) >= callsOf(at),
        );
        if (mode === "charge_then_hang")
          await until(`both are in ${gateway}'s book`, () => isBooked(at, pair));
      }
      await killThen(world, sent, nothing);
      for (const { at, pair } of pairs) {
        const status = await at.statusOf(pair.paying);
        // On a slow machine the worker has asked by now, or a webhook has come.
        const wrong = mode === "hang" ? neverCharged(at) : ["failed", "cancelled"];
        claim(!wrong.includes(status), `${at.side.gateway}: it was decided wrongly: ${status}`);
      }
    },
  };
}

/** What a payment that was not charged may not be; elsewhere the shopper's visit may have paid it. */
const neverCharged = ({ side }: World): string[] => (side.gateway === "dummy" ? ["success"] : []);

async function isBooked({ side }: World, { paying, refunding }: Pair): Promise<boolean> {
  const { charges } = await side.truth(paying.transactionId);
  const refunds = await side.refundsInBook(refunding.transactionId);
  return charges.length === 1 && refunds === 1;
}

const inSettle: Scenario = {
  name: "kill -9 inside the transaction that writes the outcome",
  rows: "F4 F7",
  run: async (world) => {
    const pair = await newPair(world);
    await world.arrange({ mode: "slow_body", times: 2, delayMs: 1_500 });
    const sent = send(world, pair);
    await until("both calls have arrived", async () => (await world.openCalls("slow_body")) >= 2);
    const release = await holdRows(world, pair);
    await until("both outcomes wait for their row", async () => (await world.waiters()) >= 2);
    await killThen(world, sent, release);
    claim((await world.chargeCalls(pair.paying)) === 1, "the gateway was called again");
  },
};

const beforeTheAnswer: Scenario = {
  name: "kill -9 between the last commit and the answer",
  rows: "F5 F7",
  run: async (world) => {
    const pair = await newPair(world);
    const { paying, refunding, payKey, refundKey, amountMinor } = pair;
    await world.arrange({ mode: "slow_body", times: 2, delayMs: 1_500 });
    const sent = send(world, pair);
    await until("both calls have arrived", async () => (await world.openCalls("slow_body")) >= 2);
    const keys = [payKey, refundKey];
    const release = await world.database.hold(
      "SELECT 1 FROM idempotency_keys WHERE key = ANY($1) FOR UPDATE",
      [keys],
    );
    await until("both answers wait to be kept", async () => (await world.waiters()) >= 2);
    await killThen(world, sent, release);
    const again = await world.pay(paying);
    claim(again.status === 200, `paid, and the repetition gives ${again.status}`);
    const running = await world.refund(refunding, { key: refundKey, amountMinor });
    claim(running.status === 409, `whose answer was not kept runs still: ${running.status}`);
    // A minute passes for the keys: whoever held them is dead.
    await world.database.rows(
      "UPDATE idempotency_keys SET locked_at = locked_at - interval '61 seconds' WHERE key = ANY($1)",
      [keys],
    );
    claim((await world.pay(paying, { key: payKey })).status === 200, "the key does not come back");
    const refund = await world.refund(refunding, { key: refundKey, amountMinor });
    claim(refund.status === 201, `the refund's key gives ${refund.status}`);
    claim((await world.chargeCalls(paying)) === 1, "the gateway was called again");
  },
};

const afterTheAnswer: Scenario = {
  name: "kill -9 after the answer: a repetition is the same to the byte",
  rows: "F5",
  run: async (world) => {
    const pair = await newPair(world);
    const { paying, refunding, payKey, refundKey, amountMinor } = pair;
    await send(world, pair);
    await world.killAndRestart();
    const paid = await world.pay(paying, { key: payKey });
    const refunded = await world.refund(refunding, { key: refundKey, amountMinor });
    claim(paid.text === paying.replies[0]?.text, "another body for the payment");
    claim(refunded.text === refunding.refunds[0]?.replies[0]?.text, "another body for the refund");
    for (const reply of [paid, refunded]) {
      claim(reply.headers.get("idempotent-replayed") === "true", "not marked as a repetition");
    }
  },
};

const messageBetweenEffectAndMark: Scenario = {
  name: "kill -9 between a message's effect and its mark",
  rows: "F6",
  run: async (world) => {
    const stalled = world.receiver.stallNext();
    try {
      await world.newPaid();
      await Promise.race([stalled, until("a message was sent", async () => false, 20_000)]);
      await world.killAndRestart();
    } finally {
      world.receiver.answerAgain();
    }
  },
};

const orderlyStop: Scenario = {
  name: "SIGTERM: what is in flight ends, the process ends with 0",
  rows: "F8",
  run: async (world) => {
    const pair = await newPair(world);
    await world.arrange({ mode: "slow_body", times: 2, delayMs: 2_000 });
    const sent = send(world, pair);
    await until("both calls have arrived", async () => (await world.openCalls("slow_body")) >= 2);
    const startedAt = performance.now();
    const exitCode = await world.server.terminate();
    const tookMs = performance.now() - startedAt;
    await sent;
    await world.clearGateway();
    await world.server.start();
    claim(exitCode === 0, `it ended with ${exitCode}`);
    claim(tookMs < 26_000, `it took ${Math.round(tookMs)} ms to stop`);
    claim(pair.paying.replies[0]?.status === 200, "a payment in flight was not answered");
    claim(
      pair.refunding.refunds[0]?.replies[0]?.status === 201,
      "a refund in flight was not answered",
    );
  },
};

/** With calls at every gateway: in each seed. */
export const killAtGatewaysScenarios: readonly Scenario[] = [
  atTheGateways("hang", "kill -9 while the gateway has the call and has not charged", "F3 F7"),
  atTheGateways(
    "charge_then_hang",
    "kill -9 when the gateway has charged and nobody has read it",
    "F3 F7",
  ),
];

export const killScenarios: readonly Scenario[] = [
  beforeOpenCommits,
  beforeTheCall,
  inSettle,
  beforeTheAnswer,
  afterTheAnswer,
  messageBetweenEffectAndMark,
  orderlyStop,
];
