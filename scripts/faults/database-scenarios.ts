/** PostgreSQL restarted, cut off, silent and slow. */
import { setTimeout as sleep } from "node:timers/promises";
import type { StopMode } from "./fault-database.ts";
import type { Scenario } from "./scenario.ts";
import { claim, until } from "./claims.ts";
import type { World } from "./world.ts";

// What the pool may take to heal once the database is there again.
const healWithinMs = 10_000;
// What a request may take while the database is away.
const answerWithinMs = 10_500;

async function claimHealed(world: World): Promise<void> {
  const tookMs = await world.healed();
  claim(tookMs <= healWithinMs, `the pool took ${tookMs} ms to heal`);
}

function restartWhileOpening(mode: StopMode): Scenario {
  return {
    name: `PostgreSQL restarted (${mode}) inside the first transaction`,
    rows: "F9",
    run: async (world) => {
      const payment = await world.newPayment();
      const { transactionId } = payment;
      await world.database.hold("SELECT 1 FROM transactions WHERE transaction_id = $1 FOR UPDATE", [
        transactionId,
      ]);
      const sent = world.pay(payment);
      await until("it waits for its row", async () => (await world.waiters()) >= 1);
      await world.restartDatabase(mode);
      const reply = await sent;
      claim(reply.status === 503, `the answer was ${reply.status}: ${reply.text}`);
      claim(reply.headers.get("retry-after") !== null, "503 without Retry-After");
      claim((await world.chargeCalls(payment)) === 0, "the gateway was called");
      await claimHealed(world);
      claim((await world.pay(payment)).status === 200, "it cannot be paid afterwards");
    },
  };
}

function restartWhileSettling(mode: StopMode): Scenario {
  return {
    name: `PostgreSQL restarted (${mode}) inside the transaction that writes the outcome`,
    rows: "F10",
    run: async (world) => {
      const payment = await world.newPayment();
      await world.arrange({ mode: "slow_body", times: 1, delayMs: 1_200 });
      const sent = world.pay(payment);
      await until("the call has arrived", async () => (await world.openCalls("slow_body")) >= 1);
      await world.database.hold("SELECT 1 FROM transactions WHERE transaction_id = $1 FOR UPDATE", [
        payment.transactionId,
      ]);
      await until("the outcome waits for its row", async () => (await world.waiters()) >= 1);
      await world.restartDatabase(mode);
      const reply = await sent;
      claim(reply.status === 202, `the answer was ${reply.status}: ${reply.text}`);
      await claimHealed(world);
      claim((await world.chargeCalls(payment)) === 1, "the gateway was called again");
    },
  };
}

const openingCommitLost: Scenario = {
  name: "the first transaction's commit is carried out and its answer lost",
  rows: "F10",
  run: async (world) => {
    const payment = await world.newPayment();
    const lost = world.proxy.loseCommitAnswer(payment.transactionId);
    const [reply] = await Promise.all([world.pay(payment), lost]);
    claim(reply.status === 503, `the answer was ${reply.status}: ${reply.text}`);
    claim((await world.chargeCalls(payment)) === 0, "the gateway was called");
    const status = await world.statusOf(payment);
    claim(status === "processing", `begun and not known, it is ${status}`);
    const again = await world.pay(payment);
    claim(again.status === 202, `a repetition gives ${again.status}`);
    claim((await world.chargeCalls(payment)) === 0, "the repetition called the gateway");
  },
};

const settlingCommitLost: Scenario = {
  name: "the last transaction's commit is carried out and its answer lost",
  rows: "F10",
  run: async (world) => {
    const payment = await world.newPayment();
    await world.arrange({ mode: "slow_body", times: 1, delayMs: 800 });
    const sent = world.pay(payment);
    await until("the call has arrived", async () => (await world.openCalls("slow_body")) >= 1);
    const [reply] = await Promise.all([sent, world.proxy.loseCommitAnswer(payment.transactionId)]);
    claim(reply.status === 202 || reply.status === 200, `the answer was ${reply.status}`);
    claim((await world.pay(payment)).status === 200, "what was committed is not read again");
    claim((await world.chargeCalls(payment)) === 1, "the gateway was called again");
  },
};

