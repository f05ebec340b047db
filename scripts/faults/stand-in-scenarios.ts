/** A real gateway's stand-in misbehaves, in every way that the sandbox knows: its calls, then its webhooks. */
import { claim, until } from "./claims.ts";
import { historyOf, type Payment } from "./model.ts";
import type { Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

/**
 * What a client may be told by what goes wrong. A payment whose first call went wrong may be known by a
 * second, of the worker's or of the same request: then it is told as paid, which the book must bear out.
 */
const answers: Readonly<Record<string, readonly number[]>> = {
  charge_then_500: [200, 202],
  "500": [200, 202],
  "429": [200, 202, 502],
  reset: [200, 202],
  garbage: [200, 202],
  slow_body: [200, 202],
  wrong_amount: [200, 202],
  late_success: [200, 202],
  charge_then_hang: [200, 202],
  hang: [200, 202],
};

const rowsOf = (mode: string): string =>
  mode.includes("hang")
    ? "F17 F18"
    : mode === "429"
      ? "F20"
      : mode === "wrong_amount"
        ? "F23"
        : "F19 F22";

const answeredWithinMs = 15_000;
// What the worker hears, it takes in at once; on a machine that does a lot besides, later.
const patientMs = 45_000;

/** Whoever is told that a payment is paid finds the money in the gateway's book. */
async function claimBorneOut(world: World, payment: Payment): Promise<void> {
  const { charges } = await world.side.truth(payment.transactionId);
  claim(charges.length <= 1, `charged ${charges.length} times\n${historyOf(payment)}`);
  const isTold = payment.replies.some(({ verdict }) => verdict === "ok");
  claim(!isTold || charges.length === 1, `told as paid, and it is not\n${historyOf(payment)}`);
}

function callFault(mode: string, expected: readonly number[]): Scenario {
  return {
    name: `the gateway: ${mode}`,
    rows: rowsOf(mode),
    run: async (world) => {
      const refunding = await world.newPaid();
      const payment = await world.newPayment({ way: world.side.ways[0] ?? "server" });
      const calls = world.side.isCharged ? 2 : 1;
      // More than those: the worker may be asking about what was left by the scenario before.
      await world.arrange({ mode, times: calls + 2, delayMs: 1_000 });
      const amountMinor = refunding.amountMinor / 2n;
      const [paid, refunded] = await Promise.all([
        world.pay(payment),
        world.refund(refunding, { amountMinor }),
      ]);
      const met = await world.side.met(mode);
      await world.clearGateway();
      // A machine so slow that a call was given up before it was sent shows nothing of the fault.
      const isSlow = Math.max(paid.durationMs, refunded.durationMs) > 10_000;
      claim(met >= calls || (isSlow && met > 0), `the fault met ${met} of ${calls} calls`);
      claim(expected.includes(paid.status ?? 0), `paying gave ${paid.status}: ${paid.text}`);
      const mayNotArrive = mode === "429" ? [502] : [];
      claim(
        [201, 202, ...mayNotArrive].includes(refunded.status ?? 0),
        `refunding gave ${refunded.status}: ${refunded.text}`,
      );
      for (const { durationMs } of [paid, refunded])
        claim(durationMs < answeredWithinMs, `it took ${durationMs} ms`);
      await claimBorneOut(world, payment);
      await Promise.all([world.process(payment), world.statusOf(refunding)]);
    },
  };
}

/** Nobody but the gateway, and the worker by itself, says that it is paid. */
async function untilPaidUnasked(world: World, payments: readonly Payment[]): Promise<void> {
  const ids = payments.map(({ transactionId }) => transactionId);
  const paid = "transactions WHERE captured_minor > 0 AND transaction_id = ANY($1)";
  await until(
    `the gateway's word is taken\n${payments.map(historyOf).join("\n")}`,
    async () => (await world.count(paid, [ids])) === ids.length,
    patientMs,
  );
}

/** A shopper who pays at the gateway and never comes back to the shop. */
async function newLeft(world: World): Promise<Payment> {
  const payment = await world.newPayment({ way: "told" });
  const reply = await world.process(payment);
  claim(
    reply.body["status"] === "requires_action",
    `it is not the shopper's turn: ${reply.status} ${reply.text}`,
  );
  return payment;
}

async function refusedWebhooks({ database, side }: World): Promise<number> {
  const [row] = await database.rows<{ n: number }>(
    "SELECT COALESCE(SUM(count), 0)::int AS n FROM webhook_rejections WHERE gateway = $1",
    [side.gateway],
  );
  return row?.n ?? 0;
}

function webhookFault(mode: string): Scenario {
  return {
    name: `its webhooks: ${mode}`,
    rows: mode === "forge" ? "F29" : mode === "replay" ? "F30" : "F26 F27 F28",
    run: async (world) => {
      const payments = [await newLeft(world), await newLeft(world)];
      const refusedBefore = await refusedWebhooks(world);
      // Of what is held back for the next to overtake it, the next must not be held back as well.
      await world.arrange({ mode, times: mode === "reorder" ? 1 : 2, delayMs: 700 });
      for (const payment of payments) {
        claim(await world.act(payment, "pay"), `it cannot be paid\n${historyOf(payment)}`);
      }
      if (mode === "drop") {
        await until(
          "the webhooks are dropped",
          async () => (await world.side.faultsLeft()) === 0,
          patientMs,
        );
        // One comes back; of the other nobody says anything, and the worker finds it by itself.
        const back = payments.pop();
        if (back) {
          await until("the shopper who comes back has paid", async () => {
            const { verdict } = await world.process(back);
            return verdict === "ok";
          });
        }
        return;
      } else await untilPaidUnasked(world, payments);
      if (mode === "forge") {
        await until(
          "the forgery is refused and counted",
          async () => (await refusedWebhooks(world)) > refusedBefore,
          patientMs,
        );
      }
      await world.clearGateway();
      for (const payment of payments) {
        await claimBorneOut(world, payment);
        await world.refund(payment, { amountMinor: payment.amountMinor / 3n });
      }
    },
  };
}

const paidBeforeProcess: Scenario = {
  name: "paid at the gateway, and the shop's process is never called",
  rows: "F28",
  run: async (world) => {
    const payment = await world.newPayment({ way: "page" });
    await world.payAtGateway(payment);
    await untilPaidUnasked(world, [payment]);
    const reply = await world.process(payment);
    claim(reply.verdict === "ok", `process gives ${reply.status}: ${reply.text}`);
  },
};

export const callFaultScenarios: readonly Scenario[] = Object.entries(answers).map(
  ([mode, expected]) => callFault(mode, expected),
);

export const webhookFaultScenarios: readonly Scenario[] = [
  ...["duplicate", "delay", "reorder", "forge", "replay", "drop"].map(webhookFault),
  paidBeforeProcess,
];
