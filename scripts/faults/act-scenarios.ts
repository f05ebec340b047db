/** What happens on a gateway's side without the shop, and shoppers who change their minds. */
import { claim, until } from "./claims.ts";
import { historyOf, type Payment } from "./model.ts";
import type { Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

const heardWithinMs = 45_000;

async function mustAct(
  world: World,
  payment: Payment,
  act: string,
  amountMinor?: bigint,
): Promise<void> {
  const isDone = await world.act(payment, act, amountMinor);
  claim(isDone, `the gateway's side does not ${act}\n${historyOf(payment)}`);
}

function untilRefund(
  world: World,
  payment: Payment,
  status: string,
  source: string,
): Promise<void> {
  return until(
    `a refund of ${payment.transactionId} is ${status}\n${historyOf(payment)}`,
    async () =>
      (await world.count(
        `refunds r JOIN transactions t ON t.id = r.transaction_pk
         WHERE t.transaction_id = $1 AND r.status::text = $2 AND r.source::text = $3`,
        [payment.transactionId, status, source],
      )) > 0,
    heardWithinMs,
  );
}

const cancelRace: Scenario = {
  name: "the shopper gives up and pays at the same moment",
  rows: "F39 F40",
  run: async (world) => {
    for (let round = 0; round < 3; round += 1) {
      const payment = await world.newPayment({ way: "told" });
      await world.process(payment);
      const all = [
        () => world.cancel(payment),
        () => world.act(payment, "pay"),
        ...(world.random.chance(0.5) ? [() => world.process(payment)] : []),
      ];
      await Promise.all(world.random.shuffled(all).map((one) => one()));
      const [cancelled] = payment.cancels;
      claim(
        [200, 202, 409].includes(cancelled?.status ?? 0),
        `giving up gave ${cancelled?.status}: ${cancelled?.text}`,
      );
      await world.process(payment);
    }
  },
};

const givenUp: Scenario = {
  name: "a shopper gives up, and the order is paid anew",
  rows: "F39",
  run: async (world) => {
    const payment = await world.newPayment({ way: "told" });
    await world.process(payment);
    const reply = await world.cancel(payment);
    claim(reply.body["status"] === "cancelled", `giving up gave ${reply.status}: ${reply.text}`);
    const again = await world.process(payment);
    claim(again.status === 409, `what was given up is processed: ${again.status} ${again.text}`);
    const second = await world.newAttempt(payment);
    claim(second.transactionId !== payment.transactionId, "the same payment is open again");
    await until("the second is paid", async () => (await world.pay(second)).verdict === "ok");
  },
};

const declinedAtGateway: Scenario = {
  name: "the gateway refuses, and the shopper pays after all",
  rows: "F24",
  run: async (world) => {
    const payment = await world.newPayment({ way: "told" });
    await world.process(payment);
    await mustAct(world, payment, "fail_payment");
    const reply = await world.process(payment);
    claim(reply.verdict !== "ok", "what was refused is told as paid");
    if (reply.status === 402) {
      const second = await world.newAttempt(payment);
      await until("the second is paid", async () => (await world.pay(second)).verdict === "ok");
      return;
    }
    // At gateways whose page lets a shopper try again the payment is still open.
    await world.act(payment, "pay");
    await world.process(payment);
  },
};

const dashboardRefund: Scenario = {
  name: "a refund from the gateway's dashboard, then one against ours",
  rows: "F14 F40",
  run: async (world) => {
    const payment = await world.newPaid();
    const third = payment.amountMinor / 3n;
    await mustAct(world, payment, "refund", third);
    await untilRefund(world, payment, "refunded", "gateway");
    const rest = payment.amountMinor - third;
    const [, reply] = await Promise.all([
      world.act(payment, "refund", rest),
      world.refund(payment, { amountMinor: rest }),
    ]);
    claim(
      [201, 202, 400, 402, 409].includes(reply.status ?? 0),
      `the refund gave ${reply.status}: ${reply.text}`,
    );
  },
};

const refundFailsLater: Scenario = {
  name: "a refund that was done fails at the gateway",
  rows: "F24",
  run: async (world) => {
    const payment = await world.newPaid();
    const reply = await world.refund(payment, { amountMinor: payment.amountMinor / 2n });
    claim(reply.status === 201, `the refund gave ${reply.status}: ${reply.text}`);
    await untilRefund(world, payment, "refunded", "shop");
    for (const attempt of payment.refunds) attempt.failedLater = true;
    await mustAct(world, payment, "fail_refund");
    await untilRefund(world, payment, "failed", "shop");
    // What came back can be given back once more.
    const again = await world.refund(payment);
    claim(again.status === 201, `the second refund gave ${again.status}: ${again.text}`);
  },
};

const disputes: Scenario = {
  name: "a dispute is opened and won, another opened and lost",
  rows: "F27",
  run: async (world) => {
    for (const end of ["win_dispute", "lose_dispute"]) {
      const payment = await world.newPaid();
      const isIn = (status: string): Promise<void> =>
        until(
          `its dispute is ${status}\n${historyOf(payment)}`,
          async () =>
            (await world.count(
              `disputes d JOIN transactions t ON t.id = d.transaction_pk
               WHERE t.transaction_id = $1 AND d.status::text = ANY($2)`,
              [payment.transactionId, status.split(" ")],
            )) === 1,
          heardWithinMs,
        );
      await mustAct(world, payment, "open_dispute");
      await isIn("needs_response under_review");
      await mustAct(world, payment, end);
      await isIn(end === "win_dispute" ? "won" : "lost");
    }
  },
};

export const actScenarios: readonly Scenario[] = [
  cancelRace,
  givenUp,
  declinedAtGateway,
  dashboardRefund,
  refundFailsLater,
  disputes,
];