const blackHole: Scenario = {
  name: "the network swallows every packet to the database",
  rows: "F9 F12",
  run: async (world) => {
    const payment = await world.newPayment();
    // Many connections are open, and all of them are lost.
    await Promise.all(
      Array.from({ length: 30 }, () =>
        world.api.call("shopper@example.com", "/api/payment/transactions/?limit=1"),
      ),
    );
    world.proxy.change({ blackHole: true });
    const startedAt = performance.now();
    const replies = await Promise.all([
      world.pay(payment),
      ...Array.from({ length: 5 }, () =>
        world.api.call("shopper@example.com", "/api/orders/?limit=1"),
      ),
    ]);
    const tookMs = Math.round(performance.now() - startedAt);
    const health = await world.api.call(null, "/api/health/");
    world.proxy.heal();
    for (const { status, call } of replies) claim(status === 503, `${call} answered ${status}`);
    claim(tookMs <= answerWithinMs, `the answers took ${tookMs} ms`);
    claim(health.status === 503 && health.durationMs < 2_500, `health answered ${health.status}`);
    await claimHealed(world);
    claim((await world.pay(payment)).status === 200, "it cannot be paid afterwards");
  },
};

const connectionsCut: Scenario = {
  name: "connections to the database are cut again and again",
  rows: "F9 F10",
  run: async (world) => {
    const cuts = world.random.between(4, 8);
    const random = world.random.fork("cuts");
    const payments = await Promise.all(Array.from({ length: 6 }, () => world.newPayment()));
    const cutting = (async () => {
      for (let index = 0; index < cuts; index += 1) {
        await sleep(random.between(20, 250));
        world.proxy.cutAll();
      }
    })();
    await Promise.all(
      payments.map(async (payment) => {
        for (let tries = 0; tries < 20; tries += 1) {
          const { status } = await world.pay(payment);
          if (status === 200 || status === 409) return;
          await sleep(150);
        }
      }),
    );
    await cutting;
    await claimHealed(world);
  },
};

const slowDatabase: Scenario = {
  name: "the way to the database is slow",
  rows: "F12",
  run: async (world) => {
    world.proxy.change({
      delayMs: world.random.between(5, 25),
      bytesPerSecond: world.random.between(30_000, 200_000),
    });
    try {
      const payments = await Promise.all(Array.from({ length: 3 }, () => world.newPayment()));
      await Promise.all(payments.map((payment) => world.pay(payment)));
    } finally {
      world.proxy.heal();
    }
  },
};

const lockHeld: Scenario = {
  name: "a row is held by somebody who does not let go",
  rows: "F12",
  run: async (world) => {
    const payment = await world.newPayment();
    const release = await world.database.hold(
      "SELECT 1 FROM transactions WHERE transaction_id = $1 FOR UPDATE",
      [payment.transactionId],
    );
    const reply = await world.pay(payment);
    const health = await world.api.call(null, "/api/health/");
    await release();
    claim(reply.status === 503, `the answer was ${reply.status}: ${reply.text}`);
    claim(reply.durationMs <= 5_000, `it took ${reply.durationMs} ms`);
    claim(health.status === 200, "one row makes the whole service ill");
    claim((await world.pay(payment)).status === 200, "it cannot be paid afterwards");
  },
};

export const databaseScenarios: readonly Scenario[] = [
  restartWhileOpening("fast"),
  restartWhileOpening("immediate"),
  restartWhileSettling("fast"),
  restartWhileSettling("immediate"),
  openingCommitLost,
  settlingCommitLost,
  blackHole,
  connectionsCut,
  slowDatabase,
  lockHeld,
];
